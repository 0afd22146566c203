#include "apps/vnode/show/run_forecast.h"

#include <algorithm>
#include <array>
#include <set>

#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "base/duration_text.h"
#include "command/command_call.h"
#include "command/run_command.h"
#include "engine/effective_limits.h"
#include "engine/node_address.h"
#include "engine/plan_data.h"
#include "graph/map_body.h"
#include "model/json_writer.h"
#include "model/value_mask.h"

namespace vnode {
namespace {

/// How a node comes to be run.
enum class Way { kInit, kStart, kLayer, kExec, kPull, kLast, kNever };

constexpr std::string_view way_name(Way way) {
  constexpr std::array<std::string_view, 7> kNames = {"init", "start", "layer", "exec",
                                                      "pull", "last",  "never"};
  return kNames[static_cast<std::size_t>(way)];
}

std::string_view way_text(Way way) {
  constexpr std::array<std::string_view, 7> kTexts = {
      "in the init phase", "as a start node",           "in its layer", "by exec wires", "when it is pulled",
      "at the end",        "never: no wires lead to it"};
  return kTexts[static_cast<std::size_t>(way)];
}

std::string one_line_json(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

/// Everything about one plan that can be said before it runs.
class Forecaster {
 public:
  explicit Forecaster(const RunForecast& forecast)
      : forecast_(forecast), data_(forecast.plan.data()), words_(node_words(data_.workflow)) {
    find_ways();
    for (const auto& [id, port] : forecast.overridden) overridden_.emplace(id, port);
  }

  bool is_flow() const { return data_.graph.has_exec_wires(); }
  const PlanData& data() const { return data_; }
  Way way(NodeIndex node) const { return ways_[node]; }
  const std::string& word(NodeIndex node) const { return words_[node]; }
  const std::vector<NodeIndex>& starts() const { return starts_; }
  /// Without the nodes of the init phase (rule 5).
  std::vector<std::vector<NodeIndex>> layers() const {
    if (forecast_.options.init_only) return {};
    std::vector<std::vector<NodeIndex>> layers = data_.layers.layers;
    for (auto& layer : layers) {
      std::erase_if(layer, [this](NodeIndex node) { return instance(node).init_priority > 0; });
    }
    std::erase_if(layers, [](const auto& layer) { return layer.empty(); });
    return layers;
  }
  const NodeInstance& instance(NodeIndex node) const { return *data_.nodes[node].instance; }

  /// The wires whose sources run first: those of the plan, and where a runtime makes the instance also those
  /// into inputs that it may turn out to have.
  std::vector<InWire> pulled(const PlanNode& node) const {
    const auto known = part(data_.pulls, node.pulls);
    std::vector<InWire> wires(known.begin(), known.end());
    if (!node.type->runtime) return wires;
    for (const InWire& wire : part(data_.in_wires, node.in_wires)) {
      if (!node.layout->input(wire.target_slot) && !data_.nodes[wire.source].flow_driven)
        wires.push_back(wire);
    }
    return wires;
  }
  /// "range.frames", of these.
  std::vector<std::string> pulls(NodeIndex node) const {
    std::vector<std::string> sources;
    for (const InWire& wire : pulled(data_.nodes[node])) {
      const PlanNode& source = data_.nodes[wire.source];
      sources.push_back(words_[wire.source] + "." + std::string(source.layout->name(wire.source_slot)));
    }
    return sources;
  }

  /// The words of its command, as far as they are known: what wires bring stands as {port}. Empty where it is
  /// none, or `unknown` says why.
  std::vector<std::string> command(NodeIndex node, std::string& unknown) const;

  /// Those of its ports that the command line has set.
  std::vector<std::pair<std::string, Value>> overridden(NodeIndex node) const {
    std::vector<std::pair<std::string, Value>> ports;
    const NodeInstance& of = instance(node);
    for (auto at = overridden_.lower_bound({of.instance_id, std::string()});
         at != overridden_.end() && at->first == of.instance_id; ++at) {
      const Value* value = of.parameters.find(std::string_view(at->second));
      ports.emplace_back(at->second, value ? *value : Value());
    }
    return ports;
  }

  NodeLimits limits(NodeIndex node) const {
    const PlanNode& plan = data_.nodes[node];
    return effective_limits(plan.limits ? *plan.limits : NodeLimits(), *plan.type, forecast_.options);
  }

 private:
  void find_ways();
  Value input(const PlanNode& node, std::string_view port) const;

  const RunForecast& forecast_;
  const PlanData& data_;
  std::vector<std::string> words_;
  std::vector<Way> ways_;
  std::vector<NodeIndex> starts_;
  std::set<std::pair<Uuid, std::string>> overridden_;
};

void Forecaster::find_ways() {
  ways_.assign(data_.nodes.size(), Way::kNever);
  std::vector<NodeIndex> queue = data_.init_nodes;
  for (const NodeIndex node : data_.init_nodes) ways_[node] = Way::kInit;
  const auto add = [&](NodeIndex node, Way way) {
    if (ways_[node] != Way::kNever) return;
    ways_[node] = way;
    queue.push_back(node);
  };
  if (!forecast_.options.init_only) {
    if (!is_flow()) {
      for (NodeIndex node = 0; node < data_.nodes.size(); ++node) add(node, Way::kLayer);
    } else {
      for (NodeIndex node = 0; node < data_.nodes.size(); ++node) {
        if (!starts_flow(data_.nodes[node])) continue;
        starts_.push_back(node);
        add(node, Way::kStart);
      }
      for (const NodeIndex node : data_.cut.last_targets) add(node, Way::kLast);
    }
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const PlanNode& node = data_.nodes[queue[head]];
    for (const OutPort& port : part(data_.out_ports, node.out_ports)) {
      for (const NodeIndex target : part(data_.exec_targets, port.exec)) add(target, Way::kExec);
    }
    for (const InWire& wire : pulled(node)) add(wire.source, Way::kPull);
    for (const WireIndex wire : data_.graph.data_in(queue[head])) {  // rule 44: at the end of each body
      if (is_map_result(data_.workflow, data_.graph, wire)) add(data_.graph.from(wire), Way::kPull);
    }
  }
}

/// As the node will have it at its start.
Value Forecaster::input(const PlanNode& node, std::string_view name) const {
  if (name.starts_with(kSecretPrefix)) return Value("***");
  const SlotIndex slot = node.layout->find(name);
  const Port* port = slot == kNoSlot ? nullptr : node.layout->input(slot);
  for (const InWire& wire : part(data_.in_wires, node.in_wires)) {
    if (wire.target_slot == slot) return Value("{" + std::string(name) + "}");
  }
  const Value* saved = node.instance->parameters.find(name);
  Value value = saved ? *saved : (port ? port->default_value : Value());
  if (forecast_.options.path_map && port && port->names_file()) {
    if (std::optional<Value> mapped = forecast_.options.path_map->map(value, PathMap::From::kOutside))
      return std::move(*mapped);
  }
  return value;
}

std::vector<std::string> Forecaster::command(NodeIndex index, std::string& unknown) const {
  const PlanNode& node = data_.nodes[index];
  const NodeType& type = *node.type;
  const bool is_any_command = type.runtime && type.definition.node_id == "run_command";
  if (!type.definition.command && !is_any_command) return {};
  const ValueOf value_of = [&](std::string_view port) { return input(node, port); };
  Result<CommandCall> call = CommandCall{};
  if (type.definition.command) {
    call = make_call(*type.definition.command, value_of);
  } else {
    std::vector<std::string> wired;
    for (const InWire& wire : part(data_.in_wires, node.in_wires))
      wired.emplace_back(node.layout->name(wire.target_slot));
    const bool is_wired = std::find(wired.begin(), wired.end(), "command") != wired.end();
    if (is_wired) {
      unknown = "a wire brings the command";
      return {};
    }
    Result<CommandPlan> plan =
        plan_run_command(further_inputs(type.definition, node.instance->parameters, wired), value_of);
    call = plan ? Result<CommandCall>(std::move(plan->call)) : Result<CommandCall>(plan.error());
  }
  if (call) return std::move(call->words);
  unknown = call.error().message;
  return {};
}

Value limits_value(const NodeLimits& limits) {
  Dict value;
  const auto seconds = [](Duration duration) { return std::chrono::duration<double>(duration).count(); };
  if (limits.timeout) value.set("timeout", seconds(*limits.timeout));
  if (limits.idle_timeout) value.set("idle_timeout", seconds(*limits.idle_timeout));
  if (limits.retries.value_or(0) > 0) {
    value.set("retries", *limits.retries);
    value.set("backoff", seconds(limits.backoff.value_or(kDefaultBackoff)));
  }
  if (limits.has_resources()) {
    Dict amounts;
    for (const auto& [name, amount] : *limits.resources) amounts.set(name, resource_amount_value(amount));
    value.set("resources", std::move(amounts));
  }
  if (limits.executor) value.set("executor", *limits.executor);
  return value;
}

std::string limits_text(const NodeLimits& limits) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  if (limits.timeout) add("timeout " + duration_text(*limits.timeout));
  if (limits.idle_timeout) add("idle timeout " + duration_text(*limits.idle_timeout));
  if (limits.retries.value_or(0) > 0)
    add("retries " + std::to_string(*limits.retries) + ", backoff " +
        duration_text(limits.backoff.value_or(kDefaultBackoff)));
  if (limits.has_resources()) add(resource_amounts_text(*limits.resources));
  if (limits.executor) add("executor " + *limits.executor);
  return text;
}

template <class Nodes>
Value words_of(const Forecaster& forecaster, const Nodes& nodes) {
  std::vector<Value> words;
  for (const NodeIndex node : nodes) words.emplace_back(forecaster.word(node));
  return Value::list(std::move(words));
}

Value texts_value(const std::vector<std::string>& texts) {
  return Value::list(std::vector<Value>(texts.begin(), texts.end()));
}

Value node_value(const Forecaster& forecaster, NodeIndex index) {
  const NodeInstance& instance = forecaster.instance(index);
  const NodeType& type = *forecaster.data().nodes[index].type;
  Dict node{{"node", forecaster.word(index)},
            {"id", instance.instance_id.text()},
            {"node_id", instance.node_id},
            {"origin", type.origin},
            {"runs", way_name(forecaster.way(index))}};
  if (instance.bypassed) node.set("bypassed", true);
  if (const auto pulls = forecaster.pulls(index); !pulls.empty()) node.set("pulls", texts_value(pulls));
  std::string unknown;
  if (const auto words = forecaster.command(index, unknown); !words.empty())
    node.set("command", texts_value(words));
  if (!unknown.empty()) node.set("command_unknown", unknown);
  if (const auto ports = forecaster.overridden(index); !ports.empty()) {
    Dict overridden;
    for (const auto& [port, value] : ports) overridden.set(Value(port), value);
    node.set("overridden", std::move(overridden));
  }
  if (Value limits = limits_value(forecaster.limits(index)); !limits.as_entries().empty())
    node.set("limits", std::move(limits));
  return node;
}

/// Words that do not fit are counted.
std::string list_text(const std::vector<std::string>& words) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + harmless_line(words[i]);
  return words.size() > kMost ? text + " and " + std::to_string(words.size() - kMost) + " more" : text;
}

template <class Nodes>
std::string nodes_text(const Forecaster& forecaster, const Nodes& nodes) {
  std::vector<std::string> words;
  for (const NodeIndex node : nodes) words.push_back(forecaster.word(node));
  return list_text(words);
}

constexpr std::size_t kMostOfASetting = 120;

void append_node_text(std::string& out, const Forecaster& forecaster, NodeIndex index) {
  const NodeInstance& instance = forecaster.instance(index);
  const NodeType& type = *forecaster.data().nodes[index].type;
  const std::string& word = forecaster.word(index);
  out += "  " + harmless_line(word);
  if (word != instance.node_id) out += " (" + harmless_line(instance.node_id) + ")";
  out += ", " + harmless_line(type.origin) + ", ";
  out += instance.bypassed ? "bypassed" : way_text(forecaster.way(index));
  out += "\n";
  const auto add = [&out](std::string_view title, const std::string& text) {
    out.append("      ").append(title).append(text).append("\n");
  };
  if (const auto pulls = forecaster.pulls(index); !pulls.empty()) add("pulls: ", list_text(pulls));
  std::string unknown;
  if (const auto words = forecaster.command(index, unknown); !words.empty())
    add("runs: ", harmless_line(command_text(words, 1000)));
  if (!unknown.empty()) add("runs: ", "not known yet: " + harmless_line(unknown));
  for (const auto& [port, value] : forecaster.overridden(index)) {
    add("set: ",
        harmless_line(port) + " = " + cut_to_width(harmless_line(one_line_json(value)), kMostOfASetting));
  }
  if (const std::string limits = limits_text(forecaster.limits(index)); !limits.empty())
    add("limits: ", harmless_line(limits));
}

std::string parameters_text(const Dict& parameters) {
  TextRows rows;
  for (const Dict::Entry& entry : parameters) {
    rows.push_back({harmless_line(entry.key.as_text()),
                    cut_to_width(harmless_line(one_line_json(entry.value)), kMostOfASetting)});
  }
  return rows.empty() ? "" : "parameters:\n" + table_text(rows, "  ");
}

}  // namespace

