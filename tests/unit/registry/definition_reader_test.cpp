#include "registry/definition_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A valid definition with `keys` added.
std::string with_keys(const std::string& keys) {
  return R"({"node_id": "n", "name": "N", "python_code": "async def execute(self, inputs): pass")" +
         (keys.empty() ? "" : ", " + keys) + "}";
}

NodeDefinition read(const std::string& text) {
  Result<NodeDefinition> read = read_definition(text);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : NodeDefinition{};
}

std::string error_in(const std::string& text) {
  const Result<NodeDefinition> read = read_definition(text);
  return read ? "none" : read.error().message;
}

std::vector<std::string> names(const std::vector<Port>& ports) {
  std::vector<std::string> names;
  for (const Port& port : ports) names.push_back(port.name);
  return names;
}

TEST(DefinitionReader, FillsInDefaults) {
  const NodeDefinition definition = read(with_keys(""));
  EXPECT_EQ(definition.node_id, "n");
  EXPECT_EQ(definition.name, "N");
  EXPECT_EQ(definition.category, "General");
  EXPECT_EQ(definition.description, "");
  EXPECT_TRUE(definition.use_exec);
  EXPECT_THAT(names(definition.inputs), ElementsAre("exec_in"));
  EXPECT_THAT(names(definition.outputs), ElementsAre("exec_out"));
}

