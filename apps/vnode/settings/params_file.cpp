#include "apps/vnode/settings/params_file.h"

#include "apps/vnode/settings/yaml_value.h"
#include "base/text_file.h"
#include "model/json_reader.h"

namespace vnode {
namespace {

Error not_parameters(const std::string& path, std::string message) {
  return {ErrorCode::kBadDocument,
          std::move(message) + "; expected {node: {port: value}} or {name: value}",
          {.file = path}};
}

}  // namespace

Result<std::vector<Override>> read_params_file(const std::string& path) {
  Result<TextFile> file = read_text_file(path);
  if (!file) return file.error();
  Result<Value> document = path.ends_with(".json") ? parse_json(file->text) : parse_yaml(file->text);
  if (!document) {
    Error error = document.error();
    error.place.file = path;
    return error;
  }
  std::vector<Override> overrides;
  if (document->is_none()) return overrides;
  if (!document->is_dict()) return not_parameters(path, "not a mapping");
  for (const Dict::Entry& node : document->as_dict()) {
    if (!node.key.is_text()) return not_parameters(path, "a node is not a text");
    if (!node.value.is_dict()) {
      // Only parameters of the workflow are called by one word, and none of them is a mapping.
      if (node.key.as_text().find('.') != std::string_view::npos)
        return not_parameters(path, "'" + std::string(node.key.as_text()) + "' is not a mapping");
      overrides.push_back({std::string(node.key.as_text()), std::nullopt, node.value});
      continue;
    }
    for (const Dict::Entry& port : node.value.as_dict()) {
      if (!port.key.is_text()) return not_parameters(path, "a port is not a text");
      overrides.push_back({std::string(node.key.as_text()), std::string(port.key.as_text()), port.value});
    }
  }
  return overrides;
}

Result<Override> parse_parameter(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Error{ErrorCode::kUsage, "-p '" + text + "': write NAME=VALUE or NODE.PORT=VALUE"};
  }
  return Override{text.substr(0, equals), std::nullopt, text.substr(equals + 1)};
}

Result<std::vector<Override>> read_parameters(const std::string& file,
                                              const std::vector<std::string>& texts) {
  std::vector<Override> overrides;
  if (!file.empty()) {
    Result<std::vector<Override>> read = read_params_file(file);
    if (!read) return read.error();
    overrides = std::move(*read);
  }
  for (const std::string& text : texts) {
    Result<Override> parsed = parse_parameter(text);
    if (!parsed) return parsed.error();
    overrides.push_back(std::move(*parsed));
  }
  return overrides;
}

}  // namespace vnode
