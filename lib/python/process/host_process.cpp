#include "python/process/host_process.h"

namespace vnode {

Result<std::unique_ptr<HostProcess>> HostProcess::start(const Interpreter& interpreter, FdWatcher& watcher,
                                                        Duration grace, const HostProgram& program,
                                                        const std::string& directory, int held) {
  Result<HostStart> start = make_host_start(interpreter, grace, program);
  if (!start) return start.error();
  std::unique_ptr<HostProcess> host(new HostProcess(interpreter, directory, watcher, grace, held));
  host->connection = std::move(start->connection);
  start->process.directory = directory;
  const auto on_exit = [news = host->news_](const ProcessEnd& end) {
    const std::lock_guard lock(news->mutex);
    news->exit = end;
    if (news->listener) news->listener();
  };
  const auto on_end = [news = host->news_](const ProcessEnd&) {
    const std::lock_guard lock(news->mutex);
    news->is_gone = true;
    if (news->listener) news->listener();
  };
  const Result<ProcessNumber> number = host->processes_.start(std::move(start->process), on_end, on_exit);
  if (!number) return number.error();
  host->number_ = *number;
  return host;
}

HostProcess::~HostProcess() {
  set_listener(nullptr);
  end();
}

void HostProcess::set_listener(std::function<void()> on_news) {
  const std::lock_guard lock(news_->mutex);
  news_->listener = std::move(on_news);
}

std::optional<ProcessEnd> HostProcess::exit() const {
  const std::lock_guard lock(news_->mutex);
  return news_->exit;
}

bool HostProcess::is_gone() const {
  const std::lock_guard lock(news_->mutex);
  return news_->is_gone;
}

}  // namespace vnode
