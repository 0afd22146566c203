#include "model/workflow_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "model/json_reader.h"
#include "model/value_ops.h"
#include "support/workflow_text.h"

// What is accepted, and what it means. What is refused: workflow_problems_test.cpp.

namespace vnode {
namespace {

using testing_support::kId;
using testing_support::kOtherId;
using testing_support::node_text;
using testing_support::wire_text;

/// Reads the text both ways, as a file and as an embedded document, which must agree.
Workflow read(const std::string& text) {
  WorkflowReading reading = read_workflow(text);
  EXPECT_TRUE(reading.workflow.has_value()) << text;
  for (const Problem& problem : reading.problems) {
    EXPECT_EQ(problem.severity, Severity::kWarning) << problem.pointer << ": " << problem.message;
  }
  const WorkflowReading embedded = read_workflow(parse_json(text).value(), "/outer");
  EXPECT_EQ(embedded.workflow.has_value(), reading.workflow.has_value()) << text;
  EXPECT_EQ(embedded.problems.size(), reading.problems.size()) << text;
  return reading.workflow ? std::move(*reading.workflow) : Workflow();
}

NodeInstance read_node(const std::string& fields) {
  Workflow workflow = read("{\"nodes\": [" + node_text(fields) + "]}");
  EXPECT_EQ(workflow.nodes.size(), 1u);
  return workflow.nodes.empty() ? NodeInstance() : workflow.nodes[0];
}

Connection read_wire(const std::string& fields) {
  Workflow workflow = read("{\"connections\": [" + wire_text(fields) + "]}");
  EXPECT_EQ(workflow.connections.size(), 1u);
  return workflow.connections.empty() ? Connection() : workflow.connections[0];
}

TEST(WorkflowReader, AllKeysOfTheDocumentAreOptional) {
  const Workflow workflow = read("{}");
  EXPECT_TRUE(workflow.nodes.empty());
  EXPECT_TRUE(workflow.connections.empty());
  EXPECT_TRUE(workflow.sticky_notes.is_unset());
  EXPECT_TRUE(workflow.backdrops.is_unset());
  EXPECT_TRUE(workflow.metadata.is_unset());
}

TEST(WorkflowReader, ReadsANode) {
  const NodeInstance node =
      read_node(R"("parameters": {"a": 1, "b": [true]}, "state": "done", "bypassed": true,
                                         "init_priority": 2)");
  EXPECT_EQ(node.instance_id.text(), kId);
  EXPECT_EQ(node.node_id, "For Each");
  EXPECT_TRUE(same(node.parameters, parse_json(R"({"a": 1, "b": [true]})").value()));
  EXPECT_TRUE(same(node.position, Value::list({1, 2.5})));
  EXPECT_TRUE(same(node.state, Value("done")));
  EXPECT_TRUE(node.bypassed);
  EXPECT_EQ(node.init_priority, 2);
  EXPECT_EQ(node_label(node), "For Each (" + std::string(kId) + ")");
  const NodeInstance named = read_node(R"("parameters": {"__name__": "every frame"})");
  EXPECT_EQ(node_label(named), "every frame") << "people call it so";
  EXPECT_EQ(node_name(named), "every frame");
}

TEST(WorkflowReader, FieldsOfANodeHaveDefaults) {
  const NodeInstance node = read_node("");
  EXPECT_TRUE(node.parameters.empty());
  EXPECT_TRUE(node.state.is_unset());
  EXPECT_FALSE(node.bypassed);
  EXPECT_EQ(node.init_priority, 0);
  EXPECT_TRUE(node.unknown.empty());
}

TEST(WorkflowReader, ReadsAConnection) {
  const Connection wire = read_wire(R"("id": "22222222-2222-2222-2222-22222222222A", "is_exec": true)");
  EXPECT_TRUE(same(wire.id, Value("22222222-2222-2222-2222-22222222222A")));
  EXPECT_EQ(wire.from_node.text(), kId);
  EXPECT_EQ(wire.to_node.text(), kOtherId);
  EXPECT_EQ(wire.from_port, "out");
  EXPECT_EQ(wire.to_port, "in");
  EXPECT_TRUE(wire.is_exec);
  EXPECT_FALSE(read_wire("").is_exec);
  EXPECT_TRUE(read_wire("").id.is_unset());
}

TEST(WorkflowReader, KeepsTheOrderOfLists) {
  const Workflow workflow =
      read(std::string(R"({"connections": [)") + wire_text(R"("from_port": "x")") + "," + wire_text("") +
           R"(], "nodes": [)" + node_text(R"("instance_id": "b0000000000000000000000000000000")") + "," +
           node_text(R"("instance_id": "a0000000000000000000000000000000")") + "]}");
  ASSERT_EQ(workflow.nodes.size(), 2u);
  EXPECT_EQ(workflow.nodes[0].instance_id.text()[0], 'b');
  EXPECT_EQ(workflow.nodes[1].instance_id.text()[0], 'a');
  EXPECT_EQ(workflow.connections.at(0).from_port, "x");
  EXPECT_EQ(workflow.connections.at(1).from_port, "out");
}

TEST(WorkflowReader, MissingInstanceIdsBecomeRandomOnes) {
  const Workflow workflow = read(R"({"nodes": [{"node_id": "a", "position": [0, 0]},
                                               {"node_id": "a", "position": [0, 0]}]})");
  ASSERT_EQ(workflow.nodes.size(), 2u);
  EXPECT_NE(workflow.nodes[0].instance_id, workflow.nodes[1].instance_id);
  EXPECT_NE(workflow.nodes[0].instance_id, Uuid());
}

