#pragma once

#include "node/node_type.h"

/// The node types written in C++, one function a category. Thread rule: none of them keeps state outside the
/// library that it is given.
namespace vnode {

void add_math_nodes(NodeLibrary& library);
void add_text_nodes(NodeLibrary& library);
void add_logic_nodes(NodeLibrary& library);
void add_data_nodes(NodeLibrary& library);
void add_dictionary_nodes(NodeLibrary& library);
void add_variable_nodes(NodeLibrary& library);
void add_flow_nodes(NodeLibrary& library);
void add_loop_nodes(NodeLibrary& library);
void add_timed_loop_nodes(NodeLibrary& library);
void add_parallel_map_nodes(NodeLibrary& library);
void add_general_nodes(NodeLibrary& library);
void add_group_nodes(NodeLibrary& library);
void add_file_nodes(NodeLibrary& library);
void add_http_nodes(NodeLibrary& library);
void add_batch_nodes(NodeLibrary& library);

/// All of the above, in that order.
void add_native_nodes(NodeLibrary& library);

}  // namespace vnode
