#include "validate/checks.h"

namespace vnode {
namespace {

/// The note on a definition of that id that could not be loaded; null when there is none.
const LoadNote* find_broken_definition(const Registry& registry, std::string_view node_id) {
  for (const LoadNote& note : registry.notes()) {
    if (note.kind == LoadNote::Kind::kBroken && note.node_id == node_id) return &note;
  }
  return nullptr;
}

void report_unknown(const Subject& subject, NodeIndex node, ProblemList& problems) {
  const std::string& id = subject.node(node).node_id;
  const std::string pointer = node_pointer(node) + "/node_id";
  if (const LoadNote* note = find_broken_definition(subject.registry(), id)) {
    problems.error("unusable_node", [&] {
      return Problem{.pointer = pointer,
                     .message = subject.label(node) + ": the definition of \"" + id + "\" (" + note->file +
                                ") does not load: " + note->message,
                     .hint = "mend that file",
                     .node = subject.label(node)};
    });
    return;
  }
  problems.error("unknown_node", [&] {
    const std::string near = subject.registry().suggestion(id);
    return Problem{.pointer = pointer,
                   .message = subject.label(node) + ": there is no node type \"" + id + "\"",
                   .hint = near.empty()
                               ? "list the known types with 'vnode nodes list'; add folders of definitions "
                                 "with --nodes, VNODE_PATH or v_nodes_dir"
                               : "did you mean \"" + near + "\"?",
                   .node = subject.label(node)};
  });
}

void report_unusable(const Subject& subject, NodeIndex node, ProblemList& problems) {
  problems.error("unusable_node", [&] {
    return Problem{.pointer = node_pointer(node) + "/node_id",
                   .message = subject.label(node) + " cannot run: " + subject.view(node).type->unusable,
                   .hint = "remove the node, or use another type in its place",
                   .node = subject.label(node)};
  });
}

}  // namespace

void check_nodes(const Subject& subject, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.workflow().nodes.size(); ++node) {
    const NodeType* type = subject.view(node).type;
    if (!type) {
      report_unknown(subject, node, problems);
    } else if (!type->unusable.empty()) {
      report_unusable(subject, node, problems);
    }
  }
  for (const auto& [node, reason] : subject.bad_ports()) {
    problems.error("bad_ports", [&, node = node, &reason = reason] {
      return Problem{.pointer = node_pointer(node) + "/parameters",
                     .message = subject.label(node) + ": its ports cannot be restored: " + reason,
                     .hint = "correct the saved parameters that describe its ports",
                     .node = subject.label(node)};
    });
  }
}

}  // namespace vnode
