#include "registry/definition_loader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "base/text_file.h"
#include "model/json_reader.h"
#include "model/lenient.h"
#include "model/value_ops.h"
#include "registry/definition_files.h"
#include "registry/definition_limits.h"
#include "registry/definition_reader.h"

namespace vnode {
namespace {

/// Real definitions have a few kilobytes; a larger file is something else that ended up in the folder.
constexpr std::uintmax_t kMaxFileSize = 16 * 1024 * 1024;

/// Why the file should not even be opened (reading a pipe or a device would never end); empty when it is
/// fine.
std::string find_obstacle(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return error ? error.message() : "the link leads nowhere";
  if (!std::filesystem::is_regular_file(status)) return "this is not a regular file";
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > kMaxFileSize) {
    return "the file has " + std::to_string(size) + " bytes; a node definition may have " +
           std::to_string(kMaxFileSize);
  }
  return {};
}

std::string id_in(const Value& document) {
  if (!document.is_dict()) return {};
  const Dict keys = document.as_dict();
  const Value* id = keys.find(std::string_view("node_id"));
  return id && id->is_text() ? std::string(id->as_text()) : std::string();
}

bool flag_in(const Value& document, std::string_view key) {
  const Dict keys = document.as_dict();
  const Value* flag = keys.find(key);
  return flag && lenient_bool(*flag).value_or(false);
}

/// The id that a file which cannot be read was probably to define: what stands behind "node_id" in it, in any
/// encoding of ASCII characters, else the file's name. So that who misses the node hears of the file.
std::string guess_id(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  std::erase(text, '\0');  // as UTF-16 has them
  constexpr std::string_view kKey = "\"node_id\"";
  constexpr std::string_view kBetween = " \t\r\n:";
  const std::size_t key = text.find(kKey);
  const std::size_t open =
      key == std::string::npos ? key : text.find_first_not_of(kBetween, key + kKey.size());
  const std::size_t close = open == std::string::npos ? open : text.find_first_of("\"\n", open + 1);
  if (close == std::string::npos || text[open] != '"' || text[close] != '"')
    return std::filesystem::path(path).stem().string();
  const std::string id = text.substr(open + 1, close - open - 1);
  return find_invalid_utf8(id) == std::string::npos ? id : std::filesystem::path(path).stem().string();
}

std::string describe_without_file(const Error& error) {
  return error.place.pointer.empty() ? error.message : error.message + " (at " + error.place.pointer + ")";
}

/// A folder may have files of several systems: what is UTF-8 is so, whatever the encoding of the others.
Result<TextFile> read_definition_text(const std::string& path, const std::string& encoding) {
  Result<TextFile> file = read_text_file(path);
  const bool is_plain = file ? file->warning.empty() : file.error().code != ErrorCode::kBadText;
  return is_plain || encoding.empty() ? std::move(file) : read_text_file(path, encoding);
}

/// Reads files one by one into a registry.
class Loader {
 public:
  Loader(Registry& registry, const DefinitionUse& use) : registry_(registry), use_(use) {}

  void load(const std::string& path) {
    const std::string obstacle = find_obstacle(path);
    if (!obstacle.empty()) return reject(path, "", obstacle);
    const Result<TextFile> file = read_definition_text(path, use_.encoding);
    if (!file) return reject(path, guess_id(path), file.error().message);
    const Result<Value> document = parse_json(file->text);
    if (!document) return reject(path, guess_id(path), "not JSON: " + document.error().message);

    const std::string id = id_in(*document);
    Result<NodeDefinition> definition = read_definition_document(*document);
    if (!definition) {
      return reject(path, id, describe_without_file(definition.error()), definition.error().place.pointer);
    }
    if (definition->python_code.empty() && !definition->command) {
      return reject(path, id, "'python_code' is empty; it must define register_node or execute");
    }
    if (!file->warning.empty()) registry_.add_note({LoadNote::Kind::kWarning, path, id, file->warning});
    add(path, std::move(definition).value());
  }

 private:
  void add(const std::string& path, NodeDefinition definition) {
    if (is_native_preferred(definition.node_id)) {
      registry_.add_note(
          {LoadNote::Kind::kReplaced, path, definition.node_id, "the native node of that id is used"});
      return;
    }
    auto type = std::make_shared<NodeType>();
    type->definition = std::move(definition);
    registry_.forget_broken_definition(type->definition.node_id);
    type->origin = path;
    const bool is_command = type->definition.command != nullptr;
    type->runtime = is_command ? use_.commands : use_.runtime;
    type->blocking = flag_in(type->definition.document, "blocking");
    type->probably_has_hook = type->definition.python_code.find("on_parameter_changed") != std::string::npos;
    if (!type->runtime) {
      type->unusable = "its definition (" + path + ") needs a " +
                       (is_command ? "runtime for commands" : "Python runtime") + ", and there is none here";
    }
    Problems problems;
    type->limits = definition_limits(type->definition.document, problems);
    if (!problems.empty()) {
      type->unusable = "its definition (" + path + ") cannot be applied: " + problems.front().message +
                       " (at " + problems.front().pointer + ")";
    }
    const NodeTypePtr replaced = registry_.add(type);
    if (!replaced || replaced->origin == path) return;  // new, or read again
    const std::string earlier =
        replaced->origin == "native" ? "the native node of that id" : replaced->origin;
    registry_.add_note({LoadNote::Kind::kReplaced, path, type->definition.node_id, "replaces " + earlier});
  }

  void reject(const std::string& path, const std::string& id, const std::string& message,
              const std::string& pointer = {}) {
    registry_.add_note({LoadNote::Kind::kBroken, path, id, message, pointer});
    if (is_native_preferred(id)) registry_.forget_broken_definition(id);
  }

  bool is_native_preferred(const std::string& id) const {
    const NodeTypePtr known = use_.prefer_native ? registry_.find(id) : nullptr;
    return known && known->origin == "native";
  }

  Registry& registry_;
  const DefinitionUse& use_;
};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

void append_list(std::vector<std::string>& folders, const char* variable) {
  const char* value = std::getenv(variable);
  if (!value) return;
  std::string_view rest = value;
  for (;;) {
    const std::size_t end = rest.find(':');
    const std::string_view folder = trim(rest.substr(0, end));
    if (!folder.empty()) folders.emplace_back(folder);
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

void load_definitions(Registry& registry, const std::string& folder, const DefinitionUse& use) {
  const DefinitionFiles files = find_definition_files(folder);
  for (const auto& [path, reason] : files.obstacles) {
    registry.add_note({LoadNote::Kind::kFolder, path, "", reason});
  }
  Loader loader(registry, use);
  const std::string prefix = folder.ends_with('/') ? folder : folder + "/";
  for (const std::string& file : files.relative_paths) loader.load(prefix + file);
}

void load_definition(Registry& registry, const std::string& path, const DefinitionUse& use) {
  Loader(registry, use).load(path);
}

std::vector<std::string> definition_search_path(const std::string& bundled,
                                                const std::vector<std::string>& flags) {
  std::vector<std::string> folders;
  if (!bundled.empty()) folders.push_back(bundled);
  append_list(folders, "v_nodes_dir");
  append_list(folders, "VNODE_PATH");
  for (const std::string& folder : flags) {
    if (!folder.empty()) folders.push_back(folder);
  }
  return folders;
}

}  // namespace vnode
