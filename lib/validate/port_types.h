#pragma once

#include <optional>
#include <string_view>

namespace vnode {

/// Why a wire between two ports can hardly be what its author meant.
struct Mismatch {
  const char* key;     ///< "/is_exec", "/from_port" or "/to_port": the part of the connection to look at
  const char* effect;  ///< what the wire does nevertheless
  const char* hint;
};

/// Only clear cases: control and data mixed up, lists or dicts where single values belong, lists for dicts.
/// Types are free text; an unknown one, like "any", goes with all data.
std::optional<Mismatch> find_mismatch(bool is_exec, std::string_view source, std::string_view target);

}  // namespace vnode
