#pragma once

#include <string>

#include "base/error.h"

namespace vnode {

/// What `vnode nodes new` was asked for.
struct NewNode {
  std::string node_id;
  std::string folder = ".";
  bool is_python = false;
  bool is_command = false;
};

/// Writes a definition to start from, and returns its path. Nothing is ever overwritten.
/// Errors: kUsage for an id that is none, or a file that is there; kIo.
Result<std::string> write_new_node(const NewNode& node);

/// How to try it out, for people.
std::string new_node_advice(const NewNode& node);

}  // namespace vnode
