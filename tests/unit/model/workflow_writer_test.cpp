#include "model/workflow_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "model/json_reader.h"
#include "model/value_ops.h"
#include "model/workflow_reader.h"

namespace vnode {
namespace {

namespace fs = std::filesystem;

Workflow read_back(const std::string& text) {
  WorkflowReading reading = read_workflow(text);
  EXPECT_TRUE(reading.workflow.has_value()) << text;
  return reading.workflow ? std::move(*reading.workflow) : Workflow();
}

/// Workflow files that the editor saved; empty where they are not at hand.
std::vector<std::string> sample_texts() {
  std::vector<std::string> texts;
  const char* given = std::getenv("VNODE_SAMPLES");
  const fs::path folder = given ? fs::path(given) : fs::path(VNODE_SOURCE_DIR) / ".." / "shared" / "samples";
  std::error_code absent;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, absent)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

constexpr const char* kDocument = R"({
    "nodes": [
        {
            "instance_id": "11111111-1111-1111-1111-111111111111",
            "node_id": "For Each",
            "position": [
                -1.5,
                2
            ],
            "parameters": {
                "text": "é\n\"",
                "one": 1,
                "one point zero": 1.0,
                "big": 123456789012345678901234567890,
                "odd": [
                    NaN,
                    Infinity,
                    -Infinity
                ],
                "empty": [
                    {},
                    []
                ]
            },
            "state": "idle",
            "bypassed": false,
            "init_priority": 3,
            "color": null
        }
    ],
    "connections": [
        {
            "id": "33333333-3333-3333-3333-333333333333",
            "from_node": "11111111-1111-1111-1111-111111111111",
            "from_port": "a",
            "to_node": "11111111-1111-1111-1111-111111111111",
            "to_port": "b",
            "is_exec": true,
            "label": "x"
        }
    ],
    "sticky_notes": [
        {
            "position": [
                "0",
                0
            ],
            "text": "note"
        }
    ],
    "backdrops": [],
    "metadata": {
        "a": 1
    },
    "viewport": {
        "zoom": 1.25
    }
})";

TEST(WorkflowWriter, WritesWhatWasRead) { EXPECT_EQ(write_workflow(read_back(kDocument)), kDocument); }

TEST(WorkflowWriter, WritesTheSamplesAsTheyAre) {
  for (const std::string& text : sample_texts()) {
    const WorkflowReading reading = read_workflow(text);
    EXPECT_TRUE(reading.problems.empty()) << reading.problems[0].message;
    ASSERT_TRUE(reading.workflow.has_value());
    EXPECT_EQ(write_workflow(*reading.workflow), text);
  }
}

TEST(WorkflowWriter, EmptyWorkflowsHaveBothLists) {
  EXPECT_EQ(write_workflow(Workflow()), "{\n    \"nodes\": [],\n    \"connections\": []\n}");
}

TEST(WorkflowWriter, NormalisesLenientForms) {
  const Workflow workflow = read_back(R"({"nodes": [{"instance_id": "{ABCDEF01-2345-6789-ABCD-EF0123456789}",
      "node_id": "a", "position": [0, 0], "bypassed": "yes", "init_priority": "3"}]})");
  const Value expected =
      parse_json(R"([{"instance_id": "abcdef01-2345-6789-abcd-ef0123456789", "node_id": "a",
      "position": [0, 0], "parameters": {}, "bypassed": true, "init_priority": 3}])")
          .value();
  EXPECT_TRUE(same(*workflow_document(workflow).as_dict().find(std::string_view("nodes")), expected));
}

TEST(WorkflowWriter, OverflowingNumbersStayInfinite) {
  const std::string text = write_workflow(read_back(R"({"metadata": {"a": 1e400, "b": -1e400}})"));
  EXPECT_NE(text.find("\"a\": Infinity"), std::string::npos);
  EXPECT_EQ(write_workflow(read_back(text)), text);
}

TEST(WorkflowWriter, WorkflowsMadeByProgramsCanBeReadAgain) {
  Workflow workflow;
  workflow.nodes.push_back({.instance_id = Uuid::random(), .node_id = "a"});
  workflow.connections.push_back({.from_port = "x", .to_port = "y"});
  const WorkflowReading reading = read_workflow(write_workflow(workflow));
  EXPECT_TRUE(reading.problems.empty());
  ASSERT_TRUE(reading.workflow.has_value());
  EXPECT_EQ(reading.workflow->nodes.at(0).instance_id, workflow.nodes[0].instance_id);
}

TEST(WorkflowWriter, DocumentValueReadsBackAsTheSameWorkflow) {
  const WorkflowReading reading = read_workflow(workflow_document(read_back(kDocument)), "/x");
  ASSERT_TRUE(reading.workflow.has_value());
  EXPECT_EQ(write_workflow(*reading.workflow), kDocument);
}

// A file may end anywhere, for instance because a disk was full.
TEST(WorkflowWriter, TruncatedFilesAreRefused) {
  std::vector<std::string> texts = sample_texts();
  texts.push_back(kDocument);
  constexpr std::size_t kLongest = 5000;  // the work grows with the square
  for (const std::string& text : texts) {
    for (std::size_t size = 0; size < text.size() && text.size() <= kLongest; ++size) {
      const std::string part(text, 0, size);  // its own memory, so that reading behind its end is seen
      const WorkflowReading reading = read_workflow(part);
      ASSERT_FALSE(reading.workflow.has_value());
      ASSERT_EQ(reading.problems.back().code, "bad_json");
    }
  }
}

}  // namespace
}  // namespace vnode
