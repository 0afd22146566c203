#include "engine/runtime_level.h"

#include <algorithm>

#include "base/windows_path.h"
#include "engine/effective_limits.h"
#include "engine/execution.h"
#include "engine/level.h"
#include "engine/run_state.h"
#include "model/lenient.h"
#include "validate/missing_port.h"

namespace vnode {
namespace {

bool same_ports(const std::vector<Port>& made, const Layout& layout, std::span<const SlotIndex> slots,
                bool outputs) {
  if (made.size() != slots.size()) return false;
  for (std::size_t i = 0; i < made.size(); ++i) {
    const Port& planned = outputs ? *layout.output(slots[i]) : *layout.input(slots[i]);
    if (made[i].name != planned.name || made[i].type != planned.type) return false;
  }
  return true;
}

bool has_port(const Layout& layout, std::string_view name, bool is_output) {
  const SlotIndex slot = layout.find(name);
  return slot != kNoSlot && (is_output ? layout.output(slot) : layout.input(slot)) != nullptr;
}

/// `is_of_paths`: it matters which inputs name files.
bool fits(const InstanceShape& shape, const PlanNode& node, bool is_of_paths) {
  for (const Port& port : is_of_paths ? std::span<const Port>(shape.inputs) : std::span<const Port>()) {
    const SlotIndex slot = node.layout->find(port.name);
    const Port* planned = slot == kNoSlot ? nullptr : node.layout->input(slot);
    if (planned && planned->names_file() != port.names_file()) return false;
  }
  return shape.has_hook == node.has_hook &&
         same_ports(shape.inputs, *node.layout, node.layout->inputs(), false) &&
         same_ports(shape.outputs, *node.layout, node.layout->outputs(), true);
}

/// The first one, in a list of paths too; null: there is none.
const Value* find_windows_path(const Value& value) {
  const std::span<const Value> values = value.is_list() ? value.as_list() : std::span<const Value>(&value, 1);
  const auto found = std::find_if(values.begin(), values.end(), [](const Value& one) {
    return one.is_text() && is_windows_path(one.as_text());
  });
  return found == values.end() ? nullptr : &*found;
}

bool asks_for_blocking(const NodeInstance& instance) {
  const Value blocking = instance_setting(instance, "blocking");
  return !blocking.is_none() && lenient_bool(blocking).value_or(false);
}

}  // namespace

Task<std::unique_ptr<RuntimeLevel>> RuntimeLevel::open(RunState& run, const LevelPath* path,
                                                       std::shared_ptr<const Plan>& plan, int host,
                                                       Problems& problems) {
  if (!plan->data().has_runtimes) co_return nullptr;
  std::unique_ptr<RuntimeLevel> level(new RuntimeLevel(run, path, plan, host));
  level->add_instances();
  co_await level->make_instances(problems);
  if (!has_errors(problems)) plan = level->plan_;
  co_return level;
}

RuntimeLevel::RuntimeLevel(RunState& run, const LevelPath* path, std::shared_ptr<const Plan> plan, int host)
    : run_(run), path_(path), key_(run.runtimes.add_level(*this)), plan_(std::move(plan)), host_(host) {}

RuntimeLevel::~RuntimeLevel() {
  for (const Place& place : places_) {
    if (place.session) run_.runtimes.remove_instance(place.key);
  }
  run_.runtimes.remove_level(key_);
}

InstanceRequest RuntimeLevel::describe(NodeIndex index) const {
  const PlanData& data = plan_->data();
  const PlanNode& node = data.nodes[index];
  InstanceRequest request;
  request.key = places_[index].key;
  request.type = node.type;
  request.name = node.instance->instance_id.text();
  request.label = node_label(*node.instance);
  request.pointer = "/nodes/" + std::to_string(node.file_index);
  request.saved = node.instance->parameters;
  request.saved.erase(kInstanceSettings);
  if (run_.options.path_map && node.type->runtime->holds_parameters()) map_saved_paths(node, request.saved);
  request.host = host_;
  request.suspends = data.frame != nullptr;
  request.blocking = node.type->blocking || asks_for_blocking(*node.instance);
  const NodeLimits limits =
      effective_limits(node.limits ? *node.limits : NodeLimits(), *node.type, run_.options);
  if (limits.has_resources()) request.resources = *limits.resources;
  request.timeout = limits.timeout;
  request.executor = limits.executor.value_or("");
  request.executor_options = limits.executor_options.value_or(Dict());
  for (const InWire& wire : part(data.in_wires, node.in_wires)) {
    request.wired_inputs.emplace_back(node.layout->name(wire.target_slot));
  }
  return request;
}

/// Rule 39, as far as the definition tells which ports name files.
void RuntimeLevel::map_saved_paths(const PlanNode& node, Dict& saved) const {
  for (const SlotIndex slot : node.layout->inputs()) {
    const Port& port = *node.layout->input(slot);
    const Value* value = port.names_file() ? saved.find(port.name) : nullptr;
    if (!value) continue;
    if (std::optional<Value> mapped = run_.options.path_map->map(*value, PathMap::From::kOutside))
      saved.set(Value(port.name), std::move(*mapped));
  }
}

bool RuntimeLevel::is_wired(const PlanNode& node, SlotIndex slot) const {
  const auto wires = part(plan_->data().in_wires, node.in_wires);
  return std::any_of(wires.begin(), wires.end(),
                     [slot](const InWire& wire) { return wire.target_slot == slot; });
}

/// Rule 39, of ports that show only in the instance, and of its defaults. `told`: its saved parameters as it
/// knows them.
void RuntimeLevel::find_mapped_paths(NodeIndex index, const InstanceShape& made, const Dict& told) {
  const PlanNode& node = plan_->data().nodes[index];
  for (const Port& port : made.inputs) {
    if (!port.names_file()) continue;
    const SlotIndex slot = node.layout->find(port.name);
    const Port* planned = slot == kNoSlot ? nullptr : node.layout->input(slot);
    const Value* saved = is_wired(node, slot) ? nullptr : told.find(port.name);
    if (saved && planned && planned->names_file()) continue;
    const Value& value = saved ? *saved : port.default_value;
    if (std::optional<Value> mapped = run_.options.path_map->map(value, PathMap::From::kOutside))
      mapped_paths_[index].emplace_back(port.name, std::move(*mapped));
  }
}

void RuntimeLevel::attach(Level& level) {
  level_ = &level;
  for (const auto& [node, message] : early_errors_) {
    Instance& instance = level.instance(node);
    instance.has_error_logs = true;
    if (!level.reports_error_logs(instance)) level.count_error_log(instance, message);
  }
  early_errors_.clear();
}

void RuntimeLevel::add_instances() {
  const std::vector<PlanNode>& nodes = plan_->data().nodes;
  places_.resize(nodes.size());
  for (NodeIndex i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].type->runtime || nodes[i].in_frame) continue;
    places_[i] = {&run_.runtimes.session(*nodes[i].type->runtime), run_.runtimes.add_instance(*this, i)};
    if (std::find(sessions_.begin(), sessions_.end(), places_[i].session) == sessions_.end()) {
      sessions_.push_back(places_[i].session);
    }
  }
}

