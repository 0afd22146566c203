#pragma once

#include <cstddef>
#include <string_view>

namespace vnode {

/// The line (from 1) of the value that a JSON pointer names in a JSON text, or of the innermost one around it
/// that is there. The text may be broken behind that place.
std::size_t line_of_pointer(std::string_view json, std::string_view pointer);

/// The line where a workflow file, JSON or YAML, has a node: by its instance id, or by its name, which in
/// YAML is its key. 0 when it is not to be found. A search in the text, for messages; costs nothing
/// beforehand.
std::size_t line_of_node(std::string_view text, std::string_view instance_id, std::string_view name);

}  // namespace vnode
