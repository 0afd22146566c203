#include <algorithm>

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
                         ProblemList& problems) {
  problems.warn("windows_path", [&] {
    return Problem{.pointer = join_pointer(node_pointer(node) + "/parameters", port.name),
                   .message = subject.label(node) + ": \"" + std::string(path) + "\" in \"" + port.name +
                              "\" is a Windows path; here it names a file in the working directory",
                   .hint = "give the path that it has on this machine, for example with -p NODE.PORT=VALUE",
                   .node = subject.label(node)};
  });
}

}  // namespace

void check_file_names(const Subject& subject, FileNamesOf nodes, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    const NodeView& view = subject.view(node);
    if (!view.ports) continue;
    if (nodes != FileNamesOf::kAll && (nodes == FileNamesOf::kNatives) != !view.type->runtime) continue;
    for (const Dict::Entry& entry : subject.node(node).parameters) {
      if (!entry.key.is_text() || !entry.value.is_text() || !is_windows_path(entry.value.as_text())) continue;
      const Port* port = view.ports->input(entry.key.as_text());
      if (!port || !port->names_file() || is_wired(subject, node, port->name)) continue;
      report_windows_path(subject, node, *port, entry.value.as_text(), problems);
    }
  }
}

}  // namespace vnode
