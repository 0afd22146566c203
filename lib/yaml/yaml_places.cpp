#include "yaml/yaml_places.h"

#include <charconv>
#include <string>

namespace vnode {
namespace {

/// Takes the first token off a pointer; nullopt at its end.
std::optional<std::string> take_token(std::string_view& pointer) {
  if (!pointer.starts_with('/')) return std::nullopt;
  pointer.remove_prefix(1);
  const std::size_t size = std::min(pointer.find('/'), pointer.size());
  std::string token;
  for (std::size_t i = 0; i < size; ++i) {
    if (pointer[i] == '~' && i + 1 < size) {
      token += pointer[++i] == '1' ? '/' : '~';
    } else {
      token += pointer[i];
    }
  }
  pointer.remove_prefix(size);
  return token;
}

std::optional<std::size_t> take_index(std::string_view& pointer) {
  const std::optional<std::string> token = take_token(pointer);
  std::size_t index = 0;
  if (!token || token->empty()) return std::nullopt;
  const char* end = token->data() + token->size();
  const auto parsed = std::from_chars(token->data(), end, index);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(index) : std::nullopt;
}

std::optional<std::uint32_t> find_named(const std::vector<std::pair<Value, std::uint32_t>>& places,
                                        std::string_view name) {
  for (const auto& [key, at] : places) {
    if (key.is_text() && key.as_text() == name) return at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<SourcePlace> YamlPlaces::find(std::string_view pointer) const {
  const std::optional<std::string> part = take_token(pointer);
  if (!part) return std::nullopt;
  if (*part == "metadata") {
    take_token(pointer);
    const std::optional<std::string> name = take_token(pointer);
    const auto at = name ? find_named(workflow_parameters, *name) : std::nullopt;
    return at ? std::optional(source->place_of(*at)) : std::nullopt;
  }
  const std::optional<std::size_t> index = take_index(pointer);
  if (!index) return std::nullopt;
  if (*part == "connections" && *index < connections.size()) return source->place_of(connections[*index]);
  if (*part != "nodes" || *index >= nodes.size()) return std::nullopt;
  const Node& node = nodes[*index];
  if (const auto member = take_token(pointer); member && *member == "parameters") {
    const std::optional<std::string> name = take_token(pointer);
    if (name && *name == "__workflow__" && node.group) {
      if (auto inner = node.group->find(pointer)) return inner;
    }
    if (const auto at = name ? find_named(node.parameters, *name) : std::nullopt)
      return source->place_of(*at);
  }
  return source->place_of(node.at);
}

void YamlPlaces::add_to(Problems& problems) const {
  for (Problem& problem : problems) {
    if (problem.source.line != 0) continue;
    if (std::optional<SourcePlace> place = find(problem.pointer)) problem.source = std::move(*place);
  }
}

}  // namespace vnode