Task<void> RuntimeLevel::make_instances(Problems& problems) {
  const std::vector<PlanNode>& nodes = plan_->data().nodes;
  std::vector<std::pair<NodeIndex, InstanceShape>> shapes;
  bool is_as_planned = true;
  for (RuntimeSession* session : sessions_) {
    std::vector<InstanceRequest> requests;
    std::vector<NodeIndex> indices;
    std::vector<Dict> told;
    for (NodeIndex i = 0; i < nodes.size(); ++i) {
      if (places_[i].session != session) continue;
      requests.push_back(describe(i));
      if (run_.options.path_map) told.push_back(requests.back().saved);
      indices.push_back(i);
    }
    std::vector<InstanceShape> made = co_await session->open_level(key_, std::move(requests), problems);
    if (has_errors(problems)) co_return;
    for (std::size_t i = 0; i < made.size(); ++i) {
      is_as_planned = is_as_planned && fits(made[i], nodes[indices[i]], run_.options.path_map != nullptr);
      if (run_.options.path_map && nodes[indices[i]].type->runtime->holds_parameters())
        find_mapped_paths(indices[i], made[i], told[i]);
      shapes.emplace_back(indices[i], std::move(made[i]));
    }
  }
  if (!is_as_planned) plan_ = Plan::with_shapes(*plan_, shapes);
  tell_missing_ports();
  wire_outputs();
}

/// Which ports these instances have shows only now: who wired one of them wrongly hears of it as `validate`
/// tells it of other nodes.
void RuntimeLevel::tell_missing_ports() const {
  const PlanData& data = plan_->data();
  for (WireIndex i = 0; i < data.graph.wire_count(); ++i) {
    const Connection& wire = data.workflow.connections[i];
    const NodeIndex from = data.graph.from(i);
    const NodeIndex to = data.graph.to(i);
    if (places_[from].session && !has_port(*data.nodes[from].layout, wire.from_port, true))
      tell_missing_port(from, wire, true);
    if (places_[to].session && !has_port(*data.nodes[to].layout, wire.to_port, false))
      tell_missing_port(to, wire, false);
  }
}

void RuntimeLevel::tell_missing_port(NodeIndex node, const Connection& wire, bool is_source) const {
  const PlanNode& planned = plan_->data().nodes[node];
  const std::string message = missing_port_text(*planned.instance, wire, is_source);
  if (!run_.is_new_remark(message)) return;
  run_.emitter.emit(node_ref(planned), path_, NodeLog{LogLevel::kWarning, message});
}

