#include "model/workflow_parameters.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/spelling.h"
#include "model/lenient.h"
#include "model/members.h"
#include "model/parameter_text.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::string_view kSettings = "__vnode__";
constexpr std::string_view kParameters = "parameters";
constexpr std::string_view kGroupNode = "group_node";
constexpr std::string_view kInnerWorkflow = "__workflow__";
constexpr std::string_view kBadDeclaration = "bad_parameter";

/// What is no value of a port: code, and what editors keep for themselves.
bool is_private(std::string_view key) {
  return key.starts_with("__") || key == "python_code" || key == "_injected_value";
}

/// `parameters` of a node's settings; null: it declares none.
const Value* port_declarations(const Dict& parameters) {
  const Value* settings = parameters.find(kSettings);
  if (!settings || !settings->is_dict()) return nullptr;
  for (const DictEntry& entry : settings->as_entries()) {
    if (entry.key.is_text() && entry.key.as_text() == kParameters) return &entry.value;
  }
  return nullptr;
}

/// The text that a port gets.
std::string template_of(const Value& declaration) {
  const Value* text = member(declaration, "text");
  if (text && text->is_text()) return std::string(text->as_text());
  return "${" + text_member(declaration, "name") + "}";
}

/// Those settings of an instance that may hold parameters: all but the declarations.
std::optional<Value> filled_settings(const Value& settings, const ParameterOf& value_of) {
  if (!settings.is_dict()) return std::nullopt;
  Dict filled = settings.as_dict();
  bool is_changed = false;
  for (const DictEntry& entry : settings.as_entries()) {
    if (entry.key.is_text() && entry.key.as_text() == kParameters) continue;
    if (std::optional<Value> value = fill_value(entry.value, value_of)) {
      filled.set(entry.key, value->is_unset() ? Value() : std::move(*value));
      is_changed = true;
    }
  }
  return is_changed ? std::optional<Value>(Value(std::move(filled))) : std::nullopt;
}

Dict node_parameters(const Value& node) {
  const Value* parameters = member(node, kParameters);
  return parameters && parameters->is_dict() ? parameters->as_dict() : Dict();
}

}  // namespace

bool declares_parameters(const Value& document) {
  const Value* metadata = member(document, "metadata");
  return metadata && metadata->is_dict() && member(*metadata, kParameters);
}

/// Reads a workflow once: first what is declared and used where, then, since everything is known, what it
/// means.
class ParameterFinder {
 public:
  using Unit = WorkflowParameters::Unit;

  ParameterFinder(const Workflow& workflow, Problems& problems) : workflow_(workflow), problems_(problems) {}

  WorkflowParameters find() {
    read_metadata();
    found_.units_.push_back({});
    for (std::size_t i = 0; i < workflow_.nodes.size(); ++i) {
      const NodeInstance& node = workflow_.nodes[i];
      look(0, i, node.parameters, node.node_id == kGroupNode);
    }
    for (std::size_t unit = 1; unit < found_.units_.size(); ++unit) look_inside(unit);
    if (declarations_.empty() && uses_.empty()) {
      found_.marks_.clear();
      found_.units_.clear();
      return std::move(found_);
    }
    declare();
    check_uses();
    check_defaults();
    mark_groups();
    return std::move(found_);
  }

 private:
  struct Place {
    std::size_t unit = 0;
    std::size_t node = 0;
    std::string key;  ///< of the node's parameters
  };
  struct Declaration {
    Dict members;
    std::string pointer;
    std::string node;  ///< label; empty: of the workflow
  };
  /// A text that something is filled into.
  struct Use {
    Place place;
    std::string text;
    bool is_at_port = false;  ///< the text is that of a declaration there
    Value saved = Value::unset();
  };

  void complain(std::string_view code, std::string pointer, std::string message, std::string hint,
                std::string node) {
    problems_.push_back({.severity = Severity::kError,
                         .code = std::string(code),
                         .pointer = std::move(pointer),
                         .message = std::move(message),
                         .hint = std::move(hint),
                         .node = std::move(node)});
  }

  /// Of what is very deep: where the outermost group is.
  std::string pointer_to(std::size_t unit, std::size_t node) const {
    constexpr std::size_t kDeep = 64;
    const Unit& around = found_.units_[unit];
    if (around.depth > kDeep) return pointer_to(0, around.outermost) + "/" + std::string(kInnerWorkflow);
    std::string pointer = "/nodes/" + std::to_string(node) + "/parameters";
    for (; unit != 0; unit = found_.units_[unit].parent) {
      pointer = "/nodes/" + std::to_string(found_.units_[unit].node) + "/parameters/" +
                std::string(kInnerWorkflow) + pointer;
    }
    return pointer;
  }
  /// Of the node, or of the outermost group that it is in.
  std::string label_of(std::size_t unit, std::size_t node) const {
    return node_label(workflow_.nodes[unit == 0 ? node : found_.units_[unit].outermost]);
  }
  std::string pointer_to(const Use& use) const {
    const std::string pointer = pointer_to(use.place.unit, use.place.node);
    if (!use.is_at_port) return join_pointer(pointer, use.place.key);
    return join_pointer(pointer + "/" + std::string(kSettings) + "/" + std::string(kParameters),
                        use.place.key);
  }