std::string forecast_text(const RunForecast& forecast) {
  const Forecaster forecaster(forecast);
  const PlanData& data = forecaster.data();
  std::string out = harmless_line(forecast.file) + ": " + (forecaster.is_flow() ? "flow" : "data-flow") +
                    " mode, " + std::to_string(data.nodes.size()) +
                    (data.nodes.size() == 1 ? " node" : " nodes");
  if (forecast.nodes_in_file > data.nodes.size()) out += " of " + std::to_string(forecast.nodes_in_file);
  out += "\n" + parameters_text(forecast.parameters);
  if (!data.init_nodes.empty()) out += "init nodes: " + nodes_text(forecaster, data.init_nodes) + "\n";
  if (!forecaster.starts().empty())
    out += "start nodes: " + nodes_text(forecaster, forecaster.starts()) + "\n";
  if (!data.cut.last_targets.empty())
    out += "at the end: " + nodes_text(forecaster, data.cut.last_targets) + "\n";
  std::size_t number = 0;
  for (const std::vector<NodeIndex>& layer : forecaster.layers())
    out += "layer " + std::to_string(++number) + ": " + nodes_text(forecaster, layer) + "\n";
  if (!data.nodes.empty()) out += "nodes:\n";
  for (NodeIndex node = 0; node < data.nodes.size(); ++node) append_node_text(out, forecaster, node);
  if (!forecast.journal.empty()) out += resume_table_text(forecast.resumed, forecast.journal);
  return out;
}

