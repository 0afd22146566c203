// Groups: nodes inside of a node, and files that are used as one.
#include <filesystem>

#include "base/spelling.h"
#include "base/text_file.h"
#include "yaml/document_lowering.h"
#include "yaml/level_lowering.h"

namespace vnode {
namespace {

/// Each use is a copy: files that use each other twice and twice again would otherwise fill the memory.
constexpr std::size_t kMostUsedFiles = 1000;

Value port_definition(std::string_view name, std::string_view type, bool is_input) {
  return Value(Dict{{"name", Value(name)}, {"type", Value(type)}, {"is_input", Value(is_input)}});
}

/// The type that a group's port has for a workflow parameter.
std::string_view port_type_of(std::string_view parameter_type) {
  if (parameter_type == "text" || parameter_type == "choice" || parameter_type.empty()) return "string";
  return parameter_type;
}

bool is_inside(const std::filesystem::path& folder, const std::filesystem::path& file) {
  const std::filesystem::path relative = file.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

void LevelLowering::read_group(Draft& draft, YamlIndex nodes) {
  const YamlTree& tree = file_.tree;
  LevelParts parts{.nodes = nodes,
                   .connections = tree.find(draft.entry, "connections"),
                   .editor = tree.find(draft.entry, "editor")};
  std::vector<Value> port_definitions;
  const YamlIndex ports = tree.find(draft.entry, "ports");
  if (ports != kNoYaml) port_definitions = read_group_ports(draft, ports, parts);
  embed(draft, LevelLowering(file_, path_ + draft.name + "/").lower(parts), std::move(port_definitions));
}

/// `ports: {inputs: {a: text, b: {type: int, default: 3}}, outputs: {c: node.port}}`
std::vector<Value> LevelLowering::read_group_ports(Draft& draft, YamlIndex ports, LevelParts& parts) {
  std::vector<Value> definitions;
  if (!file_.expect_map(ports, "'ports' of " + label(draft))) return definitions;
  const YamlTree& tree = file_.tree;
  const std::span<const YamlIndex> sides = tree.items(ports);
  for (std::size_t i = 0; i + 1 < sides.size(); i += 2) {
    const bool is_input = text(sides[i]) == "inputs";
    if (!is_input && text(sides[i]) != "outputs") {
      file_.report_unknown_key(sides[i], {"inputs", "outputs"}, "'ports'");
      continue;
    }
    if (!file_.expect_map(sides[i + 1], "'" + std::string(text(sides[i])) + "' of 'ports'")) continue;
    if (!is_input) parts.outputs = sides[i + 1];
    const std::span<const YamlIndex> entries = tree.items(sides[i + 1]);
    for (std::size_t k = 0; k + 1 < entries.size(); k += 2) {
      const std::string_view name = text(entries[k]);
      std::string_view type = "any";
      if (is_input) {
        parts.inputs.emplace_back(name);
        const YamlIndex said = entries[k + 1];
        const YamlIndex type_at = tree[said].is_map() ? tree.find(said, "type") : said;
        if (type_at != kNoYaml && tree[type_at].is_scalar() && !text(type_at).empty()) type = text(type_at);
        const YamlIndex standard = tree[said].is_map() ? tree.find(said, "default") : kNoYaml;
        if (standard != kNoYaml)
          set_parameter(draft, Value(name), file_.value(standard, type == "string" || type == "text"),
                        at(standard));
        if (type == "text") type = "string";
      }
      definitions.push_back(port_definition(name, type, is_input));
    }
  }
  return definitions;
}

void LevelLowering::embed(Draft& draft, LoweredLevel inner, std::vector<Value> port_definitions) {
  draft.places.group = inner.places;
  draft.parameters.set("__workflow__", Value(std::move(inner.document)));
  if (!port_definitions.empty())
    draft.parameters.set("__port_defs__", Value::list(std::move(port_definitions)));
}

/// What leaves a group by its outputs: each has a node inside.
void LevelLowering::wire_outputs(YamlIndex outputs) {
  if (outputs == kNoYaml || !file_.tree[outputs].is_map()) return;
  const std::span<const YamlIndex> items = file_.tree.items(outputs);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const YamlNode& said = file_.tree[items[i + 1]];
    YamlIndex from = items[i + 1];
    if (said.is_map() && file_.tree.find(from, "from") != kNoYaml) from = file_.tree.find(from, "from");
    if (file_.tree[from].kind == YamlNode::Kind::kNull) continue;
    const std::optional<Reference> source = find_reference(from, Side::kOutput);
    if (!source) continue;
    const std::size_t node = interface_node("outputs", "group_out", std::string(text(items[i])));
    add_inline_wire(*source, {node, "value"}, at(from));
  }
}

void LevelLowering::read_use(Draft& draft, YamlIndex use) {
  Lowering& shared = file_.shared;
  const auto refuse = [&](std::string code, std::string message, std::string hint) {
    file_.report({at(use), std::move(code), std::move(message), std::move(hint)});
  };
  const std::string named(file_.tree[use].is_scalar() ? text(use) : std::string_view());
  if (named.empty()) return refuse("bad_use", "'use' names a file", "write use: other.yaml");
  const std::filesystem::path wanted(named);
  const std::filesystem::path folder = std::filesystem::path(shared.files.back()).parent_path();
  const std::string path = (folder / wanted).lexically_normal().string();
  const std::string shown = "'" + named.substr(0, 200) + "'";
  if (wanted.is_absolute() || !is_inside(shared.root_folder, path)) {
    return refuse("use_outside", shown + " is outside of the folder of the workflow",
                  "put the file, or a link to it, below that folder, and name it relative to this file");
  }
  for (const std::string& open : shared.files) {
    if (open == path)
      return refuse("use_cycle", shown + " uses itself, directly or through files that it uses", "");
  }
  if (++shared.used_files > kMostUsedFiles)
    return refuse("bad_use", "more than " + std::to_string(kMostUsedFiles) + " files are used", "");
  Result<TextFile> file = read_text_file(path, shared.options.encoding);
  if (!file) return refuse("bad_use", shown + " cannot be read: " + file.error().message, "");
  if (!file->warning.empty()) return refuse("bad_use", shown + ": " + file->warning, "save it as UTF-8");
  auto source = std::make_shared<YamlSource>(path, std::move(file->text));
  std::optional<YamlTree> tree = YamlTree::parse(*source, shared.problems);
  if (!tree) return;
  FileLowering used(shared, std::move(source), std::move(*tree));
  const YamlIndex declared =
      used.tree[used.tree.root()].is_map() ? used.tree.find(used.tree.root(), "parameters") : kNoYaml;
  std::vector<Value> port_definitions;
  const UsedParameters parameters = use_site_parameters(draft, used, declared, port_definitions);
  used.parameters = &parameters;
  shared.files.push_back(path);
  const YamlIndex outputs =
      used.tree[used.tree.root()].is_map() ? used.tree.find(used.tree.root(), "outputs") : kNoYaml;
  if (outputs != kNoYaml && used.tree[outputs].is_map()) {
    const std::span<const YamlIndex> items = used.tree.items(outputs);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
      port_definitions.push_back(port_definition(used.tree.text(items[i]), "any", false));
  }
  embed(draft, lower_used_file(used, path_ + draft.name + "/"), std::move(port_definitions));
  shared.files.pop_back();
}

/// What stands for the parameters of a file where it is used: they are inputs of the group.
UsedParameters LevelLowering::use_site_parameters(Draft& draft, FileLowering& used, YamlIndex declared,
                                                  std::vector<Value>& port_definitions) {
  UsedParameters parameters;
  if (declared == kNoYaml || !used.tree[declared].is_map()) return parameters;
  const std::span<const YamlIndex> items = used.tree.items(declared);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    UsedParameters::Entry entry{.name = std::string(used.tree.text(items[i]))};
    const YamlIndex said = items[i + 1];
    const bool is_spec = used.tree[said].is_map();
    const YamlIndex type = is_spec ? used.tree.find(said, "type") : kNoYaml;
    if (type != kNoYaml && used.tree[type].is_scalar()) entry.type = used.tree.text(type);
    const std::string port_type(port_type_of(entry.type));
    port_definitions.push_back(port_definition(entry.name, port_type, true));
    const YamlIndex standard = is_spec ? used.tree.find(said, "default") : said;
    const bool is_text = port_type == "string" || port_type == "path";
    const YamlIndex given = given_value(draft, entry.name);
    if (given == kNoYaml) {
      if (standard == kNoYaml) {
        file_.report({draft.at, "bad_parameter",
                      label(draft) + " must give the parameter '" + entry.name + "' of the file that it uses",
                      "write '" + entry.name + ": ...' below it"});
      } else {
        draft.parameters.set(Value(entry.name), used.value(standard, is_text));
      }
    }
    entry.value = literal_for_use(given, standard, used, is_text);
    parameters.entries.push_back(std::move(entry));
  }
  return parameters;
}

/// Where a node says what that port is, or kNoYaml.
YamlIndex LevelLowering::given_value(const Draft& draft, std::string_view port) const {
  for (const PortEntry& entry : draft.port_entries) {
    if (text(entry.key) == port) return entry.value;
  }
  return kNoYaml;
}

/// The value that texts in a used file get; unset where a wire, or the run, brings it.
Value LevelLowering::literal_for_use(YamlIndex given, YamlIndex standard, const FileLowering& used,
                                     bool is_text) {
  if (given == kNoYaml) return standard == kNoYaml ? Value() : used.value(standard, is_text);
  const YamlNode& found = file_.tree[given];
  if (found.is_map() && found.size == 2) {
    const std::string_view key = text(file_.tree.items(given)[0]);
    if (key == "from") return Value::unset();
    if (key == "value") return file_.value(file_.tree.items(given)[1], is_text);
  }
  if (found.kind == YamlNode::Kind::kPlain) {
    const std::string_view plain = text(given);
    for (std::size_t dot = plain.rfind('.'); dot != std::string_view::npos; dot = previous_dot(plain, dot)) {
      if (by_name_.contains(plain.substr(0, dot))) return Value::unset();
    }
    if (plain.starts_with("inputs.")) return Value::unset();
  }
  return file_.value(given, is_text);
}

}  // namespace vnode