  void read_metadata() {
    const Value* declared = member(workflow_.metadata, kParameters);
    if (!declared) return;
    const std::string pointer = "/metadata/parameters";
    if (!declared->is_dict()) {
      return complain(kBadDeclaration, pointer,
                      "'parameters' must be an object, not " + describe_found(*declared),
                      "write {NAME: {type, default, ...}}", "");
    }
    found_.fills_texts_ = true;
    for (const DictEntry& entry : declared->as_entries())
      declare_one(to_text(entry.key), entry.value, join_pointer(pointer, to_text(entry.key)), "");
  }

  void declare_one(std::string name, const Value& declaration, const std::string& pointer, std::string node) {
    if (!is_parameter_name(name)) {
      return complain(kBadDeclaration, pointer, "'" + name + "' is no name of a parameter",
                      "letters, digits and _, and no digit first", std::move(node));
    }
    if (!declaration.is_dict() && !declaration.is_none()) {
      return complain(kBadDeclaration, pointer,
                      "the parameter '" + name + "' must be an object, not " + describe_found(declaration),
                      "write {\"type\": \"text\", \"default\": ...}", std::move(node));
    }
    const auto [known, is_new] = declarations_.try_emplace(name);
    Declaration& merged = known->second;
    if (is_new) {
      order_.push_back(name);
      merged.pointer = pointer;
      merged.node = node;
    }
    if (!declaration.is_dict()) return;
    for (const DictEntry& entry : declaration.as_entries()) {
      const Value* before = merged.members.find(entry.key);
      if (!before || before->is_none()) {
        merged.members.set(entry.key, entry.value);
      } else if (!entry.value.is_none() && !same(*before, entry.value)) {
        complain(kBadDeclaration, join_pointer(pointer, to_text(entry.key)),
                 "the parameter '" + name + "' is declared with another '" + to_text(entry.key) + "' at " +
                     merged.pointer,
                 "say it at one place only", node);
      }
    }
  }

  void look(std::size_t unit, std::size_t node, const Dict& parameters, bool is_group) {
    const std::size_t known_uses = uses_.size();
    if (const Value* declarations = port_declarations(parameters))
      look_at_ports(unit, node, parameters, *declarations);
    if (found_.fills_texts_) look_at_texts(unit, node, parameters);
    if (uses_.size() > known_uses) found_.marks_.push_back({unit, node});
    if (!is_group) return;
    const Value* inner = parameters.find(kInnerWorkflow);
    if (!inner || !inner->is_dict() || declares_parameters(*inner)) return;
    const Unit& around = found_.units_[unit];
    found_.units_.push_back({unit, node, *inner, unit == 0 ? node : around.outermost, around.depth + 1});
  }

  void look_inside(std::size_t unit) {
    const Value document = found_.units_[unit].document;
    const std::span<const Value> nodes = list_member(document, "nodes");
    for (std::size_t i = 0; i < nodes.size(); ++i)
      look(unit, i, node_parameters(nodes[i]), text_view(nodes[i], "node_id") == kGroupNode);
  }

  void look_at_ports(std::size_t unit, std::size_t node, const Dict& parameters, const Value& declarations) {
    const std::string label = label_of(unit, node);
    const std::string pointer =
        pointer_to(unit, node) + "/" + std::string(kSettings) + "/" + std::string(kParameters);
    if (!declarations.is_dict()) {
      return complain(kBadDeclaration, pointer,
                      "'parameters' must be an object, not " + describe_found(declarations),
                      "write {PORT: {name, type, ...}}", label);
    }
    for (const DictEntry& entry : declarations.as_entries()) {
      const std::string port = to_text(entry.key);
      const std::string place = join_pointer(pointer, port);
      if (!entry.value.is_dict()) {
        complain(kBadDeclaration, place,
                 "the parameter of '" + port + "' must be an object, not " + describe_found(entry.value),
                 "write {\"name\": ..., \"type\": ...}", label);
        continue;
      }
      look_at_port(Place{unit, node, port}, entry.value, parameters.find(std::string_view(port)), place,
                   label);
    }
  }

