#pragma once

namespace vnode {

/// Gives back to the system what the heap keeps of freed memory, of all threads. For after something large:
/// it takes some milliseconds. Any thread.
void give_back_heap();

}  // namespace vnode
