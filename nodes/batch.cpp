#include "nodes/batch.h"

#include "nodes/native_nodes.h"

namespace vnode {

void add_batch_nodes(NodeLibrary& library) {
  add_path_nodes(library);
  add_file_query_nodes(library);
  add_frame_nodes(library);
  add_json_nodes(library);
  add_list_nodes(library);
  add_time_nodes(library);
}

}  // namespace vnode
