#include <algorithm>
#include <optional>

#include "base/windows_path.h"
#include "validate/checks.h"

namespace vnode {
namespace {

bool is_wired(const Subject& subject, NodeIndex node, std::string_view port) {
  const auto wires = subject.graph().data_in(node);
  return std::any_of(wires.begin(), wires.end(),
                     [&](WireIndex wire) { return subject.workflow().connections[wire].to_port == port; });
}

void report_windows_path(const Subject& subject, NodeIndex node, const Port& port, std::string_view path,
                         std::optional<std::size_t> item, ProblemList& problems) {
  problems.warn("windows_path", [&] {
    const std::string pointer = join_pointer(node_pointer(node) + "/parameters", port.name);
    return Problem{.pointer = item ? join_pointer(pointer, *item) : pointer,
                   .message = subject.label(node) + ": \"" + std::string(path) + "\" in \"" + port.name +
                              "\" is a Windows path; here it names a file in the working directory",
                   .hint =
                       "give the path that it has on this machine, for example with -p "
                       "NODE.PORT=VALUE, or a rule that maps it (--path-map)",
                   .node = subject.label(node)};
  });
}

void check_path(const Subject& subject, NodeIndex node, const Port& port, const Value& value,
                std::optional<std::size_t> item, ProblemList& problems) {
  if (!value.is_text()) return;
  const std::string_view path = value.as_text();
  const std::optional<std::string> mapped = subject.path_map() ? subject.path_map()->map(path) : std::nullopt;
  if (!is_windows_path(mapped ? std::string_view(*mapped) : path)) return;
  report_windows_path(subject, node, port, path, item, problems);
}

/// A path or a list of them.
void check_value(const Subject& subject, NodeIndex node, const Port& port, const Value& value,
                 ProblemList& problems) {
  if (!value.is_list()) return check_path(subject, node, port, value, std::nullopt, problems);
  const std::span<const Value> items = value.as_list();
  for (std::size_t i = 0; i < items.size(); ++i) check_path(subject, node, port, items[i], i, problems);
}

}  // namespace

void check_file_names(const Subject& subject, FileNamesOf nodes, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    const NodeView& view = subject.view(node);
    if (!view.ports) continue;
    if (nodes != FileNamesOf::kAll && (nodes == FileNamesOf::kNatives) != !view.type->runtime) continue;
    for (const Dict::Entry& entry : subject.node(node).parameters) {
      if (!entry.key.is_text() || !(entry.value.is_text() || entry.value.is_list())) continue;
      const Port* port = view.ports->input(entry.key.as_text());
      if (!port || !port->names_file() || is_wired(subject, node, port->name)) continue;
      check_value(subject, node, *port, entry.value, problems);
    }
  }
}

}  // namespace vnode
