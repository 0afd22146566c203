#include "engine/rehearsal.h"

#include <algorithm>
#include <stdexcept>

#include "engine/level.h"
#include "engine/recording.h"
#include "engine/run_state.h"
#include "node/node_type.h"

namespace vnode {
namespace {

/// How definitions call what is called for a push into them.
constexpr std::string_view kHookName = "on_parameter_changed";

class RehearsalSession final : public RuntimeSession {
 public:
  Task<std::vector<InstanceShape>> open_level(LevelKey, std::vector<InstanceRequest> requests,
                                              Problems&) override {
    std::vector<InstanceShape> shapes;
    for (const InstanceRequest& request : requests) {
      const NodeDefinition& definition = request.type->definition;
      InstanceShape shape{request.key, definition.inputs, definition.outputs,
                          definition.python_code.find(kHookName) != std::string::npos};
      for (const std::string& name : request.wired_inputs) {
        const auto has_name = [&name](const Port& port) { return port.name == name; };
        if (std::none_of(shape.inputs.begin(), shape.inputs.end(), has_name))
          shape.inputs.push_back({.name = name});
      }
      shapes.push_back(std::move(shape));
    }
    co_return shapes;
  }
  void wire(InstanceKey, std::span<const OutputWiring>) override {}
  void close_level(LevelKey) override {}
  Task<Outputs> execute(InstanceKey, NodeContext&, std::span<const PortValue>) override {
    throw std::logic_error("a rehearsal executes nothing");
  }
  Task<void> on_parameter_changed(InstanceKey, NodeContext&, std::string_view,
                                  std::span<const PortValue>) override {
    throw std::logic_error("a rehearsal executes nothing");
  }
  void cancel(InstanceKey, const NodeContext&) override {}
  void deliver(InstanceKey, std::string_view, const Value&) override {}
  Task<void> read_variables(LevelKey) override { return {}; }
  bool pump(Duration) override { return false; }
  void arm() override {}
  void stop() override {}
  Task<void> close(Trampoline&) override { return {}; }
};

}  // namespace

bool touches_world(const NodeType& type) { return type.runtime || type.blocking || type.touches_world; }

std::unique_ptr<RuntimeSession> make_rehearsal_session() { return std::make_unique<RehearsalSession>(); }

/// Where something would really be executed its chain goes on no more, nor do those that wait for it.
Task<void> Level::wait_for_ever(Chain& chain, const Instance& node, std::string_view hook,
                                std::string_view reason) {
  const NodeRef ref = node_ref(*node.plan);
  run_.rehearsal->would_execute(
      {place_of(node), ref.name, ref.node_type, hook, is_recorded(*node.plan->type), reason});
  chain.waits_for = SuspendedFor::kGate;  // it has no place in the order of the journal
  co_await ParkAwaiter{run_.scheduler, chain};
  throw Cancelled{};
}

}  // namespace vnode
