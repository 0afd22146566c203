#include <algorithm>
#include <array>

#include "model/value_ops.h"
#include "validate/checks.h"

namespace vnode {
namespace {

/// Parameters that mean something without being ports.
constexpr std::array<std::string_view, 6> kPrivateKeys = {"python_code", "__workflow__",    "__port_defs__",
                                                          "__name__",    "_injected_value", "__vnode__"};

/// The editor saves these for every node that once had them, the loops for example.
constexpr std::array<std::string_view, 2> kExecPins = {"exec_in", "exec_out"};

bool has_meaning(std::string_view key) {
  return std::find(kPrivateKeys.begin(), kPrivateKeys.end(), key) != kPrivateKeys.end() ||
         std::find(kExecPins.begin(), kExecPins.end(), key) != kExecPins.end();
}

/// The inputs of one node that data wires lead to, sorted.
std::vector<std::string_view> wired_inputs(const Subject& subject, NodeIndex node) {
  std::vector<std::string_view> names;
  for (WireIndex wire : subject.graph().data_in(node)) {
    names.push_back(subject.workflow().connections[wire].to_port);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void report_unused(const Subject& subject, NodeIndex node, std::string_view key, ProblemList& problems) {
  problems.note("unused_parameter", [&] {
    return Problem{.pointer = join_pointer(node_pointer(node) + "/parameters", key),
                   .message = subject.label(node) + " has no port \"" + std::string(key) +
                              "\"; its code can see the value all the same",
                   .hint = subject.view(node).ports->advise_input(key),
                   .node = subject.label(node)};
  });
}

/// The parameters of one node.
void check_node(const Subject& subject, NodeIndex node, ProblemList& problems) {
  const PortTable& ports = *subject.view(node).ports;
  const std::vector<std::string_view> wired = wired_inputs(subject, node);
  for (const Dict::Entry& entry : subject.node(node).parameters) {
    if (!entry.key.is_text()) continue;
    const std::string_view key = entry.key.as_text();
    if (const Port* output = ports.output(key)) {  // the value of an earlier run
      const bool tells = !output->is_exec() && !equal(entry.value, output->default_value);
      problems.idle_values().of_outputs += tells ? 1 : 0;
      continue;
    }
    const Port* input = ports.input(key);
    if (!input) {
      if (!has_meaning(key)) report_unused(subject, node, key, problems);
    } else if (!input->is_exec() && std::binary_search(wired.begin(), wired.end(), key)) {
      problems.idle_values().of_wired_inputs += equal(entry.value, input->default_value) ? 0 : 1;
    }
  }
}

}  // namespace

void check_parameters(const Subject& subject, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) {
    if (subject.view(node).ports) check_node(subject, node, problems);
  }
}

}  // namespace vnode
