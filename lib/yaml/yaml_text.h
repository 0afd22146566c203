#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "model/value.h"

/// Values as YAML text for people: short lists and maps on one line, texts of several lines as blocks, quotes
/// only where they are needed. Reading it back by the core schema gives the same values.
namespace vnode {

/// Whether a text would be something else without quotes, beside what the core schema says: a wire.
using NeedsQuotes = std::function<bool(std::string_view)>;

/// How values are written.
struct YamlStyle {
  NeedsQuotes needs_quotes = nullptr;
};

/// A scalar or a key on one line.
void append_yaml_text(std::string& out, std::string_view text, const YamlStyle& style = {});
void append_yaml_key(std::string& out, std::string_view key);

/// What stands behind `key:`, with the space or the line break before it; ends with a line break. `indent`:
/// of the key.
void append_yaml_value(std::string& out, const Value& value, std::size_t indent, const YamlStyle& style = {});

/// A list or map on one line, whatever its size.
void append_yaml_flow(std::string& out, const Value& value, const YamlStyle& style = {});

/// False for what YAML, or yaml-cpp, cannot say: values that nest too deep, keys that are too long or no
/// texts.
bool is_yaml_value(const Value& value);

/// The longest key that yaml-cpp reads without '?'.
inline constexpr std::size_t kLongestYamlKey = 900;

}  // namespace vnode