TEST(DefinitionReader, ReadsPorts) {
  const NodeDefinition definition = read(with_keys(
      R"("use_exec": false, "category": "DCCs", "icon_path": null, "surprise": [],
         "inputs": [{"name": "mayapy.exe", "type": "string", "widget_type": "dropdown", "options": ["a", "b"],
                     "description": "ignored"},
                    {"name": "count", "type": "int", "default": "30"}, {"name": "free"}],
         "outputs": [{"name": "list", "type": "list", "default": [1]}])"));
  EXPECT_EQ(definition.category, "DCCs");
  ASSERT_THAT(names(definition.inputs), ElementsAre("mayapy.exe", "count", "free"));
  EXPECT_EQ(definition.inputs[0].widget, "dropdown");
  EXPECT_THAT(definition.inputs[0].options, ElementsAre("a", "b"));
  EXPECT_EQ(definition.inputs[0].default_value.as_text(), "");
  EXPECT_EQ(definition.inputs[1].default_value.as_text(), "30") << "an explicit default keeps its type";
  EXPECT_EQ(definition.inputs[2].type, "any");
  ASSERT_THAT(names(definition.outputs), ElementsAre("list"));
  EXPECT_THAT(definition.outputs[0].default_value.as_list(), IsEmpty()) << "outputs have no declared default";
}

TEST(DefinitionReader, PutsExecPinsInFrontAndTakesTheFirstOfRepeatedPorts) {
  const NodeDefinition definition = read(with_keys(
      R"("inputs": [{"name": "a", "default": 1}, {"name": "exec_in", "type": "any"}, {"name": "a", "default": 2}],
         "outputs": [{"name": "o"}, {"name": "exec_out", "type": "any"}])"));
  ASSERT_THAT(names(definition.inputs), ElementsAre("exec_in", "a"));
  EXPECT_TRUE(definition.inputs[0].is_exec());
  EXPECT_EQ(definition.inputs[1].default_value.as_int(), 1);
  ASSERT_THAT(names(definition.outputs), ElementsAre("exec_out", "o"));
  EXPECT_TRUE(definition.outputs[0].is_exec());
}

TEST(DefinitionReader, KeepsDeclaredExecPinsWithoutUseExec) {
  const NodeDefinition definition =
      read(with_keys(R"("use_exec": false, "inputs": [{"name": "a"}, {"name": "exec_in", "type": "exec"}])"));
  EXPECT_THAT(names(definition.inputs), ElementsAre("a", "exec_in"));
  EXPECT_THAT(definition.outputs, IsEmpty());
}

TEST(DefinitionReader, ReadsWhatAJournalHasOfIt) {
  const NodeDefinition silent = read(with_keys(""));
  EXPECT_EQ(silent.is_recorded, std::nullopt);
  EXPECT_FALSE(silent.fires_last || silent.is_never_repeated || silent.is_stateful || silent.is_cached);
  const NodeDefinition definition =
      read(with_keys(R"("recorded": false, "fires_last": true, "repeat": "never", "stateful": true)"));
  EXPECT_EQ(definition.is_recorded, false);
  EXPECT_TRUE(definition.fires_last && definition.is_never_repeated && definition.is_stateful);
  EXPECT_TRUE(read(with_keys(R"("cache": true)")).is_cached);
  EXPECT_FALSE(read(with_keys(R"("repeat": "allowed")")).is_never_repeated);
  EXPECT_THAT(error_in(with_keys(R"("repeat": "always")")), HasSubstr("repeat"));
  EXPECT_THAT(error_in(with_keys(R"("recorded": "perhaps")")), HasSubstr("recorded"));
}

TEST(DefinitionReader, NamesTheKeyOfAWrongType) {
  EXPECT_THAT(error_in(with_keys(R"("use_exec": null)")),
              HasSubstr("'use_exec' must be true or false, not null"));
  EXPECT_THAT(error_in(with_keys(R"("inputs": null)")), HasSubstr("'inputs' must be a list"));
  EXPECT_THAT(error_in(with_keys(R"("inputs": ["a"])")), HasSubstr("'inputs' must be a list of ports"));
  EXPECT_THAT(error_in(with_keys(R"("inputs": [{"name": "a"}, {"name": "b", "type": null}])")),
              HasSubstr("'inputs[1].type' must be a text"));
  EXPECT_THAT(error_in(with_keys(R"("inputs": [{"type": "any"}])")),
              HasSubstr("'inputs[0].name' is missing"));
  EXPECT_THAT(error_in(with_keys(R"("outputs": [{"name": "a", "options": [1]}])")),
              HasSubstr("'outputs[0].options' must be a list of texts"));
  EXPECT_THAT(error_in(with_keys(R"("outputs": [{"name": "a", "widget_type": 5}])")),
              HasSubstr("'outputs[0].widget_type'"));
  EXPECT_THAT(error_in(with_keys(R"("description": null)")), HasSubstr("'description'"));
  EXPECT_THAT(error_in(with_keys(R"("icon_path": 1)")), HasSubstr("'icon_path'"));
}

TEST(DefinitionReader, PointsAtTheWrongValue) {
  const auto read = read_definition(with_keys(R"("inputs": [{"name": "a", "options": ["x", 2]}])"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kBadDocument);
  EXPECT_EQ(read.error().place.pointer, "/inputs/0/options/1");
}

TEST(DefinitionReader, NamesRequiredKeys) {
  EXPECT_THAT(error_in(R"({"node_id": "n", "name": "N"})"), HasSubstr("'python_code' is missing"));
  EXPECT_THAT(error_in(R"({"name": "N", "python_code": ""})"), HasSubstr("'node_id' is missing"));
  EXPECT_THAT(error_in(R"({"node_id": "n", "python_code": ""})"), HasSubstr("'name' is missing"));
  EXPECT_THAT(error_in(R"({"node_id": "", "name": "", "python_code": ""})"), HasSubstr("'node_id' is empty"));
}

TEST(DefinitionReader, TellsOtherDocumentsApart) {
  EXPECT_THAT(error_in(R"({"nodes": [], "connections": []})"), HasSubstr("this is a workflow"));
  EXPECT_THAT(error_in(R"({"compilerOptions": {}})"), HasSubstr("not a node definition"));
  EXPECT_THAT(error_in("[1]"), HasSubstr("must be an object"));
  EXPECT_EQ(read_definition("{").error().code, ErrorCode::kBadJson);
}

}  // namespace
}  // namespace vnode
