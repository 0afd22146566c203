#include "apps/vnode/watch/run_detail.h"

#include <algorithm>

namespace vnode {
namespace {

/// Nobody reads more of one line on a screen.
constexpr std::size_t kLongestLine = 2000;

}  // namespace

void RunDetail::apply(const Event& event) {
  if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) {
    progress_ = RunProgress();  // another attempt begins anew
    name_ = started->name.empty() ? "run" : std::string(started->name);
    end_.reset();
    is_paused_ = false;
  } else if (const auto* finished = std::get_if<ExecutionFinished>(&event.body)) {
    end_ = finished->status;
    duration_ = finished->duration;
  } else if (std::holds_alternative<ExecutionPaused>(event.body)) {
    is_paused_ = true;
  } else if (std::holds_alternative<ExecutionUnpaused>(event.body)) {
    is_paused_ = false;
  }
  progress_.apply(event);
  if (std::optional<LogEntry> entry = log_entry(event)) add_lines(std::move(*entry));
}

std::optional<Duration> RunDetail::elapsed(WallTime now) const {
  if (end_) return duration_;
  if (!has_begun()) return std::nullopt;
  return std::max<Duration>(now - progress_.started_at(), Duration(0));
}

void RunDetail::add_lines(LogEntry entry) {
  const std::string text = std::move(entry.text);
  for (std::size_t at = 0, line = 0; line == 0 || at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    entry.text = text.substr(at, std::min(end - at, kLongestLine));
    log_.push_back(entry);
    entry.word.clear();
    at = end + 1;
  }
  while (log_.size() > kKeptLines) {
    log_.pop_front();
    ++forgotten_;
  }
}

}  // namespace vnode
