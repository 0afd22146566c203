#include "apps/vnode/show/run_log.h"

#include <algorithm>
#include <utility>

#include "apps/vnode/show/run_progress.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/time_text.h"
#include "base/duration_text.h"

namespace vnode {
namespace {

constexpr std::size_t kEntryWordWidth = 9;

struct EntryOf {
  const Event& event;

  LogEntry make(LogLevel level, std::string_view word, std::string text) const {
    LogEntry entry{event.time, level, std::string(word), {}, std::move(text)};
    if (event.node) entry.source = node_label(*event.node);
    return entry;
  }

  std::optional<LogEntry> operator()(const ExecutionStarted& started) const {
    std::string text = std::string(started.name) + ", " + std::to_string(started.nodes) +
                       (started.nodes == 1 ? " node" : " nodes");
    if (started.attempt > 1) text += ", attempt " + std::to_string(started.attempt);
    return make(LogLevel::kInfo, "started", std::move(text));
  }
  std::optional<LogEntry> operator()(const NodeLog& log) const {
    return make(log.level, log.stream.empty() ? level_name(log.level) : log.stream, std::string(log.message));
  }
  std::optional<LogEntry> operator()(const NodeError& error) const {
    std::string text(error.message);
    if (!error.detail.empty()) text.append("\n").append(error.detail);
    return error.is_handled ? make(LogLevel::kWarning, "handled", std::move(text))
                            : make(LogLevel::kError, "error", std::move(text));
  }
  std::optional<LogEntry> operator()(const NodeWaiting& waiting) const {
    if (waiting.what != WaitFor::kRetry) return std::nullopt;
    return make(LogLevel::kWarning, word(waiting.what),
                "again in " + duration_text(waiting.time.value_or(Duration())));
  }
  /// Of the others the error was told, or that they are done is no news.
  std::optional<LogEntry> operator()(const NodeFinished& finished) const {
    if (finished.status != NodeStatus::kSkipped) return std::nullopt;
    return make(LogLevel::kWarning, word(finished.status), std::string(finished.cause));
  }
  std::optional<LogEntry> operator()(const ExecutionPaused& paused) const {
    return make(LogLevel::kWarning, "paused",
                paused.stops_processes ? "no node starts, processes are stopped" : "no node starts");
  }
  std::optional<LogEntry> operator()(const ExecutionUnpaused& unpaused) const {
    return make(LogLevel::kWarning, "unpaused", "after " + duration_text(unpaused.duration));
  }
  std::optional<LogEntry> operator()(const StreamGap& gap) const {
    return make(LogLevel::kWarning, "gap",
                "events " + std::to_string(gap.from) + " to " + std::to_string(gap.to) + " are missing");
  }
  std::optional<LogEntry> operator()(const ExecutionFinished& finished) const {
    std::string text = "after " + duration_text(finished.duration);
    if (!finished.error.empty()) text.append(": ").append(finished.error);
    return make(finished.success() ? LogLevel::kSuccess : LogLevel::kError, word(finished.status),
                std::move(text));
  }
  template <class Other>
  std::optional<LogEntry> operator()(const Other&) const {
    return std::nullopt;
  }
};

}  // namespace

std::optional<LogEntry> log_entry(const Event& event) { return std::visit(EntryOf{event}, event.body); }

LogPrinter::LogPrinter(WallTime now, bool has_colour) : has_colour_(has_colour), day_(local_day_text(now)) {}

std::string LogPrinter::print(const LogEntry& entry) {
  const auto styled = [this](std::string_view style, const std::string& text) {
    return has_colour_ && !style.empty() ? std::string(style).append(text).append(kReset) : text;
  };
  std::string out;
  if (std::string day = local_day_text(entry.time); day != day_) {
    day_ = std::move(day);
    out += styled(kDim, "-- " + day_ + " --") + "\n";
  }
  std::string word = harmless_line(entry.word);
  word.resize(std::max(word.size() + 1, kEntryWordWidth), ' ');
  const std::string time = local_clock_text(entry.time);
  std::string head = styled(kDim, time) + " " + styled(level_style(entry.level), word);
  if (!entry.source.empty()) head += styled(kBold, harmless_line(entry.source)) + ": ";
  const std::string text = harmless_lines(entry.text);
  for (std::size_t at = 0, line = 0; line == 0 || at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += line == 0 ? head : std::string(time.size() + 1 + kEntryWordWidth, ' ');
    out.append(text, at, end - at) += '\n';
    at = end + 1;
  }
  return out;
}

std::string_view level_style(LogLevel level) {
  switch (level) {
    case LogLevel::kSuccess:
      return kGreen;
    case LogLevel::kWarning:
      return kYellow;
    case LogLevel::kError:
      return kRed;
    default:
      return kPlain;
  }
}

}  // namespace vnode
