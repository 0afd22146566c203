#include "tasks/task_record.h"

namespace vnode {

RunStatus TaskRecord::status() const {
  if (const EndedTask* end = ended()) return end->status;
  return running() ? RunStatus::kRunning : RunStatus::kPending;
}

}  // namespace vnode
