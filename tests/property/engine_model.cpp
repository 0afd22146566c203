#include "property/engine_model.h"

#include <algorithm>
#include <deque>
#include <set>
#include <stdexcept>

#include "model/value_ops.h"
#include "property/chains.h"
#include "property/property_nodes.h"

namespace vnode::test {
namespace {

struct TooLong {};

enum class Mark { kNothing, kExecuted, kFailed };  ///< skipped nodes count as failed
enum class Phase { kPulling, kExecuting, kFinished };

struct PullWaiter {
  Chains::Id chain;
  std::string port;
};

struct Node {
  const CaseNode* source = nullptr;
  const PropertyKind* kind = nullptr;
  std::map<std::string, Value> parameters, results;
  Mark mark = Mark::kNothing;

  // While it is being executed: by which chain, how far, and what it has pushed in this execution.
  std::optional<Chains::Id> owner;
  Phase phase = Phase::kFinished;
  std::map<std::string, Value> pushed;
  std::set<std::string> fired;
  std::vector<PullWaiter> pull_waiters;
  std::deque<Chains::Id> trigger_waiters;

  std::multiset<Chains::Id> hooks;  ///< chains that its hook is running on

  const std::vector<Port>& inputs() const { return kind->type.definition.inputs; }
  const std::vector<Port>& outputs() const { return kind->type.definition.outputs; }
};

class Model {
 public:
  Model(const Case& workflow, std::size_t most_lines) : case_(workflow), most_lines_(most_lines) {}

  Observed run() {
    prepare();
    run_init_nodes();
    case_.is_flow() ? run_flow() : run_layers();
    observed_.succeeded = !failures_;
    for (const Node& node : nodes_) {
      auto& results = observed_.results[node.source->name];
      for (const auto& [port, value] : node.results) results[port] = to_repr(value);
    }
    return std::move(observed_);
  }

 private:
  class Interface;
  using Index = std::size_t;

  // Rules 2 to 8.

  void prepare() {
    for (const CaseNode& source : case_.nodes) {
      Node& node = nodes_.emplace_back();
      node.source = &source;
      node.kind = &property_kind(source.kind);
      for (const Port& port : node.inputs()) node.parameters[port.name] = port.default_value;
      for (const auto& [name, value] : source.saved) node.parameters[name] = value;
    }
    wires_ = case_.wires;
    for (CaseWire& wire : wires_) wire.from_port = loop_port(nodes_[wire.from].source->kind, wire.from_port);
    for (const CaseWire& wire : wires_) {
      if (!wire.is_exec) nodes_[wire.to].parameters[wire.to_port] = default_of(nodes_[wire.to], wire.to_port);
    }
    for (Node& node : nodes_) {
      for (const Port& port : node.outputs()) node.parameters[port.name] = port.default_value;
    }
  }

  /// Rule 26: other names of the loops' outputs.
  static std::string loop_port(const std::string& kind, const std::string& port) {
    if (kind != "For Each" && kind != "While Loop") return port;
    if (port == "exec_step" || port == "exec_loop_body")
      return kind == "For Each" ? "each_item" : "each_iteration";
    return port == "exec_out" ? "exec_on_finished" : port;
  }

  static Value default_of(const Node& node, const std::string& input) {
    for (const Port& port : node.inputs()) {
      if (port.name == input) return port.default_value;
    }
    return {};
  }

  void run_init_nodes() {
    std::vector<Index> order;
    for (Index i = 0; i < nodes_.size(); ++i) {
      if (is_init(i)) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [this](Index a, Index b) {
      return nodes_[a].source->init_priority > nodes_[b].source->init_priority;
    });
    for (Index i : order) {
      if (nodes_[i].mark == Mark::kExecuted && !is_flow_driven(i)) continue;  // pulled
      chains_.spawn([this, i] { run_node(i, "init"); });
      finish_chains();
    }
  }

  void run_flow() {
    for (Index i = 0; i < nodes_.size(); ++i) {
      if (is_start_node(i)) spawn_start(i, "start");
    }
    finish_chains();
  }

  void run_layers() {
    std::map<int, std::vector<Index>> layers;
    for (Index i = 0; i < nodes_.size(); ++i) {
      if (!is_init(i) && nodes_[i].mark != Mark::kExecuted) layers[layer_of(i)].push_back(i);
    }
    for (const auto& [number, layer] : layers) {
      for (Index i : layer) spawn_start(i, "layer");
      finish_chains();
    }
  }