TEST(WorkflowReader, AcceptsEveryFormOfUuid) {
  for (const char* form :
       {"ABCDEF01-2345-6789-ABCD-EF0123456789", "abcdef0123456789abcdef0123456789",
        "{abcdef01-2345-6789-abcd-ef0123456789}", "urn:uuid:abcdef01-2345-6789-abcd-ef0123456789"}) {
    const NodeInstance node = read_node(std::string("\"instance_id\": \"") + form + "\"");
    EXPECT_EQ(node.instance_id.text(), "abcdef01-2345-6789-abcd-ef0123456789");
  }
}

TEST(WorkflowReader, AcceptsEveryFormOfBool) {
  for (const char* form :
       {"true", "1", "1.0", "\"true\"", "\"True\"", "\"YES\"", "\"on\"", "\"1\"", "\"t\"", "\"Y\""}) {
    EXPECT_TRUE(read_node(std::string("\"bypassed\": ") + form).bypassed) << form;
    EXPECT_TRUE(read_wire(std::string("\"is_exec\": ") + form).is_exec) << form;
  }
  for (const char* form :
       {"false", "0", "0.0", "-0.0", "\"false\"", "\"NO\"", "\"Off\"", "\"0\"", "\"F\"", "\"n\""}) {
    EXPECT_FALSE(read_node(std::string("\"bypassed\": ") + form).bypassed) << form;
    EXPECT_FALSE(read_wire(std::string("\"is_exec\": ") + form).is_exec) << form;
  }
}

TEST(WorkflowReader, AcceptsEveryFormOfInitPriority) {
  auto priority = [](const std::string& form) {
    return read_node("\"init_priority\": " + form).init_priority;
  };
  EXPECT_EQ(priority("3"), 3);
  EXPECT_EQ(priority("-3"), -3);
  EXPECT_EQ(priority("true"), 1);
  EXPECT_EQ(priority("false"), 0);
  EXPECT_EQ(priority("3.0"), 3);
  EXPECT_EQ(priority("\"3\""), 3);
  EXPECT_EQ(priority("\" -3 \""), -3);
  EXPECT_EQ(priority("\"3.0\""), 3);
  EXPECT_EQ(priority("99999999999999999999"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(priority("-1e30"), std::numeric_limits<std::int64_t>::min());
}

TEST(WorkflowReader, AcceptsNumericTextsAsPosition) {
  for (const char* form : {"[0, 0]", "[-1.5, 1e3]", "[\"1\", \"-2.5\"]", "[\" 1e3 \", 2]", "[NaN, Infinity]",
                           "[123456789012345678901234567890, 0]"}) {
    const NodeInstance node = read_node(std::string("\"position\": ") + form);
    EXPECT_TRUE(same(node.position, parse_json(form).value())) << form;  // kept as it was
  }
}

TEST(WorkflowReader, ParametersAreFreeForm) {
  const char* parameters =
      R"({"n": NaN, "i": -Infinity, "o": 1e400, "big": 123456789012345678901234567890, "one": 1,
                               "one.0": 1.0, "null": null, "__workflow__": {"nodes": 5}, "": "", "mayapy.exe": "x"})";
  const NodeInstance node = read_node("\"parameters\": " + std::string(parameters));
  EXPECT_TRUE(same(node.parameters, parse_json(parameters).value()));
}

