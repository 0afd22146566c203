#include "apps/vnode/local/last_line.h"

namespace vnode {

void LastLine::on_event(const Event& event) {
  const auto* finished = std::get_if<ExecutionFinished>(&event.body);
  if (!finished) return sink_.on_event(event);
  const std::lock_guard lock(mutex_);
  if (exit_code_) return;
  exit_code_ = finished->exit_code;
  sink_.on_event(event);
}

int LastLine::cut_off(int exit_code, const std::function<void()>& tell) {
  const std::lock_guard lock(mutex_);
  if (!exit_code_) {
    exit_code_ = exit_code;
    tell();
  }
  return *exit_code_;
}

std::optional<int> LastLine::exit_code() const {
  const std::lock_guard lock(mutex_);
  return exit_code_;
}

}  // namespace vnode
