#include "engine/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "model/value_ops.h"
#include "support/scratch_folder.h"
#include "support/workflow_builder.h"

namespace vnode::test {
namespace {

/// A registry with one type of every kind that matters here.
Registry make_registry() {
  NodeLibrary library;
  NodeType text;
  text.definition.node_id = "text_node";
  text.definition.inputs = {{"text", "string"}, {"count", "int"}, {"anything"}, {"blender.exe", "string"}};
  text.definition.outputs = {{"out"}};
  library.add(std::move(text));
  NodeType dotted;
  dotted.definition.node_id = "a";
  dotted.definition.inputs = {{"b.c"}, {"x"}};
  library.add(std::move(dotted));
  NodeType longer;
  longer.definition.node_id = "a.b";
  longer.definition.inputs = {{"c"}};
  library.add(std::move(longer));
  NodeType dynamic;
  dynamic.definition.node_id = "dynamic";
  dynamic.restore_ports = [](const Dict& saved, PortSet ports) {
    if (saved.find("port")) ports.add_input({std::string(saved.find("port")->as_text()), "string"});
  };
  library.add(std::move(dynamic));
  NodeType open;
  open.definition.node_id = "takes_any";
  open.takes_any_input = true;
  library.add(std::move(open));
  Registry registry;
  registry.add_library(library);
  return registry;
}

class Overrides : public testing::Test {
 protected:
  Problems apply(std::vector<Override> overrides) {
    workflow = builder.workflow();
    return apply_overrides(workflow, registry, overrides);
  }
  /// The code of the only problem.
  std::string refusal(std::vector<Override> overrides) {
    problems = apply(std::move(overrides));
    EXPECT_EQ(problems.size(), 1u);
    return problems.empty() ? "" : problems.front().code;
  }
  Value parameter(const std::string& name, std::string_view port) {
    for (const NodeInstance& node : workflow.nodes) {
      const Value* value = node.instance_id == builder.id(name) ? node.parameters.find(port) : nullptr;
      if (value) return *value;
    }
    return Value::unset();
  }

