#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_runtime.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CheckConnections, RefusesMissingEnds) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink").data("a.out", "b.number").data("a.list", "b.list");
  Workflow workflow = file.workflow();
  workflow.connections[0].from_node = numbered_id(8);
  workflow.connections[1].to_node = numbered_id(9);
  const Problems problems = validate(workflow);
  ASSERT_THAT(briefly(problems),
              ElementsAre("!missing_end /connections/0/from_node", "!missing_end /connections/1/to_node"));
  EXPECT_THAT(problems[0].message, HasSubstr(numbered_id(8).text()));
}

TEST(CheckConnections, WarnsOfMissingPorts) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink").data("a.numbr", "b.number").data("a.out", "b.x");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems),
              ElementsAre("missing_port /connections/0/from_port", "missing_port /connections/1/to_port"));
  EXPECT_THAT(problems[0].message, HasSubstr("source (" + file.id("a").text() + ") has no output \"numbr\""));
  EXPECT_EQ(problems[0].hint, "did you mean 'number'?");
  EXPECT_THAT(problems[1].message, HasSubstr("sink (" + file.id("b").text() + ") has no input \"x\""));
  EXPECT_EQ(problems[1].hint, "its inputs are 'number', 'list', 'both'");
}

TEST(CheckConnections, KnowsNodesThatTakeInputsOfAnyName) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "takes_any", {{"who", 1}}).node("c", "sink");
  file.data("a.out", "b.whom").data("b.none", "c.both");
  EXPECT_THAT(briefly(validate(file)), ElementsAre("missing_port /connections/1/from_port"))
      << "but not outputs";
}

TEST(CheckConnections, SaysWhatAnExecWireDoesWithoutPort) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").exec("a.gone", "b").exec("a", "b.gone");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems),
              ElementsAre("missing_port /connections/0/from_port", "missing_port /connections/1/to_port"));
  EXPECT_THAT(problems[0].message, HasSubstr("never fires"));
  EXPECT_THAT(problems[1].message, HasSubstr("runs the node all the same"));
}

TEST(CheckConnections, BeforeARunTellsOfPortsThatAreKnown) {
  Registry registry = small_registry();
  registry.add(fake_runtime_type("foreign", std::make_shared<FakeRuntime>()));
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink").data("a.numbr", "b.number");
  file.node("c", "foreign").data("c.made_later", "b.x").data("a.out", "c.made_later");
  EXPECT_THAT(briefly(validate_before_run(file.workflow(), Graph(file.workflow()), registry)),
              ElementsAre("missing_port /connections/0/from_port", "missing_port /connections/1/to_port"));
}

// Rule 26.
TEST(CheckConnections, TakesAliasesOfOutputs) {
  WorkflowBuilder file;
  file.node("a", "loop").node("b", "action").exec("a.exec_loop_body", "b").data("a.current_item", "b.any");
  EXPECT_THAT(briefly(validate(file)), IsEmpty());
}

TEST(CheckConnections, KnowsThePortsOfTheInstance) {
  WorkflowBuilder file;
  file.node("s", "source").node("a", "steps", {{"step_4", nullptr}}).node("b", "action");
  file.data("s.out", "a.step_4").data("s.out", "a.step_5").exec("a.exec_step", "b");
  EXPECT_THAT(briefly(validate(file)), ElementsAre("missing_port /connections/1/to_port"));
}

TEST(CheckConnections, WarnsOfUnlikeTypes) {
  WorkflowBuilder file;
  file.node("a", "source").node("b", "sink").data("a.dict", "b.number").data("a.number", "b.list");
  const Problems problems = validate(file);
  ASSERT_THAT(briefly(problems),
              ElementsAre("type_mismatch /connections/0/to_port", "type_mismatch /connections/1/to_port"));
  EXPECT_THAT(problems[0].message, HasSubstr("\"dict\" (dict) of source"));
  EXPECT_THAT(problems[0].message, HasSubstr("\"number\" (int) of sink"));
}

TEST(CheckConnections, WarnsOfMixedUpControlAndData) {
  WorkflowBuilder file;
  file.node("a", "action").node("b", "action").exec("a", "b");
  file.exec("a.value", "b").data("a.exec_out", "b.exec_in").data("a.value", "b.exec_in");
  const Problems problems = validate(file);
  EXPECT_THAT(briefly(problems),
              ElementsAre("type_mismatch /connections/1/is_exec", "type_mismatch /connections/2/is_exec",
                          "type_mismatch /connections/3/to_port", "several_sources /connections/3/to_port"));
}

TEST(CheckConnections, LooksUpManyPortsQuickly) {
  constexpr std::size_t kPorts = 20'000;
  Dict saved;
  for (std::size_t i = 0; i < kPorts; ++i) saved.set("step_" + std::to_string(i + 1), Value());
  NodeLibrary library;
  library.add({.definition = {.node_id = "wide", .use_exec = false},
               .restore_ports = [](const Dict& saved, PortSet ports) {
                 for (const Dict::Entry& entry : saved) {
                   ports.inputs.push_back({.name = std::string(entry.key.as_text())});
                 }
               }});
  library.add({.definition = {.node_id = "source", .use_exec = false, .outputs = {{"out"}}}});
  Registry registry;
  registry.add_library(library);
  WorkflowBuilder file;
  file.node("s", "source").node("w", "wide", saved);
  for (std::size_t i = 0; i < kPorts; ++i) file.data("s.out", "w.step_" + std::to_string(i + 1));
  EXPECT_THAT(vnode::validate(file.workflow(), Graph(file.workflow()), registry), IsEmpty());
}

}  // namespace
}  // namespace vnode::test
