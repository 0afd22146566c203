#include "validate/port_table.h"

#include <algorithm>

#include "base/spelling.h"

namespace vnode {
namespace {

std::string advise(const std::vector<Port>& ports, std::string_view wrong, std::string_view what) {
  std::vector<std::string> names;
  names.reserve(ports.size());
  for (const Port& port : ports) names.push_back(port.name);
  if (names.empty()) return "the node has no " + std::string(what);
  return spelling_advice(wrong, names, "its " + std::string(what) + " are");
}

}  // namespace

PortIndex::PortIndex(const std::vector<Port>& ports) : ports_(ports) {
  if (ports.size() <= kFewPorts) return;
  by_name_.reserve(ports.size());
  for (const Port& port : ports) by_name_.try_emplace(port.name, &port);
}

const Port* PortIndex::find(std::string_view name) const {
  if (!by_name_.empty()) {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  auto found =
      std::find_if(ports_.begin(), ports_.end(), [name](const Port& port) { return port.name == name; });
  return found == ports_.end() ? nullptr : &*found;
}

PortTable::PortTable(const NodeType& type, const std::vector<Port>& inputs, const std::vector<Port>& outputs)
    : type_(type),
      inputs_(inputs),
      outputs_(outputs),
      has_exec_input_(
          std::any_of(inputs.begin(), inputs.end(), [](const Port& port) { return port.is_exec(); })) {}

const Port* PortTable::input(std::string_view name) const {
  static const Port further;
  const Port* port = inputs_.find(name);
  return port || !type_.takes_any_input || outputs_.find(name) || name.starts_with("__") ? port : &further;
}

const Port* PortTable::output(std::string_view name) const {
  if (const Port* port = outputs_.find(name)) return port;
  for (const auto& [alias, port] : type_.output_aliases) {
    if (alias == name) return outputs_.find(port);
  }
  return nullptr;
}

std::string PortTable::advise_input(std::string_view wrong) const {
  return advise(inputs_.ports(), wrong, "inputs");
}

std::string PortTable::advise_output(std::string_view wrong) const {
  return advise(outputs_.ports(), wrong, "outputs");
}

}  // namespace vnode
