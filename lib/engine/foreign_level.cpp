#include "engine/foreign_level.h"

#include <algorithm>

#include "engine/execution.h"
#include "engine/executor.h"
#include "engine/run_state.h"
#include "model/lenient.h"

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

bool fits(const InstanceShape& shape, const PlanNode& node) {
  return shape.has_hook == node.has_hook &&
         same_ports(shape.inputs, *node.layout, node.layout->inputs(), false) &&
         same_ports(shape.outputs, *node.layout, node.layout->outputs(), true);
}

bool asks_for_blocking(const NodeInstance& instance) {
  const Value* settings = instance.parameters.find(kInstanceSettings);
  if (!settings || !settings->is_dict()) return false;
  const Dict entries = settings->as_dict();
  const Value* blocking = entries.find("blocking");
  return blocking && lenient_bool(*blocking).value_or(false);
}

}  // namespace

ForeignLevel::ForeignLevel(RunState& run, const GroupPath* path)
    : run_(run), path_(path), key_(run.runtimes.add_level(*this)) {}

ForeignLevel::~ForeignLevel() {
  for (const Place& place : places_) {
    if (place.session) run_.runtimes.remove_instance(place.key);
  }
  run_.runtimes.remove_level(key_);
}

InstanceRequest ForeignLevel::describe(NodeIndex index) const {
  const PlanData& data = plan_->data();
  const PlanNode& node = data.nodes[index];
  InstanceRequest request;
  request.key = places_[index].key;
  request.type = node.type;
  request.name = node.instance->instance_id.text();
  request.label = node_label(*node.instance);
  request.pointer = "/nodes/" + std::to_string(index);
  request.saved = node.instance->parameters;
  request.saved.erase(kInstanceSettings);
  request.blocking = node.type->blocking || asks_for_blocking(*node.instance);
  for (const InWire& wire : part(data.in_wires, node.in_wires)) {
    request.wired_inputs.emplace_back(node.layout->name(wire.target_slot));
  }
  return request;
}

Task<std::shared_ptr<const Plan>> ForeignLevel::open(std::shared_ptr<const Plan> plan, Problems& problems) {
  plan_ = std::move(plan);
  const std::vector<PlanNode>& nodes = plan_->data().nodes;
  places_.resize(nodes.size());
  for (NodeIndex i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].type->runtime) continue;
    places_[i] = {&run_.runtimes.session(*nodes[i].type->runtime), run_.runtimes.add_instance(*this, i)};
    if (std::find(sessions_.begin(), sessions_.end(), places_[i].session) == sessions_.end()) {
      sessions_.push_back(places_[i].session);
    }
  }
  std::vector<std::pair<NodeIndex, InstanceShape>> shapes;
  bool is_as_planned = true;
  for (RuntimeSession* session : sessions_) {
    std::vector<InstanceRequest> requests;
    std::vector<NodeIndex> indices;
    for (NodeIndex i = 0; i < nodes.size(); ++i) {
      if (places_[i].session != session) continue;
      requests.push_back(describe(i));
      indices.push_back(i);
    }
    std::vector<InstanceShape> made = co_await session->open_level(key_, std::move(requests), problems);
    if (has_errors(problems)) co_return nullptr;
    for (std::size_t i = 0; i < made.size(); ++i) {
      is_as_planned = is_as_planned && fits(made[i], nodes[indices[i]]);
      shapes.emplace_back(indices[i], std::move(made[i]));
    }
  }
  if (!is_as_planned) plan_ = Plan::with_shapes(*plan_, shapes);
  wire_outputs();
  co_return plan_;
}

/// Tells each instance which of its outputs lead somewhere, so that it only waits where there is something to
/// wait for.
void ForeignLevel::wire_outputs() {
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
std::vector<PortValue> ForeignLevel::delivered(const Instance& node) const {
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
  return values;
}

Task<Outputs> ForeignLevel::execute(Execution& execution) {
  const Place place = places_[executor_->index_of(execution.node())];
  const std::vector<PortValue> values = delivered(execution.node());
  co_return co_await place.session->execute(place.key, execution, values);
}

Task<void> ForeignLevel::call_hook(Execution& call, std::string_view port) {
  const Place place = places_[executor_->index_of(call.node())];
  const std::vector<PortValue> values = delivered(call.node());
  co_await place.session->on_parameter_changed(place.key, call, port, values);
}

void ForeignLevel::deliver(const Instance& node, std::string_view port, const Value& value) {
  if (!node.execution && (!node.rare || node.rare->hook_chains.empty())) return;
  const Place place = places_[executor_->index_of(node)];
  if (place.session) place.session->deliver(place.key, port, value);
}

Task<void> ForeignLevel::read_variables() { return run_.runtimes.read_variables(key_); }

Dict* ForeignLevel::variables() { return executor_ ? &executor_->variables() : nullptr; }

void ForeignLevel::log(NodeIndex index, LogLevel level, std::string_view message, std::string_view stream) {
  const NodeInstance& instance = *plan_->data().nodes[index].instance;
  run_.emitter.emit(instance.instance_id, instance.node_id, path_, NodeLog{level, message, stream});
}

void ForeignLevel::push_late(NodeIndex index, std::string_view port, Value value,
                             std::function<void()> done) {
  if (!executor_) return done();
  executor_->push_late(index, port, std::move(value), std::move(done));
}

}  // namespace vnode
