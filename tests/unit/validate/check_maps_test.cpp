// Engine rule 44: the wires that a map's body must not have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A map with one node in its body, one data-only node that depends on the item, and one node outside.
WorkflowBuilder map_file() {
  WorkflowBuilder file;
  file.node("each", "Parallel For Each")
      .node("body", "action")
      .node("value", "source")
      .node("after", "action");
  file.exec("each.each_item", "body").exec("each.exec_on_finished", "after");
  file.data("each.current_item", "value.in").data("value.out", "body.any").data("body.value", "each.result");
  return file;
}

std::vector<std::string> errors(const WorkflowBuilder& file) {
  std::vector<std::string> found = briefly(validate(file));
  std::erase_if(found, [](const std::string& problem) { return !problem.starts_with('!'); });
  return found;
}

TEST(CheckMaps, ABodyThatGivesItsResultIsFine) {
  EXPECT_THAT(briefly(validate(map_file())), Not(Contains(HasSubstr("cycle"))));
  EXPECT_THAT(errors(map_file()), IsEmpty());
}

TEST(CheckMaps, ExecWiresIntoTheBodyAreErrors) {
  WorkflowBuilder file = map_file();
  file.exec("after", "body");
  const Problems problems = validate(file);
  EXPECT_THAT(errors(file), ElementsAre("!map_wire /connections/5"));
  EXPECT_THAT(find_problem(problems, "map_wire").message,
              HasSubstr("leads into the body of Parallel For Each"));
  WorkflowBuilder own = map_file();
  own.exec("each.exec_on_finished", "body");
  EXPECT_THAT(errors(own), ElementsAre("!map_wire /connections/5"));
}

TEST(CheckMaps, ExecWiresBackToTheMapAreErrors) {
  WorkflowBuilder file = map_file();
  file.exec("body", "each");
  EXPECT_THAT(errors(file), ElementsAre("!map_wire /connections/5"));
}

TEST(CheckMaps, DataWiresOutOfTheBodyAreErrors) {
  WorkflowBuilder file = map_file();
  file.data("body.value", "after.any").data("value.number", "after.count");
  EXPECT_THAT(errors(file), ElementsAre("!map_wire /connections/5", "!map_wire /connections/6"));
}

TEST(CheckMaps, TheItemIsForTheBodyAlone) {
  WorkflowBuilder file = map_file();
  file.data("each.current_item", "after.any").data("each.current_index", "after.count");
  EXPECT_THAT(errors(file), ElementsAre("!map_wire /connections/5", "!map_wire /connections/6"));
}

TEST(CheckMaps, ResultsAreForEverybody) {
  WorkflowBuilder file = map_file();
  file.data("each.results", "after.any");
  EXPECT_THAT(errors(file), IsEmpty());
}

TEST(CheckMaps, MapsMayBeInBodies) {
  WorkflowBuilder file = map_file();
  file.node("inner", "Parallel For Each").node("deep", "action");
  file.exec("body", "inner").exec("inner.each_item", "deep");
  file.data("each.current_item", "inner.collection").data("inner.current_item", "deep.any");
  EXPECT_THAT(errors(file), IsEmpty());
}

TEST(CheckMaps, ANodeThatDependsOnTheItemsOfTwoIsInNeitherBody) {
  WorkflowBuilder file = map_file();
  file.node("other", "Parallel For Each").node("both", "source");
  file.data("each.current_item", "both.in").data("other.current_item", "both.in");
  const std::vector<std::string> found = errors(file);
  EXPECT_THAT(found, ElementsAre("!map_wire /nodes/5"));
}

TEST(CheckMaps, InitNodesInBodiesAreWarnings) {
  WorkflowBuilder file = map_file();
  file.init_priority("body", 3);
  EXPECT_THAT(briefly(validate(file)), Contains("map_init /nodes/1/init_priority"));
}

TEST(CheckMaps, ABypassedMapHasNoBody) {
  WorkflowBuilder file = map_file();
  file.data("body.value", "after.any").bypassed("each");
  EXPECT_THAT(errors(file), IsEmpty());
}

}  // namespace
}  // namespace vnode::test