  int layer_of(Index node) const {
    int layer = 0;
    for (const CaseWire& wire : wires_) {
      if (wire.to == node && wire.to_port != "break_condition")
        layer = std::max(layer, layer_of(wire.from) + 1);
    }
    return layer;
  }

  void spawn_start(Index i, const char* reason) {
    chains_.spawn([this, i, reason] {
      if (nodes_[i].mark == Mark::kNothing && !nodes_[i].owner) run_node(i, reason);
    });
  }

  void finish_chains() {
    if (!chains_.run()) throw std::logic_error("the model stands still");
  }

  bool is_init(Index i) const { return nodes_[i].source->init_priority > 0; }
  bool is_flow_driven(Index i) const {
    return std::any_of(wires_.begin(), wires_.end(),
                       [i](const CaseWire& w) { return w.is_exec && w.to == i; });
  }
  bool is_start_node(Index i) const {
    const bool wired = std::any_of(wires_.begin(), wires_.end(),
                                   [i](const CaseWire& w) { return w.from == i || w.to == i; });
    const auto& inputs = nodes_[i].inputs();
    const bool has_exec_input =
        std::any_of(inputs.begin(), inputs.end(), [](const Port& p) { return p.is_exec(); });
    return wired && !is_init(i) && nodes_[i].mark != Mark::kExecuted &&
           (!has_exec_input || !is_flow_driven(i));
  }

  // Rules 10 to 14, 19: running one node.

  /// `wanted`: the port that a pull is after.
  void run_node(Index i, const std::string& reason, const std::string& wanted = {}) {
    Node& node = nodes_[i];
    if (!node.owner) {
      node.owner = chains_.current();
    } else if (*node.owner == chains_.current()) {
      return;
    } else if (reason == "pull") {
      wait_for_value(i, wanted);
      return;
    } else if (!wait_until_free(i)) {
      return;
    }
    node.mark = Mark::kNothing;
    node.phase = Phase::kPulling;
    node.pushed.clear();
    node.fired.clear();
    if (node.source->bypassed) {
      run_bypassed(i, reason);
    } else if (pull_sources(i)) {
      execute(i, reason);
    }
    release(node);
  }

  void wait_for_value(Index i, const std::string& port) {
    Node& node = nodes_[i];
    if (node.phase == Phase::kFinished || node.pushed.contains(port) || closes_circle(i)) return;
    node.pull_waiters.push_back({chains_.current(), port});
    wait_for(i);
  }

  /// False when nobody will ever make it free. Else the node belongs to this chain then.
  bool wait_until_free(Index i) {
    if (closes_circle(i)) return false;
    nodes_[i].trigger_waiters.push_back(chains_.current());
    wait_for(i);
    return true;
  }

  void wait_for(Index i) {
    const Chains::Id self = chains_.current();
    waiting_for_[self] = i;
    chains_.block();
  }
  void wake(Chains::Id chain) {
    waiting_for_.erase(chain);
    chains_.wake(chain);
  }

  bool closes_circle(Index i) const {
    for (;;) {
      const Chains::Id owner = *nodes_[i].owner;
      if (owner == chains_.current()) return true;
      const auto next = waiting_for_.find(owner);
      if (next == waiting_for_.end()) return false;
      i = next->second;
    }
  }

  void wake_pulls(Node& node, const std::string* port) {
    std::vector<PullWaiter> still;
    for (const PullWaiter& waiter : node.pull_waiters) {
      if (port && waiter.port != *port) {
        still.push_back(waiter);
      } else {
        wake(waiter.chain);
      }
    }
    node.pull_waiters = still;
  }

  void release(Node& node) {
    node.owner.reset();
    if (node.trigger_waiters.empty()) return;
    node.owner = node.trigger_waiters.front();
    node.trigger_waiters.pop_front();
    wake(*node.owner);
  }

  void run_bypassed(Index i, const std::string& reason) {
    line("started", i, reason);
    finished(i, "success");
    for (const CaseWire& wire : wires_) {
      if (wire.is_exec && wire.from == i) run_node(wire.to, "exec");
    }
    nodes_[i].mark = Mark::kExecuted;
  }

