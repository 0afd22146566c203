#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "model/value_ops.h"
#include "node/node_type.h"

namespace vnode::test {

/// One instance of a node type with everything around it faked: inputs go in, pushes, logs and prints come
/// out as texts like `result = 5.0`. Nothing waits: sleeps and yields end at once.
///
///     FakeNode node(add_math_nodes, "math_add");
///     node.set("a", 2).run();
///     EXPECT_THAT(node.trace, ElementsAre("result = 2.0", "exec_out = True"));
class FakeNode final : public NodeContext {
 public:
  FakeNode(void (*add_types)(NodeLibrary&), std::string_view node_id, const Dict& saved = {}) {
    NodeLibrary library;
    add_types(library);
    for (const NodeTypePtr& candidate : library.types()) {
      if (candidate->definition.node_id == node_id) type = candidate;
    }
    if (!type) throw std::invalid_argument("no such node: " + std::string(node_id));
    inputs = type->definition.inputs;
    outputs = type->definition.outputs;
    if (type->restore_ports) type->restore_ports(saved, PortSet{inputs, outputs});
    for (const auto* ports : {&inputs, &outputs}) {
      for (const Port& port : *ports) {
        parameters_.try_emplace(port.name, port.initial.is_unset() ? port.default_value : port.initial);
      }
    }
    for (const Dict::Entry& entry : saved) parameters_[std::string(entry.key.as_text())] = entry.value;
  }

  FakeNode& set(const std::string& port, Value value) {
    parameters_[port] = std::move(value);
    saved_ports.insert(port);
    return *this;
  }

  /// Executes once, as the engine would: `trace` and the other records start anew.
  void run() {
    clear_records();
    snapshot_ = parameters_;
    try {
      returned = texts(type->compute ? run_compute() : run_execute());
    } catch (const NodeFailure& error) {
      failure = error.what();
    }
  }

  /// A push into an input: the parameter changes, and its hook runs if it is watched.
  void push_in(const std::string& port, const Value& value) {
    clear_records();
    parameters_[port] = value;
    if (!type->watches_port(port)) return;
    try {
      finish(type->on_parameter_changed(*this, port, value));
    } catch (const NodeFailure& error) {
      failure = error.what();
    }
  }

  // What happens around the node.
  std::set<std::string, std::less<>> wired_inputs, wired_outputs, saved_ports;
  std::function<void(const std::string& port, const Value& value)> on_push;
  std::function<void(const std::string& port)> on_pull;
  GroupOutcome group_outcome;
  MapOutcome map_outcome;
  bool stopped = false;
  Dict memory;
  std::mt19937_64 generator{1};

  // What the node did.
  NodeTypePtr type;
  std::vector<Port> inputs, outputs;
  std::vector<std::string> trace;     ///< pushes, pulls, yields and sleeps
  std::vector<std::string> returned;  ///< the table that it returned
  std::vector<LogLevel> levels;
  std::vector<std::string> logs, printed;
  std::optional<std::string> failure;
  MapRequest map_request;
  Value group_document;
  Dict group_injected;

  Value live(const std::string& port) const { return parameter(port); }

  // NodeContext
  const Value& input(std::string_view port) const override { return lookup(snapshot_, port); }
  bool has_input(std::string_view port) const override { return snapshot_.contains(port); }
  bool is_output_wired(std::string_view port) const override { return wired_outputs.contains(port); }
  void log(LogLevel level, std::string message) override {
    levels.push_back(level);
    logs.push_back(std::move(message));
  }
  void print(std::string text) override { printed.push_back(std::move(text)); }
  void report_progress(double, std::string) override {}
  bool is_stopped() const override { return stopped; }
  Dict& variables() override { return memory; }
  std::uint64_t random_bits() override { return generator(); }
  const Value& parameter(std::string_view port) const override { return lookup(parameters_, port); }
  void set_parameter(std::string_view port, Value value) override {
    parameters_[std::string(port)] = std::move(value);
  }
  bool is_saved(std::string_view port) const override {
    return saved_ports.contains(port) || wired_inputs.contains(port);
  }
  bool is_input_wired(std::string_view port) const override { return wired_inputs.contains(port); }
  std::vector<std::string_view> input_ports() const override {
    std::vector<std::string_view> names;
    for (const Port& port : inputs) {
      if (!port.is_exec()) names.push_back(port.name);
    }
    return names;
  }
  void set_output_beside(std::string port, Value value, std::function<void()> done) override {
    (void)set_output(port, std::move(value));
    done();
  }
  Task<void> set_output(std::string_view port, Value value) override {
    const std::string name(port);
    trace.push_back(text_of(name, value));
    parameters_[name] = value;
    if (on_push) on_push(name, value);
    return {};
  }
  Task<void> pull_input(std::string_view port) override {
    trace.push_back("pull " + std::string(port));
    if (on_pull) on_pull(std::string(port));
    return {};
  }
  Task<void> sleep(Duration duration) override {
    throw_if_stopped();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    trace.push_back("sleep " + std::to_string(milliseconds) + " ms");
    return {};
  }
  Task<void> wait_for(ExternalOperation operation) override {
    operation([] {});
    return {};
  }
  Task<void> run_blocking(std::function<void()> work) override {
    work();
    return {};
  }
  Task<GroupOutcome> run_group(const Value& document, const Dict& injected) override {
    group_document = document;
    group_injected = injected;
    co_return group_outcome;
  }
  Task<MapOutcome> run_map(const MapRequest& request) override {
    map_request = request;
    co_return map_outcome;
  }
  void handle_failure(const NodeFailure& handled) override { failure = handled.what(); }
  bool is_output_wanted(std::string_view port) const override { return is_output_wired(port); }
  HttpClient& http() override { throw std::logic_error("no HTTP here"); }

 protected:
  void enqueue(Trampoline& trampoline, std::coroutine_handle<> coroutine) override {
    trace.push_back("yield");
    trampoline.set_next(coroutine);
  }
  void throw_if_stopped() const override {
    if (stopped) throw Cancelled();
  }

 private:
  using Table = std::map<std::string, Value, std::less<>>;

  const Value& lookup(const Table& table, std::string_view port) const {
    const auto found = table.find(port);
    return found == table.end() ? none_ : found->second;
  }
  static std::string text_of(std::string_view port, const Value& value) {
    return std::string(port) + " = " + to_repr(value);
  }
  static std::vector<std::string> texts(const Outputs& table) {
    std::vector<std::string> lines;
    for (const Outputs::Entry& entry : table) lines.push_back(text_of(entry.port, entry.value));
    return lines;
  }

  template <class T>
  static T finish(Task<T> task) {
    if (task) {
      Trampoline trampoline;
      task.start_on(trampoline);
      trampoline.run();
    }
    return task.await_resume();
  }
  Outputs run_execute() { return finish(type->execute(*this)); }
  Outputs run_compute() {
    const Outputs table = type->compute(*this);
    if (type->shape == Shape::kReturnOnly) return table;
    for (const Outputs::Entry& entry : table) finish(set_output(entry.port, entry.value));
    const Port* exec_out = type->definition.find_output("exec_out");
    if (exec_out && exec_out->is_exec()) finish(fire("exec_out"));
    return table;
  }
  void clear_records() {
    trace.clear();
    returned.clear();
    levels.clear();
    logs.clear();
    printed.clear();
    failure.reset();
  }

  Table parameters_, snapshot_;
  const Value none_;
};

}  // namespace vnode::test
