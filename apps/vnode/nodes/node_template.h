#pragma once

#include <string>

namespace vnode {

/// The text of a definition in Python that explains itself, runs as it is, and waits to be changed.
std::string python_node_template(const std::string& node_id);

/// The same of a definition with a command.
std::string command_node_template(const std::string& node_id);

}  // namespace vnode