  /// False when the node is skipped.
  bool pull_sources(Index i) {
    bool complete = true;
    for (const Port& port : nodes_[i].inputs()) {
      complete = complete && pull_port(i, port.name);
    }
    if (complete && !stands_behind_failure(i)) return true;
    nodes_[i].mark = Mark::kFailed;
    finished(i, "skipped");
    failures_ = true;
    return false;
  }

  /// Data-flow mode: a wire into a name that the node does not declare is not pulled, but counts.
  bool stands_behind_failure(Index i) const {
    if (case_.failed_inputs == FailedInputs::kDefault) return false;
    bool is_behind = false;
    for (const CaseWire& wire : wires_) {
      if (wire.is_exec) return false;
      is_behind = is_behind || (wire.to == i && nodes_[wire.from].mark == Mark::kFailed);
    }
    return is_behind;
  }

  /// False at the first source that failed.
  bool pull_port(Index i, const std::string& port) {
    for (const CaseWire& wire : wires_) {
      if (wire.is_exec || wire.to != i || wire.to_port != port || is_flow_driven(wire.from)) continue;
      if (nodes_[wire.from].mark == Mark::kNothing) run_node(wire.from, "pull", wire.from_port);
      if (nodes_[wire.from].mark == Mark::kFailed && case_.failed_inputs == FailedInputs::kSkip) return false;
    }
    return true;
  }

  void synchronise(const CaseWire& wire) {
    const auto result = nodes_[wire.from].results.find(wire.from_port);
    if (result != nodes_[wire.from].results.end()) nodes_[wire.to].parameters[wire.to_port] = result->second;
  }

  void execute(Index i, const std::string& reason);

  /// Rules 16 and 17.
  void propagate_returned(Index i, const ModelTable& table) {
    Node& node = nodes_[i];
    auto returned = [&table](const std::string& port) -> const Value* {
      for (const auto& [name, value] : table) {
        if (name == port) return &value;
      }
      return nullptr;
    };
    for (const Port& port : node.outputs()) {
      const Value* value = returned(port.name);
      if (!value || port.is_exec()) continue;
      const auto pushed = node.pushed.find(port.name);
      if (pushed == node.pushed.end() || !same(pushed->second, *value)) deliver(i, port.name, *value);
    }
    for (const Port& port : node.outputs()) {
      const Value* value = returned(port.name);
      if (port.is_exec() && value && truthy(*value) && !node.fired.contains(port.name)) follow(i, port.name);
    }
  }

  // Rules 15 and 18.

  void push(Index i, const std::string& name, const Value& value) {
    Node& node = nodes_[i];
    const Port* port = node.kind->type.definition.find_output(name);
    if (!port) return;
    const bool fires = port->is_exec() && truthy(value);
    node.parameters[name] = value;
    node.results[name] = value;
    line("output", i, name + "=" + to_repr(value));
    if (node.owner && node.phase == Phase::kExecuting) {
      node.pushed[name] = value;
      if (fires) node.fired.insert(name);
      wake_pulls(node, &name);
    }
    deliver(i, name, value);
    if (fires) follow(i, name);
  }

  void deliver(Index i, const std::string& port, const Value& value) {
    for (const CaseWire& wire : wires_) {
      if (wire.is_exec || wire.from != i || wire.from_port != port) continue;
      nodes_[wire.to].parameters[wire.to_port] = value;
      nodes_[wire.to].results[wire.to_port] = value;
      std::set<Index> seen;
      invalidate(wire.to, seen);
      run_hook(wire.to, wire.to_port, value);
    }
  }

  void follow(Index i, const std::string& port) {
    for (const CaseWire& wire : wires_) {
      if (wire.is_exec && wire.from == i && wire.from_port == port) run_node(wire.to, "exec");
    }
  }

  void invalidate(Index i, std::set<Index>& seen) {
    Node& node = nodes_[i];
    if (is_flow_driven(i) || !seen.insert(i).second) return;
    if (node.mark == Mark::kNothing && !node.owner) return;
    node.mark = Mark::kNothing;
    for (const CaseWire& wire : wires_) {
      if (!wire.is_exec && wire.from == i) invalidate(wire.to, seen);
    }
  }

