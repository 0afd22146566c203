#include "property/random_case.h"

#include <algorithm>

#include "model/value_ops.h"
#include "property/property_nodes.h"

namespace vnode::test {
namespace {

class Generator {
 public:
  explicit Generator(std::mt19937_64& random) : random_(random) {}

  Case make() {
    if (chance(15)) made_.failed_inputs = FailedInputs::kDefault;
    const bool flow = chance(75);
    const std::size_t count = 2 + below(8);
    for (std::size_t i = 0; i < count; ++i) add_node(i);
    const std::size_t wires = count / 2 + below(2 * count);
    for (std::size_t i = 0; i < wires; ++i) add_data_wire(flow);
    if (flow) {
      const std::size_t exec_wires = 1 + below(count + 2);
      for (std::size_t i = 0; i < exec_wires; ++i) add_exec_wire();
    }
    std::shuffle(made_.wires.begin(), made_.wires.end(), random_);
    return std::move(made_);
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(list.size())];
  }
  const PropertyKind& kind(std::size_t node) const { return property_kind(made_.nodes[node].kind); }

  Value value() {
    static const std::vector<Value> kValues = {Value(), 0, 1,   1.0, true,
                                               false,   7, "a", "",  Value::list({Value(1), Value(2)})};
    return pick(kValues);
  }

  void add_node(std::size_t number) {
    CaseNode node;
    node.name = "n" + std::to_string(number);
    const PropertyKind& kind = pick(property_kinds());
    node.kind = kind.type.definition.node_id;
    for (const Port& port : kind.type.definition.inputs) {
      if (!port.is_exec() && chance(30)) node.saved[port.name] = value();
    }
    for (const Port& port : kind.type.definition.outputs) {
      if (chance(5)) node.saved[port.name] = value();
    }
    if (chance(5)) node.saved["extra"] = value();
    if (node.kind.starts_with("fail")) {
      node.saved["fails"] = below(8);
      node.saved["count"] = 0;
    }
    if (node.kind == "While Loop") node.saved["max_iterations"] = below(4);
    node.bypassed = chance(8);
    if (chance(8)) node.init_priority = static_cast<int>(below(4)) - 1;
    made_.nodes.push_back(std::move(node));
  }

  std::string output(std::size_t node, bool exec) {
    if (chance(3)) return "ghost";
    if (exec && kind(node).type.output_aliases.size() > 0 && chance(20)) {
      return std::string(pick(kind(node).type.output_aliases).first);
    }
    std::vector<std::string> wanted, all;
    for (const Port& port : kind(node).type.definition.outputs) {
      all.push_back(port.name);
      if (port.is_exec() == exec) wanted.push_back(port.name);
    }
    return wanted.empty() || chance(6) ? pick(all) : pick(wanted);
  }

  std::string input(std::size_t node, bool exec) {
    if (chance(3)) return "extra";
    if (chance(2)) return "break_condition";
    const auto& unwired = kind(node).unwired;
    std::vector<std::string> wanted, all;
    for (const Port& port : kind(node).type.definition.inputs) {
      if (std::find(unwired.begin(), unwired.end(), port.name) != unwired.end()) continue;
      all.push_back(port.name);
      if (port.is_exec() == exec) wanted.push_back(port.name);
    }
    if (all.empty()) return "exec_in";
    return wanted.empty() || chance(4) ? pick(all) : pick(wanted);
  }

  /// A node with an output of that sort, mostly.
  std::size_t emitter(bool exec) {
    std::size_t node = 0;
    for (int attempt = 0; attempt < 6; ++attempt) {
      node = below(made_.nodes.size());
      for (const Port& port : kind(node).type.definition.outputs) {
        if (port.is_exec() == exec) return node;
      }
    }
    return node;
  }

  void add_data_wire(bool flow) {
    if (!made_.wires.empty() && chance(5)) {
      const CaseWire again = pick(made_.wires);
      made_.wires.push_back(again);
      return;
    }
    CaseWire wire;
    wire.from = emitter(false);
    wire.to = below(made_.nodes.size());
    if (!flow && chance(15)) {
      wire.to_port = "break_condition";
    } else {
      wire.to_port = input(wire.to, false);
    }
    if (!flow && wire.to_port != "break_condition") {
      // Data-flow workflows have no cycles. The order of the names is not the order of the layers.
      if (wire.from == wire.to) return;
      if (rank(wire.from) > rank(wire.to)) {
        std::swap(wire.from, wire.to);
        wire.to_port = input(wire.to, false);
      }
    }
    wire.from_port = output(wire.from, false);
    made_.wires.push_back(wire);
  }

