#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(CheckNodes, NamesEveryUnknownNodeId) {
  WorkflowBuilder file;
  file.node("a", "Source").node("b", "source").node("c", "quite_unlike");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems),
              ElementsAre("!unknown_node /nodes/0/node_id", "!unknown_node /nodes/2/node_id"));
  EXPECT_THAT(problems[0].message, HasSubstr("Source (" + file.id("a").text() + ")"));
  EXPECT_EQ(problems[0].node, "Source (" + file.id("a").text() + ")");
  EXPECT_EQ(problems[0].hint, "did you mean 'source'?");
  EXPECT_THAT(problems[1].hint, HasSubstr("--nodes"));
}

TEST(CheckNodes, RefusesTypesThatCannotRun) {
  WorkflowBuilder file;
  file.node("a", "in_python");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("!unusable_node /nodes/0/node_id"));
  EXPECT_THAT(problems[0].message, HasSubstr("it needs Python"));
}

TEST(CheckNodes, SaysWhichDefinitionDoesNotLoad) {
  Registry registry = small_registry();
  registry.add_note({LoadNote::Kind::kBroken, "/nodes/x.json", "x", "'name' is missing"});
  WorkflowBuilder file;
  file.node("a", "x");
  const Problems problems = vnode::validate(file.workflow(), Graph(file.workflow()), registry);
  ASSERT_THAT(briefly(problems), ElementsAre("!unusable_node /nodes/0/node_id"));
  EXPECT_THAT(problems[0].message, HasSubstr("/nodes/x.json"));
  EXPECT_THAT(problems[0].message, HasSubstr("'name' is missing"));
}

TEST(CheckNodes, NamesFilesThatDoNotLoadWhereAnIdIsMissed) {
  Registry registry = small_registry();
  for (const char* id : {"b", "c", "d", "e"})
    registry.add_note({LoadNote::Kind::kBroken, std::string("/nodes/") + id + ".json", id, "not JSON"});
  registry.add_note({LoadNote::Kind::kBroken, "/nodes/workflow.json", "", "this is a workflow"});
  WorkflowBuilder file;
  file.node("a", "quite_unlike");
  const Problems problems = vnode::validate(file.workflow(), Graph(file.workflow()), registry);
  EXPECT_THAT(problems[0].hint,
              HasSubstr("not loaded: /nodes/b.json, /nodes/c.json, /nodes/d.json and 1 more"));
}

TEST(CheckNodes, WarnOnceOfADefinitionThatIsSetAside) {
  Registry registry = small_registry();
  registry.add_note({LoadNote::Kind::kBroken, "/nodes/source.json", "source", "not JSON"});
  WorkflowBuilder file;
  file.node("a", "source").node("b", "source").node("c", "sink");
  for (const Problems& problems : {vnode::validate(file.workflow(), Graph(file.workflow()), registry),
                                   validate_before_run(file.workflow(), Graph(file.workflow()), registry)}) {
    ASSERT_THAT(briefly(problems), ElementsAre("definition_set_aside /nodes/0/node_id"));
    EXPECT_THAT(problems[0].message,
                HasSubstr("(/nodes/source.json) does not load: not JSON; the native node is used"));
  }
}

TEST(CheckNodes, RefusesPortsThatCannotBeRestored) {
  WorkflowBuilder file;
  file.node("a", "steps", {{"refuse", 1}, {"step_7", 1}});
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems), ElementsAre("!bad_ports /nodes/0/parameters"));
  EXPECT_THAT(problems[0].message, HasSubstr("no such step"));
}

TEST(CheckNodes, TheRestOfAnUnknownNodeIsNotJudged) {
  WorkflowBuilder file;
  file.node("a", "unheard_of", {{"x", 1}}).node("b", "source").data("a.x", "b.in");
  EXPECT_THAT(validate(file), SizeIs(1));
}

}  // namespace
}  // namespace vnode::test