  void look_at_port(Place place, const Value& declaration, const Value* saved, const std::string& pointer,
                    const std::string& label) {
    Dict members = declaration.as_dict();
    const Value* name = members.find("name");
    const Value* text = members.find("text");
    if (text && !text->is_text()) {
      return complain(kBadDeclaration, join_pointer(pointer, "text"),
                      "'text' must be a text, not " + describe_found(*text), "", label);
    }
    if (!text && !(name && name->is_text())) {
      return complain(kBadDeclaration, pointer, "the parameter of '" + place.key + "' needs a 'name'", "",
                      label);
    }
    if (name && !name->is_text()) {
      return complain(kBadDeclaration, join_pointer(pointer, "name"),
                      "'name' must be a text, not " + describe_found(*name), "", label);
    }
    Use use{place, template_of(declaration), true};
    if (saved && !saved->is_none()) use.saved = *saved;
    if (name) {
      const std::string parameter(name->as_text());
      members.erase("name");
      members.erase("text");
      declare_one(parameter, Value(std::move(members)), pointer, label);
      if (!text && !use.saved.is_unset()) saved_.try_emplace(parameter, use.saved);
    }
    uses_.push_back(std::move(use));
  }

  void look_at_texts(std::size_t unit, std::size_t node, const Dict& parameters) {
    for (const Dict::Entry& entry : parameters) {
      if (!entry.key.is_text()) continue;
      const std::string_view key = entry.key.as_text();
      const auto take = [&](std::string_view text) {
        uses_.push_back({Place{unit, node, std::string(key)}, std::string(text)});
      };
      if (key == kSettings && entry.value.is_dict()) {
        for (const DictEntry& setting : entry.value.as_entries()) {
          if (!setting.key.is_text() || setting.key.as_text() != kParameters)
            each_text_with_parameters(setting.value, take);
        }
      } else if (!is_private(key)) {
        each_text_with_parameters(entry.value, take);
      }
    }
  }

  /// Without a default of its own a parameter has the value that the editor keeps at its port.
  void declare() {
    for (const std::string& name : order_) {
      Declaration& declaration = declarations_[name];
      const auto saved = saved_.find(name);
      const Value* own = declaration.members.find("default");
      if (saved != saved_.end() && (!own || own->is_none()) &&
          !switch_member(declaration.members, "required"))
        declaration.members.set("default", saved->second);
      const std::size_t known = problems_.size();
      found_.index_.emplace(name, found_.declared_.size());
      found_.declared_.push_back(
          read_parameter(name, Value(declaration.members), declaration.pointer, problems_));
      for (std::size_t i = known; i < problems_.size(); ++i) problems_[i].node = declaration.node;
    }
  }

  void check_uses() {
    std::set<std::string, std::less<>> used;
    const std::vector<std::string> names = found_.names();
    for (const Use& use : uses_) {
      const Result<void> read = each_parameter(use.text, [&](std::string_view name) {
        used.emplace(name);
        if (found_.find(name)) return;
        complain("unknown_parameter", pointer_to(use), "there is no parameter '" + std::string(name) + "'",
                 names.empty() ? "declare it; $${ stands for the characters themselves"
                               : spelling_advice(name, names, "the workflow's are"),
                 label_of(use.place.unit, use.place.node));
      });
      if (!read)
        complain(kBadDeclaration, pointer_to(use), read.error().message, "",
                 label_of(use.place.unit, use.place.node));
    }
    for (const Parameter& parameter : found_.declared_) {
      if (used.contains(parameter.name)) continue;
      problems_.push_back({.severity = Severity::kWarning,
                           .code = "idle_parameter",
                           .pointer = parameter.pointer,
                           .message = "the parameter '" + parameter.name + "' is used nowhere",
                           .hint = "write ${" + parameter.name + "} where its value belongs, or remove it"});
    }
  }

  /// Who opens the file in an editor sees something else than what runs.
  void check_defaults() {
    for (const Use& use : uses_) {
      if (!use.is_at_port || use.saved.is_unset()) continue;
      bool has_all = true;
      const ParameterOf default_of = [&](std::string_view name) -> const Value* {
        const Parameter* parameter = found_.find(name);
        has_all = has_all && parameter && !parameter->must_be_given() && !parameter->default_value.is_unset();
        return parameter ? &parameter->default_value : nullptr;
      };
      const Value filled = fill_text(use.text, default_of);
      if (!has_all || equal(filled, use.saved)) continue;
      problems_.push_back(
          {.severity = Severity::kWarning,
           .code = "parameter_default",
           .pointer = join_pointer(pointer_to(use.place.unit, use.place.node), use.place.key),
           .message = "the saved value is not what the defaults of its parameters give, which is "
                      "what runs: " +
                      cut(to_repr(filled)),
           .hint = "save that value, or change the default",
           .node = label_of(use.place.unit, use.place.node)});
    }
  }

  static std::string cut(std::string text) {
    constexpr std::size_t kMost = 200;
    if (text.size() <= kMost) return text;
    std::size_t end = kMost;
    while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "...";
  }