std::string forecast_json(const RunForecast& forecast, const Problems& problems, const SecretMask& mask) {
  const Forecaster forecaster(forecast);
  const PlanData& data = forecaster.data();
  Dict head{{"file", forecast.file},
            {"valid", true},
            {"mode", forecaster.is_flow() ? "flow" : "data_flow"},
            {"nodes_in_file", forecast.nodes_in_file},
            {"parameters", forecast.parameters},
            {"init", words_of(forecaster, data.init_nodes)}};
  if (forecaster.is_flow()) {
    head.set("start", words_of(forecaster, forecaster.starts()));
    if (!data.cut.last_targets.empty()) head.set("last", words_of(forecaster, data.cut.last_targets));
  } else {
    std::vector<Value> layers;
    for (const std::vector<NodeIndex>& layer : forecaster.layers())
      layers.push_back(words_of(forecaster, layer));
    head.set("layers", Value::list(std::move(layers)));
  }
  if (!forecast.journal.empty()) {
    std::vector<Value> rows;
    for (const ResumeRow& row : forecast.resumed) rows.push_back(resume_row_value(row));
    head.set("resume", Dict{{"journal", forecast.journal}, {"nodes", Value::list(std::move(rows))}});
  }
  std::vector<Value> told;
  for (const Problem& problem : problems) told.push_back(problem_value(problem));
  head.set("problems", Value::list(std::move(told)));

  ValueMask values(mask);
  std::string out = "{\n";
  const auto add = [&](const Value& key, const Value& value) {
    append_json_key(out, key);
    out += ": ";
    append_json(out, values.apply(value));
    out += ",\n";
  };
  for (const Dict::Entry& entry : head) add(entry.key, entry.value);
  out += "\"nodes\": [\n";
  for (NodeIndex node = 0; node < data.nodes.size(); ++node) {
    append_json(out, values.apply(node_value(forecaster, node)));
    out += node + 1 < data.nodes.size() ? ",\n" : "\n";
  }
  return out + "]}\n";
}

}  // namespace vnode
