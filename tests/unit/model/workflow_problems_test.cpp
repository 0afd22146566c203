#include <gtest/gtest.h>

#include <string>

#include "model/json_reader.h"
#include "model/workflow_reader.h"
#include "support/workflow_text.h"

// What the workflow reader refuses, and how it says so.

namespace vnode {
namespace {

using testing_support::kId;
using testing_support::node_text;
using testing_support::wire_text;

/// The only problem of a document, which is refused as a file and as an embedded document.
Problem only_problem(const std::string& text) {
  const WorkflowReading reading = read_workflow(text);
  EXPECT_FALSE(reading.workflow.has_value()) << text;
  EXPECT_EQ(reading.problems.size(), 1u) << text;
  const Result<Value> document = parse_json(text);
  if (document.ok()) {
    const WorkflowReading embedded = read_workflow(*document, "/nodes/7");
    EXPECT_FALSE(embedded.workflow.has_value()) << text;
    EXPECT_EQ(embedded.problems.size(), reading.problems.size()) << text;
    for (std::size_t i = 0; i < embedded.problems.size() && i < reading.problems.size(); ++i) {
      EXPECT_EQ(embedded.problems[i].pointer, "/nodes/7" + reading.problems[i].pointer);
    }
  }
  return reading.problems.empty() ? Problem() : reading.problems[0];
}

void expect_problem(const std::string& text, const std::string& code, const std::string& pointer) {
  const Problem problem = only_problem(text);
  EXPECT_EQ(problem.severity, Severity::kError) << text;
  EXPECT_EQ(problem.code, code) << text;
  EXPECT_EQ(problem.pointer, pointer) << text;
  EXPECT_FALSE(problem.message.empty());
}

void expect_node_problem(const std::string& fields, const std::string& code, const std::string& key) {
  expect_problem("{\"nodes\": [" + node_text(fields) + "]}", code, "/nodes/0/" + key);
}

void expect_wire_problem(const std::string& fields, const std::string& code, const std::string& key) {
  expect_problem("{\"connections\": [" + wire_text(fields) + "]}", code, "/connections/0/" + key);
}

TEST(WorkflowProblems, WhatIsNotJson) {
  for (const char* text : {"{", "{]", "nonsense", "{\"nodes\": [}", "{} {}", "{\"a\": 1,}", "// x\n{}"}) {
    expect_problem(text, "bad_json", "");
  }
  EXPECT_EQ(only_problem("{\n\"metadata\": [1 2]}").message,
            "not JSON: line 2, column 16: expected ',' or ']', found '2'");
}

TEST(WorkflowProblems, EmptyFiles) {
  expect_problem("", "bad_json", "");
  EXPECT_EQ(only_problem(" \n").message, "the file is empty");
}

TEST(WorkflowProblems, TopLevelIsNoObject) {
  for (const char* text : {"[]", "[{}]", "null", "1", "\"x\"", "true", "NaN"})
    expect_problem(text, "wrong_type", "");
  EXPECT_EQ(only_problem("[]").message, "a workflow must be an object, but this is a list");
}

TEST(WorkflowProblems, NodeDefinitions) {
  expect_problem(R"({"node_id": "a", "python_code": "", "inputs": 1})", "node_definition", "");
  expect_problem(R"({"nodes": null, "python_code": null, "node_id": null})", "node_definition", "");
}

TEST(WorkflowProblems, WrongTypesInTheDocument) {
  for (const char* key : {"nodes", "connections", "sticky_notes", "backdrops"}) {
    for (const char* value : {"null", "{}", "1", "\"x\"", "false"}) {
      expect_problem(std::string("{\"") + key + "\": " + value + "}", "wrong_type", std::string("/") + key);
    }
    expect_problem(std::string("{\"") + key + "\": [1]}", "wrong_type", std::string("/") + key + "/0");
    expect_problem(std::string("{\"") + key + "\": [null]}", "wrong_type", std::string("/") + key + "/0");
    expect_problem(std::string("{\"") + key + "\": [[]]}", "wrong_type", std::string("/") + key + "/0");
  }
  for (const char* value : {"null", "[]", "1", "\"x\""}) {
    expect_problem(std::string("{\"metadata\": ") + value + "}", "wrong_type", "/metadata");
  }
  EXPECT_EQ(only_problem(R"({"nodes": null})").hint, "write [], or leave the key out");
}

TEST(WorkflowProblems, BadUuids) {
  for (const char* value :
       {"\"n_init\"", "\"\"", "5", "null", "[]", "\"1111\"", "\"11111111-1111-1111-1111-11111111111g\"",
        "\"11111111-1111-1111-1111_111111111111\""}) {
    expect_node_problem(std::string("\"instance_id\": ") + value, "bad_uuid", "instance_id");
    for (const char* key : {"id", "from_node", "to_node"}) {
      expect_wire_problem(std::string("\"") + key + "\": " + value, "bad_uuid", key);
    }
    for (const char* list : {"sticky_notes", "backdrops"}) {
      expect_problem(std::string("{\"") + list + R"(": [{"position": [0, 0], "id": )" + value + "}]}",
                     "bad_uuid", std::string("/") + list + "/0/id");
    }
  }
  EXPECT_EQ(only_problem("{\"nodes\": [" + node_text("\"instance_id\": \"n_init\"") + "]}").message,
            "\"instance_id\" must be a UUID, but is the text \"n_init\"");
}