  /// The groups around what is filled in.
  void mark_groups() {
    std::set<std::pair<std::size_t, std::size_t>> marks;
    for (const auto& [unit, node] : found_.marks_) {
      marks.emplace(unit, node);
      for (std::size_t at = unit; at != 0; at = found_.units_[at].parent) {
        if (!marks.emplace(found_.units_[at].parent, found_.units_[at].node).second) break;
      }
    }
    found_.marks_.clear();
    for (const auto& [unit, node] : marks) found_.marks_.push_back({unit, node});
  }

  const Workflow& workflow_;
  Problems& problems_;
  WorkflowParameters found_;
  std::vector<std::string> order_;  ///< of the names
  std::map<std::string, Declaration> declarations_;
  std::map<std::string, Value> saved_;  ///< by name
  std::vector<Use> uses_;
};

WorkflowParameters WorkflowParameters::read(const Workflow& workflow, Problems& problems) {
  return ParameterFinder(workflow, problems).find();
}

const Parameter* WorkflowParameters::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &declared_[found->second];
}

std::vector<std::string> WorkflowParameters::names() const {
  std::vector<std::string> names;
  for (const Parameter& parameter : declared_) names.push_back(parameter.name);
  return names;
}

bool WorkflowParameters::fill_node(Dict& parameters, const Dict& values) const {
  const Value none = Value::unset();
  const ParameterOf value_of = [&](std::string_view name) -> const Value* {
    if (!find(name)) return nullptr;
    const Value* value = values.find(name);
    return value ? value : &none;
  };
  bool is_changed = false;
  const auto put = [&](const Value& key, Value value) {
    is_changed = true;
    if (value.is_unset()) {
      parameters.erase(key.as_text());
    } else {
      parameters.set(key, std::move(value));
    }
  };
  const Dict before = parameters;
  if (fills_texts_) {
    for (const Dict::Entry& entry : before) {
      if (!entry.key.is_text()) continue;
      const std::string_view key = entry.key.as_text();
      std::optional<Value> value;
      if (key == kSettings) {
        value = filled_settings(entry.value, value_of);
      } else if (!is_private(key)) {
        value = fill_value(entry.value, value_of);
      }
      if (value) put(entry.key, std::move(*value));
    }
  }
  if (const Value* declarations = port_declarations(before); declarations && declarations->is_dict()) {
    for (const DictEntry& entry : declarations->as_entries())
      if (entry.key.is_text()) put(entry.key, fill_text(template_of(entry.value), value_of));
  }
  return is_changed;
}

void WorkflowParameters::put_groups(std::size_t unit, std::size_t node, const std::vector<Value>& filled,
                                    Dict& parameters) const {
  const auto found =
      std::lower_bound(units_.begin() + 1, units_.end(), std::pair(unit, node),
                       [](const Unit& a, const auto& place) { return std::pair(a.parent, a.node) < place; });
  const auto inner = static_cast<std::size_t>(found - units_.begin());
  if (inner == units_.size() || found->parent != unit || found->node != node) return;
  if (!filled[inner].is_unset()) parameters.set(kInnerWorkflow, filled[inner]);
}

std::span<const WorkflowParameters::Mark> WorkflowParameters::marks_of(std::size_t unit) const {
  const auto [first, last] = std::equal_range(marks_.begin(), marks_.end(), Mark{unit, 0},
                                              [](const Mark& a, const Mark& b) { return a.unit < b.unit; });
  return {first, last};
}

Value WorkflowParameters::filled_document(std::size_t unit, const std::vector<Value>& filled,
                                          const Dict& values) const {
  Dict document = units_[unit].document.as_dict();
  const std::span<const Value> given = list_member(units_[unit].document, "nodes");
  std::vector<Value> nodes(given.begin(), given.end());
  for (const Mark& mark : marks_of(unit)) {
    Dict parameters = node_parameters(nodes[mark.node]);
    fill_node(parameters, values);
    put_groups(unit, mark.node, filled, parameters);
    Dict node = nodes[mark.node].as_dict();
    node.set(kParameters, std::move(parameters));
    nodes[mark.node] = Value(std::move(node));
  }
  document.set("nodes", Value::list(std::move(nodes)));
  return document;
}

/// Inner workflows first: an outer one has them in it.
void WorkflowParameters::fill(Workflow& workflow, const Dict& values) const {
  if (marks_.empty()) return;
  std::vector<Value> filled(units_.size(), Value::unset());
  for (std::size_t unit = units_.size(); unit-- > 1;) {
    if (!marks_of(unit).empty()) filled[unit] = filled_document(unit, filled, values);
  }
  for (const Mark& mark : marks_of(0)) {
    Dict& parameters = workflow.nodes[mark.node].parameters;
    fill_node(parameters, values);
    put_groups(0, mark.node, filled, parameters);
  }
}

}  // namespace vnode
