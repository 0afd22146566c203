#include "tasks/task_record.h"

#include "base/utc_time.h"

namespace vnode {

std::string pause_text(const TaskPause& pause) {
  std::string time = time_text(pause.since).substr(0, kSecondTextSize);
  time[time.find('T')] = ' ';
  return "paused since " + time + " UTC" +
         (pause.how == RunPause::kStop ? ", with its processes stopped" : "");
}

RunStatus TaskRecord::status() const {
  if (const EndedTask* end = ended()) return end->status;
  return running() ? RunStatus::kRunning : RunStatus::kPending;
}

}  // namespace vnode