TEST(WorkflowProblems, WrongTypesInNodes) {
  for (const char* value : {"null", "1", "[]", "true"}) {
    expect_node_problem(std::string("\"node_id\": ") + value, "wrong_type", "node_id");
    expect_node_problem(std::string("\"state\": ") + value, "wrong_type", "state");
  }
  for (const char* value : {"null", "[]", "1", "\"x\""}) {
    expect_node_problem(std::string("\"parameters\": ") + value, "wrong_type", "parameters");
  }
  for (const char* value : {"2", "-1", "0.5", "\"maybe\"", "\"\"", "\"tr\"", "\"truex\"", "null", "[]", "NaN",
                            "99999999999999999999"}) {
    expect_node_problem(std::string("\"bypassed\": ") + value, "wrong_type", "bypassed");
    expect_wire_problem(std::string("\"is_exec\": ") + value, "wrong_type", "is_exec");
  }
  for (const char* value : {"3.5", "\"3.5\"", "\"x\"", "\"\"", "\".0\"", "null", "[]", "NaN", "Infinity"}) {
    expect_node_problem(std::string("\"init_priority\": ") + value, "wrong_type", "init_priority");
  }
}

TEST(WorkflowProblems, BadPositionsAndSizes) {
  for (const char* value : {"[]", "[1]", "[1, 2, 3]", "{\"x\": 1, \"y\": 2}", "null", "1", "\"1, 2\"",
                            "[1, \"x\"]", "[1, \"\"]", "[null, 1]", "[[1], 2]"}) {
    expect_node_problem(std::string("\"position\": ") + value, "wrong_type", "position");
    for (const char* list : {"sticky_notes", "backdrops"}) {
      const std::string start = std::string("{\"") + list + "\": [{";
      expect_problem(start + "\"position\": " + value + "}]}", "wrong_type",
                     std::string("/") + list + "/0/position");
      expect_problem(start + "\"position\": [0, 0], \"size\": " + value + "}]}", "wrong_type",
                     std::string("/") + list + "/0/size");
    }
  }
}

TEST(WorkflowProblems, WrongTypesInNotesAndBackdrops) {
  for (const char* value : {"null", "1", "[]"}) {
    for (const char* key : {"text", "color"}) {
      expect_problem(
          std::string(R"({"sticky_notes": [{"position": [0, 0], ")") + key + "\": " + value + "}]}",
          "wrong_type", std::string("/sticky_notes/0/") + key);
    }
    for (const char* key : {"title", "color"}) {
      expect_problem(std::string(R"({"backdrops": [{"position": [0, 0], ")") + key + "\": " + value + "}]}",
                     "wrong_type", std::string("/backdrops/0/") + key);
    }
  }
}

TEST(WorkflowProblems, WrongTypesInConnections) {
  for (const char* value : {"null", "1", "[]", "true"}) {
    expect_wire_problem(std::string("\"from_port\": ") + value, "wrong_type", "from_port");
    expect_wire_problem(std::string("\"to_port\": ") + value, "wrong_type", "to_port");
  }
}

TEST(WorkflowProblems, MissingKeys) {
  expect_problem(R"({"nodes": [{"position": [0, 0]}]})", "missing_key", "/nodes/0");
  expect_problem(R"({"nodes": [{"node_id": "a"}]})", "missing_key", "/nodes/0");
  expect_problem(R"({"sticky_notes": [{}]})", "missing_key", "/sticky_notes/0");
  expect_problem(R"({"backdrops": [{}]})", "missing_key", "/backdrops/0");
  const WorkflowReading reading = read_workflow(R"({"connections": [{}]})");
  ASSERT_EQ(reading.problems.size(), 4u);
  EXPECT_EQ(reading.problems[0].message, "the connection has no \"from_node\"");
}

TEST(WorkflowProblems, DuplicateIdsNameBothPlaces) {
  const std::string text = "{\"nodes\": [" + node_text("") + R"(, {"node_id": "b", "position": [0, 0]}, )" +
                           node_text(R"("node_id": "c")") + "]}";
  const Problem problem = only_problem(text);
  EXPECT_EQ(problem.code, "duplicate_id");
  EXPECT_EQ(problem.pointer, "/nodes/2/instance_id");
  EXPECT_EQ(problem.message,
            "the same instance_id as at /nodes/0, which is For Each (" + std::string(kId) + ")");
  EXPECT_EQ(problem.node, "c (" + std::string(kId) + ")");
}