TEST(WorkflowReader, LastOfDuplicateKeysWins) {
  EXPECT_TRUE(read_node(R"("bypassed": "maybe", "bypassed": true)").bypassed);
  EXPECT_TRUE(same(read_node(R"("parameters": {"a": 1, "a": 2})").parameters, Dict{{"a", 2}}));
  const Workflow workflow =
      read(R"({"nodes": [5, {"node_id": 1, "foo": 2}], "metadata": null, "backdrops": 1, "nodes": [)" +
           node_text("") + R"(], "metadata": {"a": 1}, "backdrops": []})");
  ASSERT_EQ(workflow.nodes.size(), 1u);
  EXPECT_EQ(workflow.nodes[0].node_id, "For Each");
  EXPECT_TRUE(same(workflow.metadata, Dict{{"a", 1}}));
}

TEST(WorkflowReader, KeepsDecorationAsItWas) {
  const char* text = R"({"sticky_notes": [{"position": [0, "1"], "size": [2, 3], "text": "é", "color": "#fff",
                          "id": "11111111111111111111111111111111"}],
                         "backdrops": [{"position": [0, 1], "title": "b"}], "metadata": {"x": {"y": []}}})";
  const Value document = parse_json(text).value();
  const Workflow workflow = read(text);
  EXPECT_TRUE(same(workflow.sticky_notes, *document.as_dict().find(std::string_view("sticky_notes"))));
  EXPECT_TRUE(same(workflow.backdrops, *document.as_dict().find(std::string_view("backdrops"))));
  EXPECT_TRUE(same(workflow.metadata, *document.as_dict().find(std::string_view("metadata"))));
}

TEST(WorkflowReader, UnknownKeysAreKeptWithOneWarning) {
  const std::string text = R"({"viewport": 1, "nodes": [)" + node_text(R"("foo": [1], "a/b": null)") +
                           R"(], "connections": [)" + wire_text(R"("bar": "x")") +
                           R"(], "backdrops": [{"position": [0, 0], "text": "not of a backdrop"}]})";
  const WorkflowReading reading = read_workflow(text);
  ASSERT_TRUE(reading.workflow.has_value());
  EXPECT_TRUE(same(reading.workflow->unknown, Dict{{"viewport", 1}}));
  EXPECT_TRUE(same(reading.workflow->nodes[0].unknown, Dict{{"foo", Value::list({1})}, {"a/b", Value()}}));
  EXPECT_TRUE(same(reading.workflow->connections[0].unknown, Dict{{"bar", "x"}}));
  ASSERT_EQ(reading.problems.size(), 1u);
  EXPECT_EQ(reading.problems[0].severity, Severity::kWarning);
  EXPECT_EQ(reading.problems[0].code, "unknown_keys");
  EXPECT_EQ(reading.problems[0].pointer, "/nodes/0/foo");
  EXPECT_EQ(
      reading.problems[0].message,
      "keys that have no meaning here: /nodes/0/foo, /nodes/0/a~1b, /connections/0/bar, /backdrops/0/text, "
      "/viewport");
}

TEST(WorkflowReader, WarningNamesTheFirstUnknownKeysOnly) {
  std::string nodes;
  for (int i = 0; i < 50; ++i) {
    nodes += R"({"node_id": "a", "position": [0, 0], "foo": 1},)";
  }
  nodes.pop_back();
  const WorkflowReading reading = read_workflow("{\"nodes\": [" + nodes + "]}");
  ASSERT_EQ(reading.problems.size(), 1u);
  EXPECT_NE(reading.problems[0].message.find("/nodes/4/foo and 45 more"), std::string::npos);
}

TEST(WorkflowReader, OneOfTheTwoKeysOfADefinitionIsJustUnknown) {
  read(R"({"node_id": "a", "nodes": []})");
  read(R"({"python_code": "x", "connections": []})");
}

TEST(WorkflowReader, DeepParametersAreRead) {
  std::string deep;
  constexpr std::size_t kAround = 4;  // document, nodes, node, parameters
  for (std::size_t i = 0; i + kAround < kMaxJsonDepth; ++i) deep += '[';
  for (std::size_t i = 0; i + kAround < kMaxJsonDepth; ++i) deep += ']';
  const NodeInstance node = read_node("\"parameters\": {\"a\": " + deep + "}");
  EXPECT_EQ(node.parameters.size(), 1u);
}

}  // namespace
}  // namespace vnode
