#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/workflow_writer.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Dict needs(Dict resources) { return {{"__vnode__", Dict{{"resources", Value(std::move(resources))}}}}; }

Problems check(const WorkflowBuilder& file, const ResourceOffer& offer) {
  return validate_resources(file.workflow(), Graph(file.workflow()), small_registry(), offer);
}

const ResourceOffer kOneLicense{.total = {{"license", 1000}}, .hint = "give more"};

TEST(CheckResources, WhatThereIsNotEnoughOfIsAnErrorWithItsPlace) {
  WorkflowBuilder file;
  file.node("a", "sink", needs({{"license", 1}}))
      .node("b", "sink", needs({{"license", 1.5}}))
      .node("c", "sink", needs({{"gpu", 1}}));
  const Problems problems = check(file, kOneLicense);
  EXPECT_THAT(briefly(problems),
              ElementsAre("!too_much /nodes/1/parameters/__vnode__/resources/license",
                          "!no_such_resource /nodes/2/parameters/__vnode__/resources/gpu"));
  EXPECT_THAT(problems[0].message, HasSubstr("needs 1.5 of 'license', and the run has only 1"));
  EXPECT_EQ(problems[1].hint, "give more");
}

TEST(CheckResources, NodesThatSayNothingNeedWhatIsGeneral) {
  WorkflowBuilder file;
  file.node("a", "sink").node("b", "sink", needs({}));
  ResourceOffer offer = kOneLicense;
  offer.general = ResourceAmounts{{"gpu", 500}};
  EXPECT_THAT(briefly(check(file, offer)), ElementsAre("!no_such_resource /nodes/0"));
}

TEST(CheckResources, ThoseInsideGroupsCountAsMuch) {
  WorkflowBuilder inner;
  inner.node("b", "sink", needs({{"gpu", 1}}));
  WorkflowBuilder file;
  file.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  const Problems problems = check(file, kOneLicense);
  EXPECT_THAT(briefly(problems), ElementsAre("!group_problem "
                                             "/nodes/0/parameters/__workflow__/nodes/0/parameters/__vnode__/"
                                             "resources/gpu"));
  EXPECT_TRUE(has_errors(problems));
}

TEST(CheckResources, WhatFitsIsFine) {
  WorkflowBuilder file;
  file.node("a", "sink", needs({{"license", 0.5}})).node("b", "sink");
  EXPECT_THAT(briefly(check(file, kOneLicense)), IsEmpty());
}

}  // namespace
}  // namespace vnode::test
