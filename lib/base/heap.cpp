#include "base/heap.h"

#include <malloc.h>

namespace vnode {

void give_back_heap() { ::malloc_trim(0); }

}  // namespace vnode