TEST(WorkflowProblems, DuplicateIdsAreFoundAmongManyNodes) {
  std::string nodes;
  for (int i = 0; i < 1000; ++i) {
    const std::string digits = std::to_string(i % 999);
    nodes += R"({"node_id": "a", "position": [0, 0], "instance_id": ")" +
             std::string(32 - digits.size(), '0') + digits + "\"},";
  }
  nodes.pop_back();
  const Problem problem = only_problem("{\"nodes\": [" + nodes + "]}");
  EXPECT_EQ(problem.code, "duplicate_id");
  EXPECT_EQ(problem.pointer, "/nodes/999/instance_id");
}

TEST(WorkflowProblems, AllAreCollectedEachAtItsPlace) {
  const WorkflowReading reading = read_workflow(R"({
    "connections": [{"from_node": "x", "to_node": null, "from_port": 1, "to_port": "in"}],
    "nodes": [{"node_id": "a", "position": [0, 0], "parameters": null, "bypassed": 2},
              7,
              {"node_id": 1, "instance_id": "n_2", "foo": 1}],
    "metadata": []})");
  EXPECT_FALSE(reading.workflow.has_value());
  std::vector<std::string> found;
  for (const Problem& problem : reading.problems) found.push_back(problem.code + " " + problem.pointer);
  const std::vector<std::string> expected = {"wrong_type /nodes/0/parameters",
                                             "wrong_type /nodes/0/bypassed",
                                             "wrong_type /nodes/1",
                                             "bad_uuid /nodes/2/instance_id",
                                             "wrong_type /nodes/2/node_id",
                                             "missing_key /nodes/2",
                                             "bad_uuid /connections/0/from_node",
                                             "wrong_type /connections/0/from_port",
                                             "bad_uuid /connections/0/to_node",
                                             "wrong_type /metadata",
                                             "unknown_keys /nodes/2/foo"};
  EXPECT_EQ(found, expected);
}

TEST(WorkflowProblems, BadJsonKeepsTheProblemsBeforeIt) {
  const WorkflowReading reading = read_workflow(R"({"nodes": [5, {"node_id": "a", "position": [0, 0]}, )");
  EXPECT_FALSE(reading.workflow.has_value());
  ASSERT_EQ(reading.problems.size(), 2u);
  EXPECT_EQ(reading.problems[0].pointer, "/nodes/0");
  EXPECT_EQ(reading.problems[1].code, "bad_json");
}

TEST(WorkflowProblems, TooDeep) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  expect_problem("{\"metadata\": {\"a\": " + deep + "}}", "too_deep", "");
}

TEST(WorkflowProblems, LongTextsAreShortenedInMessages) {
  const Problem problem = only_problem(
      "{\"nodes\": [" + node_text("\"bypassed\": \"" + std::string(39, 'x') + "\u00e9\u00e9\"") + "]}");
  EXPECT_EQ(problem.message,
            "\"bypassed\" must be true or false, but is the text \"" + std::string(39, 'x') + "...\"");
  EXPECT_EQ(problem.node, "For Each (" + std::string(kId) + ")");
}

TEST(WorkflowProblems, ADocumentWithoutNodesAndConnectionsIsAnotherPrograms) {
  const Problem foreign = only_problem(R"({"3": {"class_type": "KSampler"}, "4": {}, "5": {}, "6": {}})");
  EXPECT_EQ(foreign.code, "foreign_document");
  EXPECT_NE(foreign.message.find(R"("3", "4", "5" and 1 more)"), std::string::npos) << foreign.message;
  const Problem misspelt = only_problem(R"({"nodess": [], "conections": [], "metadata": {}})");
  EXPECT_EQ(misspelt.code, "foreign_document");
  EXPECT_EQ(misspelt.hint, "did you mean 'nodes'?");
}

TEST(WorkflowProblems, EmptyDocumentsAndThoseOfAnEditorAreWorkflows) {
  for (const char* text : {"{}", R"({"nodes": [], "viewport": 1})", R"({"connections": [], "x": 1})",
                           R"({"metadata": {}, "sticky_notes": []})"}) {
    EXPECT_TRUE(read_workflow(text).workflow.has_value()) << text;
  }
}

TEST(WorkflowProblems, AMisspeltListBesideAGoodOneIsAWarningThatNamesTheGoodName) {
  const WorkflowReading reading = read_workflow(R"({"nodes": [], "conections": []})");
  ASSERT_EQ(reading.problems.size(), 1u);
  EXPECT_EQ(reading.problems[0].code, "unknown_keys");
  EXPECT_NE(reading.problems[0].hint.find("did you mean 'connections'?"), std::string::npos);
}

}  // namespace
}  // namespace vnode
