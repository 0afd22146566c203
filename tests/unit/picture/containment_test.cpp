#include "picture/containment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/picture/sample_pictures.h"

namespace vnode {
namespace {

Value pair(double x, double y) { return Value::list({Value(x), Value(y)}); }

TEST(EnclosingBackdrops, AreTheSmallestOnes) {
  test::WorkflowBuilder file;
  file.node("in", "x").node("deeper", "x").node("out", "x");
  Workflow workflow = file.workflow();
  workflow.nodes[0].position = pair(0, 0);
  workflow.nodes[1].position = pair(600, 0);
  workflow.nodes[2].position = pair(3000, 0);
  const auto box = [](Value at, Value size) {
    return Value(Dict{{"position", std::move(at)}, {"size", std::move(size)}});
  };
  workflow.backdrops =
      Value::list({box(pair(-50, -50), pair(1000, 400)), box(pair(550, -20), pair(300, 300))});
  const Picture picture = test::picture_of(workflow);
  EXPECT_THAT(enclosing_backdrops(*picture.sheets[0]), testing::ElementsAre(0U, 1U, kInNone));
}

}  // namespace
}  // namespace vnode
