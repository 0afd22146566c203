#include "command/command_process.h"

namespace vnode {

void CommandNews::post(Item item) {
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    items_.push_back(std::move(item));
  }
  wake_();
}

void CommandNews::close() {
  std::vector<Item> dropped;  // beyond the lock: it may be the last that holds a process
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  dropped.swap(items_);
}

std::vector<CommandNews::Item> CommandNews::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(items_, {});
}

void CommandProcess::on_output(OutputStream stream, std::string_view bytes) {
  output_.add(stream, bytes, std::chrono::steady_clock::now());
  std::vector<CommandReport> reports = output_.take_reports();
  if (!reports.empty()) news_->post({shared_from_this(), std::move(reports)});
}

void CommandProcess::on_end(const ProcessEnd& end) {
  end_ = end;
  output_.finish();
  news_->post({shared_from_this(), output_.take_reports(), true});
}

}  // namespace vnode
