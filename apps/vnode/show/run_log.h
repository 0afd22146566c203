#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "events/event.h"

namespace vnode {

/// What of a run's events people read: logs, failures, tries, beginning and end.
struct LogEntry {
  WallTime time;
  LogLevel level = LogLevel::kInfo;
  std::string word;    ///< what stands in the column of levels: "warning", "stdout", "skipped"
  std::string source;  ///< the node; empty: the run itself
  std::string text;    ///< may have several lines, and anything in them
};

/// nullopt for what only programs need.
std::optional<LogEntry> log_entry(const Event& event);

/// Entries as lines of text, harmless for terminals: "14:03:05.123 warning  render[3]: text", further lines
/// of a text below it, and a line with the date where it is another one than that of the entry before.
class LogPrinter {
 public:
  /// `now`: the day that is not told.
  LogPrinter(WallTime now, bool has_colour);

  /// With a line break at the end.
  std::string print(const LogEntry& entry);

 private:
  const bool has_colour_;
  std::string day_;
};

/// What a terminal is told before a text of that level; may be empty.
std::string_view level_style(LogLevel level);

}  // namespace vnode