  Registry registry = make_registry();
  WorkflowBuilder builder;
  Workflow workflow;
  Problems problems;
};

TEST_F(Overrides, TextPortsTakeTheTextAsItIs) {
  builder.node("n", "text_node", {{"text", "saved"}});
  EXPECT_TRUE(apply({{"text_node.text", {}, std::string("[1, 2")}}).empty());
  EXPECT_TRUE(same(parameter("n", "text"), Value("[1, 2")));
  EXPECT_TRUE(apply({{"text_node.text", {}, std::string("")}}).empty());
  EXPECT_TRUE(same(parameter("n", "text"), Value("")));
}

TEST_F(Overrides, OtherPortsTakeJson) {
  builder.node("n", "text_node");
  EXPECT_TRUE(apply({{"text_node.count", {}, std::string("12")},
                     {"text_node.anything", {}, std::string(R"({"a": [1.0]})")}})
                  .empty());
  EXPECT_TRUE(same(parameter("n", "count"), Value(12)));
  EXPECT_TRUE(same(parameter("n", "anything"), Value(Dict{{"a", Value::list({Value(1.0)})}})));
  EXPECT_EQ(refusal({{"text_node.anything", {}, std::string("hello")}}), "bad_value");
  EXPECT_NE(problems.front().hint.find("\"text\""), std::string::npos);
  EXPECT_TRUE(parameter("n", "anything").is_unset());
}

TEST_F(Overrides, NodesThatTakeAnyInputTakeAnyName) {
  builder.node("n", "takes_any");
  EXPECT_TRUE(apply({{"takes_any.who", {}, std::string("[1]")}}).empty());
  EXPECT_TRUE(same(parameter("n", "who"), Value::list({Value(1)})));
}

TEST_F(Overrides, ValuesAreTakenAsTheyAre) {
  builder.node("n", "text_node");
  EXPECT_TRUE(apply({{"text_node", "text", Value(5)}, {"text_node", "count", Value("@x")}}).empty());
  EXPECT_TRUE(same(parameter("n", "text"), Value(5)));
  EXPECT_TRUE(same(parameter("n", "count"), Value("@x")));
}

TEST_F(Overrides, FindsNodesByIdNameAndNodeId) {
  builder.node("one", "text_node").node("two", "text_node", {{"__name__", "Second"}}).node("x", "a");
  EXPECT_TRUE(apply({{builder.id("one").text() + ".text", {}, std::string("by id")},
                     {"Second.text", {}, std::string("by name")},
                     {"a.x", {}, std::string("1")}})
                  .empty());
  EXPECT_TRUE(same(parameter("one", "text"), Value("by id")));
  EXPECT_TRUE(same(parameter("two", "text"), Value("by name")));
  EXPECT_EQ(refusal({{"text_node.text", {}, std::string("which?")}}), "ambiguous_node");
  EXPECT_NE(problems.front().hint.find(builder.id("two").text()), std::string::npos);
}

TEST_F(Overrides, TheLongestNodeWins) {
  builder.node("short", "a").node("n", "text_node");
  EXPECT_TRUE(
      apply({{"a.b.c", {}, std::string("1")}, {"text_node.blender.exe", {}, std::string("/b")}}).empty());
  EXPECT_TRUE(same(parameter("short", "b.c"), Value(1)));
  EXPECT_TRUE(same(parameter("n", "blender.exe"), Value("/b")));
  builder.node("long", "a.b");
  EXPECT_TRUE(apply({{"a.b.c", {}, std::string("2")}}).empty());
  EXPECT_TRUE(parameter("short", "b.c").is_unset());
  EXPECT_TRUE(same(parameter("long", "c"), Value(2)));
}

TEST_F(Overrides, TheLastOneOfAPortWins) {
  builder.node("n", "text_node");
  EXPECT_TRUE(
      apply({{"text_node.count", {}, std::string("1")}, {"text_node.count", {}, std::string("2")}}).empty());
  EXPECT_TRUE(same(parameter("n", "count"), Value(2)));
}

TEST_F(Overrides, UnknownNamesComeWithASuggestion) {
  builder.node("n", "text_node");
  EXPECT_EQ(refusal({{"text_nod.text", {}, std::string("x")}}), "unknown_node");
  EXPECT_EQ(problems.front().hint, "did you mean 'text_node'?");
  EXPECT_EQ(refusal({{"text_node.txt", {}, std::string("x")}}), "unknown_port");
  EXPECT_EQ(problems.front().hint, "did you mean 'text'?");
  EXPECT_EQ(refusal({{"text_node.quite_unlike", {}, std::string("x")}}), "unknown_port");
  EXPECT_THAT(problems.front().hint, testing::StartsWith("its inputs are 'text', "));
  EXPECT_EQ(refusal({{".text", {}, std::string("x")}}), "unknown_node");
}

TEST_F(Overrides, OfTheWorkflowItselfAreNotTheirs) {
  builder.node("n", "text_node");
  EXPECT_TRUE(apply({{"text_node", {}, std::string("x")}, {"", {}, std::string("x")}}).empty());
  EXPECT_TRUE(is_of_workflow({"frames", {}, std::string("x")}));
  EXPECT_FALSE(is_of_workflow({"node.port", {}, std::string("x")}));
  EXPECT_FALSE(is_of_workflow({"node", "port", Value(1)}));
}

TEST_F(Overrides, WiredInputsOutputsAndExecPortsAreRefused) {
  builder.node("source", "a").node("n", "text_node").data("source.x", "n.text");
  EXPECT_EQ(refusal({{"text_node.text", {}, std::string("x")}}), "wired_port");
  EXPECT_EQ(refusal({{"text_node.out", {}, std::string("1")}}), "not_settable");
  EXPECT_EQ(refusal({{"text_node.exec_in", {}, std::string("true")}}), "not_settable");
}

TEST_F(Overrides, DynamicPortsAndSavedParametersCanBeSet) {
  builder.node("n", "dynamic", {{"port", "extra"}, {"private", 1}});
  EXPECT_TRUE(apply({{"dynamic.extra", {}, std::string("plain")}, {"dynamic.private", {}, std::string("2")}})
                  .empty());
  EXPECT_TRUE(same(parameter("n", "extra"), Value("plain")));
  EXPECT_TRUE(same(parameter("n", "private"), Value(2)));
}

TEST_F(Overrides, AnUnknownTypeTakesAnyPort) {
  builder.node("n", "not installed");
  EXPECT_TRUE(apply({{"not installed.p", {}, std::string("1")}}).empty());
}

TEST_F(Overrides, TakesValuesFromFiles) {
  builder.node("n", "text_node");
  const test::ScratchFolder folder;
  const std::string path = folder.write("value", "[1]\n");
  EXPECT_TRUE(apply({{"text_node.text", {}, "@" + path}, {"text_node.anything", {}, "@" + path}}).empty());
  EXPECT_TRUE(same(parameter("n", "text"), Value("[1]\n")));
  EXPECT_TRUE(same(parameter("n", "anything"), Value::list({Value(1)})));
  std::remove(path.c_str());
  EXPECT_EQ(refusal({{"text_node.text", {}, "@" + path}}), "bad_value");
  EXPECT_TRUE(apply({{"text_node.text", {}, std::string("@@at")}}).empty());
  EXPECT_TRUE(same(parameter("n", "text"), Value("@at")));
}

TEST_F(Overrides, EveryProblemIsReported) {
  builder.node("n", "text_node");
  EXPECT_EQ(apply({{"x.y", {}, std::string("")},
                   {"text_node.zzzzz", {}, std::string("")},
                   {"text_node.count", {}, std::string("7")}})
                .size(),
            2u);
  EXPECT_TRUE(same(parameter("n", "count"), Value(7)));
}

}  // namespace
}  // namespace vnode::test
