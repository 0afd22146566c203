#include "apps/vnode/local/asked_outputs.h"

#include "base/spelling.h"

namespace vnode {
namespace {

bool check_port(const NodeInstance& node, const std::string& port, const OutputFinder& outputs_of,
                Problems& problems) {
  const std::optional<std::vector<Port>> outputs = outputs_of(node, port);
  if (!outputs) return true;
  std::vector<std::string> names;
  for (const Port& output : *outputs) {
    if (output.name == port) return true;
    names.push_back(output.name);
  }
  problems.push_back(
      {Severity::kError, "unknown_port", "", "--output: no output '" + port + "'",
       names.empty() ? "the node has no outputs" : spelling_advice(port, names, "its outputs are"),
       node_label(node)});
  return false;
}

}  // namespace

bool AskedOutputs::resolve(const std::vector<std::string>& names, const Workflow& workflow,
                           const OutputFinder& outputs_of, Problems& problems) {
  bool is_complete = true;
  for (const std::string& name : names) {
    const std::optional<NodeAddress> address = resolve_address(workflow, name, problems);
    const bool is_there =
        address && check_port(workflow.nodes[address->node], address->port, outputs_of, problems);
    if (is_there) asked_.push_back({name, *address});
    is_complete = is_complete && is_there;
  }
  return is_complete;
}

std::vector<NamedResult> AskedOutputs::of(const Run& run, const Workflow& workflow) const {
  std::vector<NamedResult> results;
  for (const auto& [name, address] : asked_) {
    const Value* value = run.result(workflow.nodes[address.node].instance_id, address.port);
    results.emplace_back(name, value ? *value : Value());
  }
  return results;
}

std::vector<std::pair<Uuid, std::string>> AskedOutputs::wanted(const Workflow& workflow) const {
  std::vector<std::pair<Uuid, std::string>> outputs;
  for (const Asked& asked : asked_) {
    outputs.emplace_back(workflow.nodes[asked.address.node].instance_id, asked.address.port);
  }
  return outputs;
}

}  // namespace vnode
