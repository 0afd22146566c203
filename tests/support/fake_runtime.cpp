#include "support/fake_runtime.h"

#include "model/value_ops.h"

namespace vnode::test {
namespace {

class FakeSession final : public RuntimeSession {
 public:
  FakeSession(FakeRuntime& runtime, RunLink& run) : runtime_(runtime) { runtime_.run = &run; }

  Task<std::vector<InstanceShape>> open_level(LevelKey, std::vector<InstanceRequest> requests,
                                              Problems& problems) override {
    std::vector<InstanceShape> shapes;
    for (const InstanceRequest& request : requests) {
      const FakeRuntime::Behaviour& behaviour = runtime_.behaviours.at(request.type->definition.node_id);
      types_[request.key] = request.type;
      InstanceShape& shape = shapes.emplace_back();
      shape.key = request.key;
      shape.inputs = request.type->definition.inputs;
      shape.outputs = request.type->definition.outputs;
      runtime_.saved.push_back(request.saved);
      for (const Port& port : behaviour.further_inputs) shape.inputs.push_back(port);
      for (const Port& port : behaviour.further_outputs) shape.outputs.push_back(port);
      shape.has_hook = behaviour.hook != nullptr;
      if (!behaviour.refusal.empty()) {
        problems.push_back({.severity = Severity::kError,
                            .code = behaviour.refusal_code,
                            .pointer = request.pointer,
                            .message = behaviour.refusal});
      }
    }
    co_return shapes;
  }

  void wire(InstanceKey instance, std::span<const OutputWiring> outputs) override {
    std::string line = "wire " + std::to_string(instance);
    for (const OutputWiring& output : outputs) {
      line += " " + std::string(output.port) + (output.waits ? "!" : "");
      for (InstanceKey target : output.targets) line += ">" + std::to_string(target);
    }
    runtime_.calls.push_back(line);
  }
  void close_level(LevelKey) override { runtime_.calls.push_back("close_level"); }

  Task<Outputs> execute(InstanceKey instance, NodeContext& node,
                        std::span<const PortValue> delivered) override {
    note("execute", instance, delivered);
    return runtime_.behaviours.at(types_.at(instance)->definition.node_id).code(runtime_, node, instance);
  }
  Task<void> on_parameter_changed(InstanceKey instance, NodeContext& node, std::string_view,
                                  std::span<const PortValue> delivered) override {
    note("hook", instance, delivered);
    co_await runtime_.behaviours.at(types_.at(instance)->definition.node_id).hook(runtime_, node, instance);
  }
  void deliver(InstanceKey instance, std::string_view port, const Value& value) override {
    const PortValue update{port, value};
    note("deliver", instance, std::span(&update, 1));
  }
  void cancel(InstanceKey instance, const NodeContext&) override {
    runtime_.calls.push_back("cancel " + std::to_string(instance));
  }
  Task<void> read_variables(LevelKey) override {
    runtime_.calls.push_back("read_variables");
    return {};
  }
  bool pump(Duration) override { return false; }
  void arm() override {}
  void stop() override { runtime_.calls.push_back("stop"); }
  void freeze() override { runtime_.calls.push_back("freeze"); }
  void thaw() override { runtime_.calls.push_back("thaw"); }
  Task<void> close(Trampoline&) override {
    runtime_.calls.push_back("close");
    return {};
  }

 private:
  void note(const char* what, InstanceKey instance, std::span<const PortValue> values) {
    std::string line = what + (" " + std::to_string(instance));
    for (const PortValue& value : values) line += " " + std::string(value.port) + "=" + to_repr(value.value);
    runtime_.calls.push_back(line);
  }

  FakeRuntime& runtime_;
  std::map<InstanceKey, const NodeType*> types_;
};

}  // namespace

std::unique_ptr<RuntimeSession> FakeRuntime::open(RunLink& link) {
  for (auto& [name, waiting] : waitings) waiting.run = &link;
  return std::make_unique<FakeSession>(*this, link);
}

NodeTypePtr fake_runtime_type(const std::string& node_id, std::shared_ptr<FakeRuntime> runtime) {
  auto type = std::make_shared<NodeType>();
  type->definition.node_id = node_id;
  type->definition.name = node_id;
  type->definition.inputs = {{"in"}};
  type->definition.outputs = {{"out"}};
  normalise(type->definition);
  type->runtime = std::move(runtime);
  type->origin = "test";
  return type;
}

}  // namespace vnode::test
