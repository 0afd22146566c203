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

void report_wired_value(const Subject& subject, NodeIndex node, std::string_view key, ProblemList& problems) {
  problems.warn("wired_value", [&] {
    return Problem{.pointer = join_pointer(node_pointer(node) + "/parameters", key),
                   .message = subject.label(node) + ": the saved value of \"" + std::string(key) +
                              "\" is not used, because a data wire leads to that input",
                   .hint = "remove the value, or the wire",
                   .node = subject.label(node)};
  });
}

void report_unused(const Subject& subject, NodeIndex node, std::string_view key, ProblemList& problems) {
  problems.warn("unused_parameter", [&] {
    return Problem{.pointer = join_pointer(node_pointer(node) + "/parameters", key),
                   .message = subject.label(node) + " has no port \"" + std::string(key) +
                              "\"; its code can see the value all the same",
                   .hint = subject.view(node).ports->advise_input(key),
                   .node = subject.label(node)};
  });
}

/// `blocking` is looked at for Python nodes (rule 28).
bool has_unused_setting(const Value& settings) {
  if (!settings.is_dict()) return true;
  const auto entries = settings.as_entries();
  return std::any_of(entries.begin(), entries.end(), [](const DictEntry& entry) {
    return !entry.key.is_text() || entry.key.as_text() != "blocking";
  });
}

/// A limit that is silently lost would be found out in the middle of a night.
void report_settings(const Subject& subject, NodeIndex node, ProblemList& problems) {
  problems.warn("unused_settings", [&] {
    return Problem{.pointer = join_pointer(node_pointer(node) + "/parameters", "__vnode__"),
                   .message = subject.label(node) +
                              ": limits, retries and resources of one node are not applied by this version",
                   .hint = "use --timeout for the whole run",
                   .node = subject.label(node)};
  });
}

void check_node(const Subject& subject, NodeIndex node, ProblemList& problems) {
  const PortTable& ports = *subject.view(node).ports;
  const std::vector<std::string_view> wired = wired_inputs(subject, node);
  for (const Dict::Entry& entry : subject.node(node).parameters) {
    if (!entry.key.is_text()) continue;
    const std::string_view key = entry.key.as_text();
    if (key == "__vnode__" && has_unused_setting(entry.value)) report_settings(subject, node, problems);
    if (ports.output(key)) continue;  // the value of an earlier run
    const Port* input = ports.input(key);
    if (!input) {
      if (!has_meaning(key)) report_unused(subject, node, key, problems);
    } else if (!input->is_exec() && std::binary_search(wired.begin(), wired.end(), key) &&
               !equal(entry.value, input->default_value)) {
      report_wired_value(subject, node, key, problems);
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
