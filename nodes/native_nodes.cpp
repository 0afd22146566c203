#include "nodes/native_nodes.h"

namespace vnode {

void add_native_nodes(NodeLibrary& library) {
  add_math_nodes(library);
  add_text_nodes(library);
  add_logic_nodes(library);
  add_data_nodes(library);
  add_dictionary_nodes(library);
  add_variable_nodes(library);
  add_flow_nodes(library);
  add_loop_nodes(library);
  add_timed_loop_nodes(library);
  add_parallel_map_nodes(library);
  add_general_nodes(library);
  add_group_nodes(library);
  add_file_nodes(library);
  add_http_nodes(library);
  add_batch_nodes(library);
}

}  // namespace vnode