  void run_hook(Index i, const std::string& port, const Value& value);

  // What is seen of it.

  void line(const std::string& word, Index i, const std::string& rest) {
    if (observed_.trace.size() >= most_lines_) throw TooLong();
    observed_.trace.push_back(word + " " + nodes_[i].source->name + (rest.empty() ? "" : " " + rest));
  }
  /// The end as far as others care: what still waits for a value goes on.
  void finished(Index i, const std::string& status) {
    line("finished", i, status);
    nodes_[i].phase = Phase::kFinished;
    wake_pulls(nodes_[i], nullptr);
  }

  const Case& case_;
  const std::size_t most_lines_;
  std::vector<CaseWire> wires_;
  std::vector<Node> nodes_;
  std::map<Chains::Id, Index> waiting_for_;
  bool failures_ = false;
  Observed observed_;
  Chains chains_;  // the last member: unfinished chains unwind through all of the above
};

/// One execution, or one call of a hook, as the node sees it.
class Model::Interface final : public ModelNode {
 public:
  Interface(Model& model, Index index)
      : model_(model), index_(index), snapshot_(model.nodes_[index].parameters) {}

  Value input(const std::string& port) const override { return lookup(snapshot_, port); }
  Value live(const std::string& port) const override { return lookup(node().parameters, port); }
  void set_live(const std::string& port, Value value) override { node().parameters[port] = std::move(value); }
  void push(const std::string& port, Value value) override { model_.push(index_, port, value); }
  void yield() override { model_.chains_.yield(); }
  void pull(const std::string& port) override {
    if (!model_.pull_port(index_, port)) throw ModelFailure();
    for (const CaseWire& wire : model_.wires_) {
      const bool counts = !wire.is_exec && wire.to == index_ && wire.to_port == port;
      if (counts && !model_.is_flow_driven(wire.from)) model_.synchronise(wire);
    }
  }
  bool is_wired_or_saved(const std::string& port) const override {
    const auto& wires = model_.wires_;
    return node().source->saved.contains(port) ||
           std::any_of(wires.begin(), wires.end(), [&](const CaseWire& wire) {
             return !wire.is_exec && wire.to == index_ && wire.to_port == port;
           });
  }

 private:
  Node& node() const { return model_.nodes_[index_]; }
  static Value lookup(const std::map<std::string, Value>& table, const std::string& port) {
    const auto found = table.find(port);
    return found == table.end() ? Value() : found->second;
  }

  Model& model_;
  Index index_;
  std::map<std::string, Value> snapshot_;
};

void Model::execute(Index i, const std::string& reason) {
  Node& node = nodes_[i];
  line("started", i, reason);
  node.phase = Phase::kExecuting;
  for (const Port& port : node.outputs()) {
    if (port.is_exec()) node.parameters[port.name] = Value();
  }
  for (const CaseWire& wire : wires_) {
    if (!wire.is_exec && wire.to == i) synchronise(wire);
  }
  Interface interface(*this, i);
  ModelTable table;
  try {
    table = node.kind->execute(interface);
  } catch (const ModelFailure&) {
    node.mark = Mark::kFailed;
    failures_ = true;
    line("error", i, "");
    finished(i, "failed");
    return;
  }
  node.mark = Mark::kExecuted;
  std::string text;
  for (const auto& [port, value] : table) {
    node.results[port] = value;
    text += (text.empty() ? "" : " ") + port + "=" + to_repr(value);
  }
  line("output", i, text);
  finished(i, "success");
  propagate_returned(i, table);
}

void Model::run_hook(Index i, const std::string& port, const Value& value) {
  Node& node = nodes_[i];
  const Chains::Id self = chains_.current();
  if (!node.kind->type.watches_port(port) || node.hooks.contains(self)) return;
  node.hooks.insert(self);
  Interface interface(*this, i);
  try {
    node.kind->hook(interface, value);
  } catch (const ModelFailure&) {
    line("error", i, "");
    failures_ = true;
  }
  node.hooks.erase(node.hooks.find(self));
}

}  // namespace

std::optional<Observed> model_run(const Case& workflow, std::size_t most_lines) {
  try {
    return Model(workflow, most_lines).run();
  } catch (const TooLong&) {
    return std::nullopt;
  }
}

}  // namespace vnode::test
