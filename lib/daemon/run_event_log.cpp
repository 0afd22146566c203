#include "daemon/run_event_log.h"

#include <chrono>
#include <filesystem>
#include <system_error>

#include "daemon/delayed_flush.h"
#include "store/event_line.h"

namespace vnode {

EventFileEnd find_event_file_end(const std::string& path) {
  if (Result<EventFileEnd> inspected = inspect_event_file(path); inspected) return std::move(*inspected);
  EventFileEnd end;
  std::error_code ignored;  // shows when the file is opened
  const std::uintmax_t size = std::filesystem::file_size(path, ignored);
  if (!ignored) end.size = size;
  return end;
}

RunEventLog::RunEventLog(std::string path, const std::string& run_id, EventFileEnd end, EventLimits limits,
                         std::function<void()> on_grown)
    : path_(path),
      run_id_(run_id),
      on_grown_(std::move(on_grown)),
      formatter_(limits.value_bytes),
      file_(std::move(path), run_id, std::move(end), limits.file_bytes) {}

RunEventLog::~RunEventLog() {
  if (is_closed_) file_.give_up();
}

void RunEventLog::set_flusher(DelayedFlush* flusher, std::weak_ptr<RunEventLog> self) {
  flusher_ = flusher;
  self_ = std::move(self);
}

void RunEventLog::on_event(const Event& event) {
  std::unique_lock lock(mutex_);
  tally_.apply(event);
  if (std::holds_alternative<ExecutionFinished>(event.body)) {
    end_ = End{};
    end_->seq = event.seq;
    formatter_.append_line(end_->line, event);
    return;
  }
  line_.clear();
  formatter_.append_line(line_, event);
  file_.append(line_, event.seq);
  const bool asks = flusher_ && !is_waiting_;
  is_waiting_ = is_waiting_ || asks;
  lock.unlock();
  if (asks) flusher_->ask(self_);
}

void RunEventLog::go_on_behind(std::uint64_t seq) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t there = file_.last_seq();
  if (seq <= there) return;
  file_.append(stream_gap_line(run_id_, there + 1, seq, std::chrono::system_clock::now()), seq);
}

void RunEventLog::hold_all() {
  const std::lock_guard lock(mutex_);
  held_back_ = file_.published();
}

void RunEventLog::flush() {
  std::unique_lock lock(mutex_);
  is_waiting_ = false;
  if (!is_closed_) file_.flush();
  const std::uint64_t size = file_.published();
  const bool grew = std::exchange(told_size_, size) != size;
  lock.unlock();
  if (grew) tell_growth();
}

bool RunEventLog::has_end() const {
  const std::lock_guard lock(mutex_);
  return end_.has_value();
}

void RunEventLog::append_end() {
  const std::lock_guard lock(mutex_);
  if (!end_ || is_closed_) return;
  if (!held_back_) {
    file_.flush();
    held_back_ = file_.published();
  }
  file_.append_last(end_->line, end_->seq);
  end_.reset();
  is_closed_ = true;
  file_.close();
}

void RunEventLog::drop_end() {
  const std::lock_guard lock(mutex_);
  end_.reset();
  is_closed_ = true;
  file_.close();
  file_.give_up();
}

void RunEventLog::tell_growth() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_growth_told_, true)) return;
  }
  on_grown_();
}

std::uint64_t RunEventLog::visible() {
  const std::lock_guard lock(mutex_);
  is_growth_told_ = false;
  const std::uint64_t size = file_.published();
  return held_back_ && !is_released_ ? std::min(*held_back_, size) : size;
}

void RunEventLog::release() {
  const std::lock_guard lock(mutex_);
  is_released_ = true;
  // The store can be written again, so perhaps this can, too.
  if (is_closed_ && file_.error()) file_.close();
}

std::uint64_t RunEventLog::size() const {
  const std::lock_guard lock(mutex_);
  return file_.published();
}

RunTally::Counts RunEventLog::tally() const {
  const std::lock_guard lock(mutex_);
  return tally_.counts();
}

std::uint64_t RunEventLog::last_seq() const {
  const std::lock_guard lock(mutex_);
  return file_.last_seq();
}

std::uint64_t RunEventLog::beyond_limit() const {
  const std::lock_guard lock(mutex_);
  return file_.beyond_limit();
}

std::optional<Error> RunEventLog::error() const {
  const std::lock_guard lock(mutex_);
  return file_.error();
}

}  // namespace vnode
