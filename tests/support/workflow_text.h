#pragma once

#include <string>
#include <string_view>

namespace vnode::testing_support {

inline constexpr std::string_view kId = "11111111-1111-1111-1111-111111111111";
inline constexpr std::string_view kOtherId = "22222222-2222-2222-2222-222222222222";

inline std::string entry_text(std::string required, const std::string& fields) {
  return "{" + (fields.empty() ? required : required + ", " + fields) + "}";
}

/// The JSON of a valid node with `fields` added; a field that is there already is replaced (the last one
/// wins).
inline std::string node_text(const std::string& fields) {
  return entry_text(
      "\"instance_id\": \"" + std::string(kId) + R"(", "node_id": "For Each", "position": [1, 2.5])", fields);
}

/// The same for a connection.
inline std::string wire_text(const std::string& fields) {
  return entry_text("\"from_node\": \"" + std::string(kId) + R"(", "from_port": "out", "to_node": ")" +
                        std::string(kOtherId) + R"(", "to_port": "in")",
                    fields);
}

}  // namespace vnode::testing_support
