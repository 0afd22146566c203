#pragma once

#include <string>
#include <string_view>

#include "model/value_ops.h"
#include "node/node_type.h"

/// The parts of `add_batch_nodes`: nodes of our own that batch jobs need.
namespace vnode {

/// The text of an input; None is an empty one.
inline std::string text_input(const NodeCall& call, std::string_view port) {
  const Value& value = call.input(port);
  return value.is_none() ? std::string() : to_text(value);
}

void add_path_nodes(NodeLibrary& library);
void add_file_query_nodes(NodeLibrary& library);
void add_frame_nodes(NodeLibrary& library);
void add_json_nodes(NodeLibrary& library);
void add_list_nodes(NodeLibrary& library);
void add_time_nodes(NodeLibrary& library);

}  // namespace vnode
