#include "yaml/yaml_workflow.h"

#include <filesystem>
#include <optional>
#include <vector>

#include "yaml/document_lowering.h"
#include "yaml/level_lowering.h"

namespace vnode {
namespace {

const std::vector<std::string>& document_keys() {
  static const std::vector<std::string> keys = {"name",        "description", "parameters", "nodes",
                                                "connections", "outputs",     "editor"};
  return keys;
}

const std::vector<std::string>& parameter_keys() {
  static const std::vector<std::string> keys = {"type",    "default",  "description", "minimum",
                                                "maximum", "required", "options"};
  return keys;
}

/// The values of a parameter are texts as written where its type is one.
bool is_text_type(std::string_view type) {
  return type.empty() || type == "text" || type == "path" || type == "choice" || type == "string";
}

/// One of `parameters`: {type, default, ...}, or its default alone.
Value parameter_value(const FileLowering& file, YamlIndex said, const std::string& name) {
  if (!file.tree[said].is_map()) return Value(Dict{{"default", file.value(said, false)}});
  const YamlIndex type_at = file.tree.find(said, "type");
  const std::string_view type =
      type_at != kNoYaml && file.tree[type_at].is_scalar() ? file.tree.text(type_at) : std::string_view();
  Dict spec;
  const std::span<const YamlIndex> items = file.tree.items(said);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view key = file.tree.text(items[i]);
    const auto& known = parameter_keys();
    if (std::find(known.begin(), known.end(), key) == known.end())
      file.report_unknown_key(items[i], known, "parameter '" + name + "'");
    const bool is_text = key == "description" || key == "type" || (key == "default" && is_text_type(type));
    spec.set(Value(key), file.value(items[i + 1], is_text));
  }
  return Value(std::move(spec));
}

void add_parameters(const FileLowering& file, YamlIndex parameters, Dict& metadata, YamlPlaces& places) {
  if (parameters == kNoYaml || !file.expect_map(parameters, "'parameters'")) return;
  Dict all;
  const std::span<const YamlIndex> items = file.tree.items(parameters);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const Value name(file.tree.text(items[i]));
    places.workflow_parameters.emplace_back(name, file.at(items[i]));
    all.set(name, parameter_value(file, items[i + 1], std::string(name.as_text())));
  }
  metadata.set("parameters", Value(std::move(all)));
}

/// The top of a file; kNoYaml for what it has not.
struct FileParts {
  LevelParts level;
  YamlIndex name = kNoYaml;
  YamlIndex description = kNoYaml;
  YamlIndex parameters = kNoYaml;
};

std::optional<FileParts> find_parts(const FileLowering& file) {
  const YamlIndex root = file.tree.root();
  if (!file.tree[root].is_map()) {
    file.report({file.at(root), "wrong_type", "a workflow must be a map", "begin with 'nodes:'"});
    return std::nullopt;
  }
  FileParts parts;
  const std::span<const YamlIndex> items = file.tree.items(root);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::string_view key = file.tree.text(items[i]);
    const YamlIndex value = items[i + 1];
    if (key == "nodes") {
      parts.level.nodes = value;
    } else if (key == "connections") {
      parts.level.connections = value;
    } else if (key == "editor") {
      parts.level.editor = value;
    } else if (key == "outputs") {
      parts.level.outputs = value;
    } else if (key == "name") {
      parts.name = value;
    } else if (key == "description") {
      parts.description = value;
    } else if (key == "parameters") {
      parts.parameters = value;
    } else {
      file.report_unknown_key(items[i], document_keys(), "a workflow");
    }
  }
  return parts;
}

/// Somebody has written it, so `${name}` in it is meant; what `convert` has made has an `editor`, and texts
/// of other programs.
bool means_parameters(const FileLowering& file, const FileParts& parts) {
  return parts.parameters == kNoYaml && parts.level.editor == kNoYaml &&
         file.source->text().find("${") != std::string::npos;
}

/// What a document says of itself stands in its metadata.
void add_metadata(const FileLowering& file, const FileParts& parts, LoweredLevel& level) {
  Dict metadata;
  if (parts.name != kNoYaml) metadata.set("name", file.value(parts.name, true));
  if (parts.description != kNoYaml) metadata.set("description", file.value(parts.description, true));
  add_parameters(file, parts.parameters, metadata, *level.places);
  if (means_parameters(file, parts)) metadata.set("parameters", Value(Dict()));
  if (parts.level.outputs != kNoYaml) metadata.set("outputs", file.value(parts.level.outputs, true));
  if (const Value* found = level.document.find(std::string_view("metadata")); found && found->is_dict()) {
    for (const DictEntry& entry : found->as_entries()) {
      if (!metadata.find(entry.key)) metadata.set(entry.key, entry.value);
    }
  } else if (metadata.empty()) {
    return;
  }
  level.document.set("metadata", Value(std::move(metadata)));
}

void add_untold(Lowering& lowering) {
  lowering.problems.push_back(
      {.severity = Severity::kError,
       .code = "more_problems",
       .pointer = "",
       .message = "and " + std::to_string(lowering.untold) + " errors more, of which this is the last",
       .source = lowering.last_untold});
}

}  // namespace

LoweredLevel lower_used_file(FileLowering& file, const std::string& path) {
  std::optional<FileParts> parts = find_parts(file);
  if (!parts) return {{}, std::make_shared<YamlPlaces>(YamlPlaces{.source = file.source})};
  parts->level.takes_parameters = true;
  for (const UsedParameters::Entry& parameter : file.parameters->entries)
    parts->level.inputs.push_back(parameter.name);
  return LevelLowering(file, path).lower(parts->level);
}

YamlReading read_yaml_workflow(const std::string& file, std::string text, const Registry& registry,
                               const YamlReadingOptions& options) {
  YamlReading reading;
  Lowering lowering(registry, options);
  const std::string path = std::filesystem::path(file == "-" ? "stdin" : file).lexically_normal().string();
  lowering.root_folder = std::filesystem::path(path).parent_path().string();
  if (lowering.root_folder.empty()) lowering.root_folder = ".";
  lowering.files.push_back(path);
  auto source = std::make_shared<YamlSource>(file == "-" ? "standard input" : file, std::move(text));
  std::optional<YamlTree> tree = YamlTree::parse(*source, lowering.problems);
  if (tree) {
    FileLowering lowered(lowering, source, std::move(*tree));
    if (std::optional<FileParts> parts = find_parts(lowered)) {
      const YamlIndex outputs = std::exchange(parts->level.outputs, kNoYaml);  // of a run they are no nodes
      LoweredLevel level = LevelLowering(lowered, "").lower(parts->level);
      parts->level.outputs = outputs;
      add_metadata(lowered, *parts, level);
      reading.places = level.places;
      if (lowering.untold > 0) add_untold(lowering);
      if (!has_errors(lowering.problems)) reading.document = Value(std::move(level.document));
    }
  }
  reading.problems = std::move(lowering.problems);
  return reading;
}

}  // namespace vnode