  void add_exec_wire() {
    CaseWire wire;
    wire.is_exec = true;
    wire.from = emitter(true);
    wire.to = below(made_.nodes.size());
    wire.from_port = output(wire.from, true);
    wire.to_port = input(wire.to, true);
    made_.wires.push_back(wire);
  }

  /// Some fixed order of all nodes that is neither that of the file nor its reverse.
  std::size_t rank(std::size_t node) const { return (node * 7 + 3) % 11; }

  std::mt19937_64& random_;
  Case made_;
};

std::string end_text(const Case& c, std::size_t node, const std::string& port) {
  return c.nodes[node].name + "." + port;
}

Case without_node(Case c, std::size_t node) {
  std::erase_if(c.wires, [node](const CaseWire& wire) { return wire.from == node || wire.to == node; });
  for (CaseWire& wire : c.wires) {
    if (wire.from > node) --wire.from;
    if (wire.to > node) --wire.to;
  }
  c.nodes.erase(c.nodes.begin() + static_cast<std::ptrdiff_t>(node));
  return c;
}

/// Everything that is one step smaller.
std::vector<Case> smaller(const Case& c) {
  std::vector<Case> all;
  for (std::size_t i = 0; i < c.nodes.size(); ++i) all.push_back(without_node(c, i));
  for (std::size_t i = 0; i < c.wires.size(); ++i) {
    all.push_back(c);
    all.back().wires.erase(all.back().wires.begin() + static_cast<std::ptrdiff_t>(i));
  }
  auto add = [&all, &c](auto&& change) {
    all.push_back(c);
    change(all.back());
  };
  if (c.failed_inputs != FailedInputs::kSkip) add([](Case& s) { s.failed_inputs = FailedInputs::kSkip; });
  for (std::size_t i = 0; i < c.nodes.size(); ++i) {
    if (c.nodes[i].bypassed) add([i](Case& s) { s.nodes[i].bypassed = false; });
    if (c.nodes[i].init_priority != 0) add([i](Case& s) { s.nodes[i].init_priority = 0; });
    for (const auto& [port, value] : c.nodes[i].saved) {
      if (port != "max_iterations" && port != "fails" && port != "count")
        add([i, &port](Case& s) { s.nodes[i].saved.erase(port); });
    }
  }
  return all;
}

}  // namespace

bool Case::is_flow() const {
  return std::any_of(wires.begin(), wires.end(), [](const CaseWire& wire) { return wire.is_exec; });
}

WorkflowBuilder Case::workflow() const {
  WorkflowBuilder builder;
  for (const CaseNode& node : nodes) {
    Dict saved;
    for (const auto& [port, value] : node.saved) saved.set(port, value);
    builder.node(node.name, node.kind, saved);
    if (node.bypassed) builder.bypassed(node.name);
    if (node.init_priority != 0) builder.init_priority(node.name, node.init_priority);
  }
  for (const CaseWire& wire : wires) {
    const std::string from = end_text(*this, wire.from, wire.from_port),
                      to = end_text(*this, wire.to, wire.to_port);
    wire.is_exec ? builder.exec(from, to) : builder.data(from, to);
  }
  return builder;
}

std::string Case::text() const {
  std::string text = failed_inputs == FailedInputs::kDefault ? "failed inputs: default\n" : "";
  for (const CaseNode& node : nodes) {
    text += node.name + " " + node.kind;
    for (const auto& [port, value] : node.saved) text += " " + port + "=" + to_repr(value);
    if (node.bypassed) text += " (bypassed)";
    if (node.init_priority != 0) text += " (init " + std::to_string(node.init_priority) + ")";
    text += "\n";
  }
  for (const CaseWire& wire : wires) {
    text += end_text(*this, wire.from, wire.from_port) + (wire.is_exec ? " => " : " -> ") +
            end_text(*this, wire.to, wire.to_port) + "\n";
  }
  return text;
}

Case random_case(std::mt19937_64& random) { return Generator(random).make(); }

Case shrunk(Case failing, const std::function<bool(const Case&)>& fails) {
  for (bool progress = true; progress;) {
    progress = false;
    for (Case& candidate : smaller(failing)) {
      // Without its last exec wire it would be another mode, where cycles are an error.
      if (candidate.is_flow() != failing.is_flow() || !fails(candidate)) continue;
      failing = std::move(candidate);
      progress = true;
      break;
    }
  }
  return failing;
}

}  // namespace vnode::test
