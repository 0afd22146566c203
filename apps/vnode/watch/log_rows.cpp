#include "apps/vnode/watch/log_rows.h"

#include <algorithm>

#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/time_text.h"

namespace vnode {
namespace {

constexpr std::size_t kRowWordWidth = 9;
constexpr std::size_t kTimeFrom = 40;  // columns of the screen
constexpr std::size_t kMillisecondsFrom = 100;
constexpr std::size_t kSecondsLength = 8;  // "14:03:05"

std::string filled_up(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

std::string log_row(const LogEntry& entry, std::size_t pan, RowStyle style) {
  std::string time;
  if (style.columns >= kTimeFrom) {
    time = local_clock_text(entry.time);
    if (style.columns < kMillisecondsFrom) time.resize(kSecondsLength);
    time += ' ';
  }
  if (entry.word.empty()) time.assign(time.size(), ' ');
  const std::string level =
      filled_up(harmless_line(entry.word) + (entry.word.empty() ? "" : " "), kRowWordWidth);
  const std::size_t head = std::min(time.size() + level.size(), style.columns);
  const bool names_node = !entry.word.empty() && !entry.source.empty();
  const std::string text = harmless_line((names_node ? entry.source + ": " : std::string()) + entry.text);
  const std::string shown = cut_to_width(from_column(text, pan), style.columns - head);
  const std::string_view mark = level_style(entry.level);
  if (!style.has_colour || time.size() + level.size() > style.columns)
    return cut_to_width(time + level + shown, style.columns);
  std::string row = time.empty() ? std::string() : std::string(kDim).append(time).append(kReset);
  row += mark.empty() ? level : std::string(mark).append(level).append(kReset);
  return row + shown;
}

}  // namespace vnode
