#include <set>

#include "base/spelling.h"
#include "validate/checks.h"

namespace vnode {
namespace {

/// For an id that is known nowhere: what it may have been meant to be, and where its definition may be.
std::string advise_unknown(const Registry& registry, std::string_view id) {
  constexpr std::size_t kMostListed = 3;
  std::string hint = did_you_mean(registry.suggestion(id));
  if (hint.empty()) {
    hint =
        "list the known types with 'vnode nodes list'; add folders of definitions with --nodes, VNODE_PATH "
        "or "
        "v_nodes_dir";
  }
  std::size_t count = 0;
  for (const LoadNote& note : registry.notes()) {
    // A workflow that lies in the folder is nobody's definition, and has no id.
    const bool may_define_it = note.kind == LoadNote::Kind::kFolder ||
                               (note.kind == LoadNote::Kind::kBroken && !note.node_id.empty());
    if (!may_define_it || ++count > kMostListed) continue;
    hint += (count == 1 ? "; not loaded: " : ", ") + note.file;
  }
  return count > kMostListed ? hint + " and " + std::to_string(count - kMostListed) + " more" : hint;
}

void report_unknown(const Subject& subject, NodeIndex node, ProblemList& problems) {
  const std::string& id = subject.node(node).node_id;
  const std::string pointer = node_pointer(node) + "/node_id";
  if (const LoadNote* note = subject.registry().broken_definition(id)) {
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
    return Problem{.pointer = pointer,
                   .message = subject.label(node) + ": there is no node type \"" + id + "\"",
                   .hint = advise_unknown(subject.registry(), id),
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

/// Once for each type: its newest definition does not load, and what runs is not what its author edited.
void check_set_aside(const Subject& subject, ProblemList& problems) {
  if (!subject.registry().has_broken_definitions()) return;
  std::set<const NodeType*> told;
  for (NodeIndex node = 0; node < subject.workflow().nodes.size(); ++node) {
    const NodeType* type = subject.view(node).type;
    if (!type || !told.insert(type).second) continue;
    const std::string message = set_aside_text(subject.registry(), *type);
    if (message.empty()) continue;
    problems.warn("definition_set_aside", [&] {
      return Problem{.pointer = node_pointer(node) + "/node_id",
                     .message = subject.label(node) + ": " + message,
                     .hint = "mend that file",
                     .node = subject.label(node)};
    });
  }
}

}  // namespace

void check_nodes(const Subject& subject, ProblemList& problems) {
  check_set_aside(subject, problems);
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