/// Tells each instance which of its outputs lead somewhere, so that it only waits where there is something to
/// wait for.
void RuntimeLevel::wire_outputs() {
  const PlanData& data = plan_->data();
  for (NodeIndex i = 0; i < data.nodes.size(); ++i) {
    if (!places_[i].session) continue;
    std::vector<OutputWiring> outputs;
    for (const OutPort& port : part(data.out_ports, data.nodes[i].out_ports)) {
      const Port* declared = data.nodes[i].layout->output(port.slot);
      if (!declared) continue;
      OutputWiring& wiring = outputs.emplace_back();
      wiring.port = data.nodes[i].layout->name(port.slot);
      wiring.waits = declared->is_exec() && !port.exec.empty();
      for (const OutWire& wire : part(data.out_wires, port.data)) {
        wiring.waits = wiring.waits || wire.notifies;
        if (places_[wire.target].session == places_[i].session)
          wiring.targets.push_back(places_[wire.target].key);
      }
    }
    places_[i].session->wire(places_[i].key, outputs);
  }
}

/// In the order of the wires, each name once.
std::vector<PortValue> RuntimeLevel::delivered(const Instance& node) const {
  std::vector<PortValue> values;
  const std::span<const InWire> wires = part(plan_->data().in_wires, node.plan->in_wires);
  values.reserve(wires.size());
  for (const InWire& wire : wires) {
    const Value& value = node.parameters[wire.target_slot];
    if (value.is_unset()) continue;
    const std::string_view name = node.layout->name(wire.target_slot);
    const bool is_repeated = std::any_of(values.begin(), values.end(),
                                         [name](const PortValue& other) { return other.port == name; });
    if (!is_repeated) values.push_back({name, value});
  }
  const auto mapped = mapped_paths_.find(level_->index_of(node));
  if (mapped == mapped_paths_.end()) return values;
  for (const auto& [port, value] : mapped->second) {
    const bool is_wired_now = std::any_of(
        values.begin(), values.end(), [&port = port](const PortValue& other) { return other.port == port; });
    if (!is_wired_now) values.push_back({port, value});
  }
  return values;
}

/// What a wire has brought; of saved values `validate` tells. Once for each port: a loop may bring many.
void RuntimeLevel::tell_windows_paths(Instance& node, std::span<const PortValue> values) const {
  for (const PortValue& value : values) {
    const SlotIndex slot = node.layout->find(value.port);
    const Port* port = slot == kNoSlot ? nullptr : node.layout->input(slot);
    const Value* path = port && port->names_file() ? find_windows_path(value.value) : nullptr;
    if (!path) continue;
    if (!run_.is_new_remark("windows_path " + node.id().text() + " " + port->name)) continue;
    level_->log(node, LogLevel::kWarning,
                "\"" + std::string(path->as_text()) + "\" in \"" + port->name +
                    "\" is a Windows path; here it names a file in the working directory");
  }
}

std::vector<PortValue> RuntimeLevel::command_of(Execution& execution) const {
  const Place place = places_[level_->index_of(execution.node())];
  if (!place.session) return {};
  return place.session->command_of(place.key, execution, execution.chain());
}

Task<Outputs> RuntimeLevel::execute(Execution& execution) {
  const Place place = places_[level_->index_of(execution.node())];
  const std::vector<PortValue> values = delivered(execution.node());
  tell_windows_paths(execution.node(), values);
  const CancelScope::Listening listening(
      execution.chain().scope, [place, &execution] { place.session->cancel(place.key, execution); });
  co_return co_await place.session->execute(place.key, execution, values);
}

Task<void> RuntimeLevel::call_hook(Execution& call, std::string_view port) {
  const Place place = places_[level_->index_of(call.node())];
  const std::vector<PortValue> values = delivered(call.node());
  const CancelScope::Listening listening(call.chain().scope,
                                         [place, &call] { place.session->cancel(place.key, call); });
  co_await place.session->on_parameter_changed(place.key, call, port, values);
}

void RuntimeLevel::deliver(const Instance& node, std::string_view port, const Value& value) {
  if (!node.execution && (!node.rare || node.rare->hook_chains.empty())) return;
  const Place place = places_[level_->index_of(node)];
  if (place.session) place.session->deliver(place.key, port, value);
}

Task<void> RuntimeLevel::read_variables() { return run_.runtimes.read_variables(key_); }

Dict* RuntimeLevel::variables() { return level_ ? &level_->variables() : nullptr; }

void RuntimeLevel::log(NodeIndex index, LogLevel level, std::string_view message, std::string_view stream) {
  if (level_) return level_->log(level_->instance(index), level, message, stream);
  if (level == LogLevel::kError) early_errors_.emplace_back(index, message);
  run_.emitter.emit(node_ref(plan_->data().nodes[index]), path_, NodeLog{level, message, stream});
}

void RuntimeLevel::push_late(NodeIndex index, std::string_view port, Value value,
                             std::function<void()> done) {
  if (!level_ || is_over_) return done();
  level_->push_late(index, port, std::move(value), std::move(done));
}

}  // namespace vnode
