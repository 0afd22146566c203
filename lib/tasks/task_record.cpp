#include "tasks/task_record.h"

namespace vnode {

TaskStatus TaskRecord::status() const {
  if (const EndedTask* end = ended()) return end->status;
  return running() ? TaskStatus::kRunning : TaskStatus::kPending;
}

}  // namespace vnode
