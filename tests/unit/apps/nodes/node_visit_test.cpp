#include "apps/vnode/nodes/node_visit.h"

#include <gtest/gtest.h>

#include "model/workflow_reader.h"

namespace vnode {
namespace {

std::vector<std::string> visit(const std::string& text) {
  const WorkflowReading reading = read_workflow(text);
  std::vector<std::string> found;
  visit_nodes(*reading.workflow, [&found](const NodeInstance& node, const NodePlace& place) {
    found.push_back(node.node_id + " " + place.pointer() + (place.is_nested() ? " nested" : ""));
  });
  return found;
}

TEST(NodeVisit, FindsNodesInGroupsToo) {
  const std::string inner = R"({"nodes": [{"node_id": "deep", "position": [0, 0]}]})";
  const std::string group =
      R"({"node_id": "group_node", "position": [0, 0], "parameters": {"__workflow__": )";
  EXPECT_EQ(
      visit(R"({"nodes": [{"node_id": "a", "position": [0, 0]}, )" + group + R"({"nodes": [)" + group +
            inner + "}}]}}}]}"),
      (std::vector<std::string>{
          "a /nodes/0", "group_node /nodes/1", "group_node /nodes/1/parameters/__workflow__/nodes/0 nested",
          "deep /nodes/1/parameters/__workflow__/nodes/0/parameters/__workflow__/nodes/0 nested"}));
}

TEST(NodeVisit, LeavesOutGroupsThatCannotBeRead) {
  for (const char* inner : {"null", "5", R"({"nodes": 5})"}) {
    const std::string text = R"({"nodes": [{"node_id": "group_node", "position": [0, 0], "parameters": )"
                             R"({"__workflow__": )" +
                             std::string(inner) + "}}]}";
    EXPECT_EQ(visit(text), std::vector<std::string>{"group_node /nodes/0"}) << inner;
  }
}

}  // namespace
}  // namespace vnode
