#include "validate/checks.h"

namespace vnode {
namespace {

constexpr std::string_view kBadValue = "bad_value";
constexpr std::string_view kBadCommand = "bad_command";

bool has_wire(const Subject& subject, NodeIndex node, std::string_view input) {
  for (const WireIndex wire : subject.graph().data_in(node)) {
    if (subject.workflow().connections[wire].to_port == input) return true;
  }
  return false;
}

void check_node_values(const Subject& subject, NodeIndex node, const NodeType& type, ProblemList& problems) {
  for (const Dict::Entry& entry : subject.node(node).parameters) {
    if (!entry.key.is_text() || has_wire(subject, node, entry.key.as_text())) continue;
    const std::string_view input = entry.key.as_text();
    Problems found;
    type.check_saved(input, entry.value, join_pointer(node_pointer(node) + "/parameters", input), found);
    for (Problem& problem : found) {
      const std::string_view code = problem.code == kBadValue ? kBadValue : kBadCommand;
      problems.error(code, [&] {
        problem.node = subject.label(node);
        problem.message = problem.node + ": " + problem.message;
        return std::move(problem);
      });
    }
  }
}

}  // namespace

void check_saved_values(const Subject& subject, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    const NodeType* const type = subject.view(node).type;
    if (type && type->check_saved) check_node_values(subject, node, *type, problems);
  }
}

}  // namespace vnode
