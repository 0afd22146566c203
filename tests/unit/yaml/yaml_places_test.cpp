#include "yaml/yaml_places.h"

#include <gtest/gtest.h>

#include "unit/yaml/lowering_support.h"

namespace vnode {
namespace {

TEST(YamlPlaces, TellWhereTheLoadersProblemsStand) {
  const YamlReading reading = test::lower(
      "parameters:\n  p: {type: int}\nnodes:\n  a: {type: nobody, 'x/y': 1}\n  b:\n    type: any_values\n    "
      "a: a.x\n"
      "  g:\n    nodes:\n      c: {type: any_values}\n");
  ASSERT_TRUE(reading.places);
  const auto place = [&](const char* pointer) {
    const auto found = reading.places->find(pointer);
    return found ? std::to_string(found->line) + ":" + std::to_string(found->column) : "none";
  };
  EXPECT_EQ(place("/nodes/0/node_id"), "4:3");
  EXPECT_EQ(place("/nodes/0/parameters/x~1y"), "4:28");
  EXPECT_EQ(place("/nodes/1"), "5:3");
  EXPECT_EQ(place("/connections/0"), "7:8");
  EXPECT_EQ(place("/nodes/2/parameters/__workflow__/nodes/0/node_id"), "10:7");
  EXPECT_EQ(place("/metadata/parameters/p"), "2:3");
  EXPECT_EQ(place("/nodes/7"), "none");
  EXPECT_EQ(place(""), "none");
  Problems problems = {{.code = "x", .pointer = "/nodes/1"}};
  reading.places->add_to(problems);
  EXPECT_EQ(problems[0].source.text, "  b:");
}

}  // namespace
}  // namespace vnode
