#include "engine/overrides.h"

#include <algorithm>

#include "base/spelling.h"
#include "base/text_file.h"
#include "engine/node_address.h"
#include "engine/part.h"
#include "model/json_reader.h"

namespace vnode {
namespace {

/// Applies overrides to one workflow.
class Applier {
 public:
  Applier(Workflow& workflow, const Registry& registry, const Part* part)
      : workflow_(workflow), registry_(registry), part_(part) {}

  void apply(const Override& override);
  Problems take_problems() { return std::move(problems_); }

 private:
  bool accept_port(const NodeInstance& node, const std::string& port, bool& is_text_port);
  bool is_wired(const NodeInstance& node, const std::string& port) const;
  std::optional<Value> read_value(const Override& override, bool is_text_port);
  void report(std::string code, std::string message, std::string hint);

  Workflow& workflow_;
  const Registry& registry_;
  const Part* part_;
  Problems problems_;
};

void Applier::report(std::string code, std::string message, std::string hint) {
  problems_.push_back({Severity::kError, std::move(code), "", std::move(message), std::move(hint)});
}

bool Applier::is_wired(const NodeInstance& node, const std::string& port) const {
  if (part_ && part_->is_single()) return false;
  return std::any_of(workflow_.connections.begin(), workflow_.connections.end(), [&](const Connection& wire) {
    return !wire.is_exec && wire.to_node == node.instance_id && wire.to_port == port;
  });
}

/// False, with a problem, when the node has no such input or something else decides its value.
bool Applier::accept_port(const NodeInstance& node, const std::string& port, bool& is_text_port) {
  const auto refuse = [&](std::string code, const std::string& why, std::string hint = {}) {
    report(std::move(code), node_label(node) + ": '" + port + "' " + why, std::move(hint));
    problems_.back().node = node_label(node);
    return false;
  };
  if (is_wired(node, port)) {
    return refuse("wired_port", "is wired and takes its value from there",
                  "set the node at the other end, or remove the wire");
  }
  const std::optional<InstancePorts> ports = instance_ports(node, registry_);
  if (!ports) return true;

  const auto has_name = [&](const Port& candidate) { return candidate.name == port; };
  const auto input = std::find_if(ports->inputs.begin(), ports->inputs.end(), has_name);
  if (input != ports->inputs.end()) {
    is_text_port = input->type == "string";
    return !input->is_exec() || refuse("not_settable", "is an exec port and holds no value");
  }
  if (std::any_of(ports->outputs.begin(), ports->outputs.end(), has_name)) {
    return refuse("not_settable", "is an output", "only inputs can be set");
  }
  const NodeTypePtr type = registry_.find(node.node_id);
  if (type && type->takes_any_input) return true;
  // A saved parameter without a port is visible to node code (workflow_format.md, section 3), so it can be
  // set.
  if (node.parameters.find(std::string_view(port))) return true;
  std::vector<std::string> names;
  for (const Port& candidate : ports->inputs) {
    if (!candidate.is_exec()) names.push_back(candidate.name);
  }
  return refuse(
      "unknown_port", "is not one of its inputs",
      names.empty() ? "it has no inputs that can be set" : spelling_advice(port, names, "its inputs are"));
}

std::optional<Value> Applier::read_value(const Override& override, bool is_text_port) {
  if (const Value* value = std::get_if<Value>(&override.value)) return *value;
  const std::optional<std::string> text = override_text(override, problems_);
  if (!text) return std::nullopt;
  if (is_text_port) return Value(*text);
  Result<Value> value = parse_json(*text);
  if (value) return std::move(value).value();
  report("bad_value", "the value for " + override.target + " is not JSON: " + value.error().message,
         "only ports of type string take plain text; elsewhere a text needs quotes: '" + override.target +
             "=\"text\"'");
  return std::nullopt;
}

void Applier::apply(const Override& override) {
  const std::optional<NodeAddress> address =
      override.port ? resolve_address(workflow_, override.target, *override.port, problems_)
                    : resolve_address(workflow_, override.target, problems_);
  if (!address) return;
  NodeInstance& node = workflow_.nodes[address->node];
  if (part_ && !part_->has(static_cast<NodeIndex>(address->node))) {
    problems_.push_back({.severity = Severity::kWarning,
                         .code = "idle_override",
                         .pointer = "",
                         .message = override.target + ": the node is not in the part that runs",
                         .node = node_label(node)});
  }
  bool is_text_port = false;
  if (!accept_port(node, address->port, is_text_port)) return;
  if (std::optional<Value> value = read_value(override, is_text_port)) {
    node.parameters.set(Value(address->port), std::move(*value));
  }
}

}  // namespace

Problems apply_overrides(Workflow& workflow, const Registry& registry, const std::vector<Override>& overrides,
                         const Part* part) {
  Applier applier(workflow, registry, part);
  for (const Override& override : overrides) {
    if (!is_of_workflow(override)) applier.apply(override);
  }
  return applier.take_problems();
}

bool is_of_workflow(const Override& override) {
  return !override.port && override.target.find('.') == std::string::npos;
}

std::optional<std::string> override_text(const Override& override, Problems& problems) {
  const std::string& typed = std::get<std::string>(override.value);
  if (typed.starts_with("@@")) return typed.substr(1);
  if (!typed.starts_with('@')) return typed;
  Result<TextFile> file = read_text_file(typed.substr(1));
  if (file) return std::move(file->text);
  problems.push_back({Severity::kError, "bad_value", "", override.target + ": " + describe(file.error()),
                      "@FILE takes the value from a file; a text that begins with @ is written with @@"});
  return std::nullopt;
}

}  // namespace vnode
