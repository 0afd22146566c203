#include "apps/vnode/show/progress_line.h"

#include <algorithm>

#include "apps/vnode/terminal/progress_text.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/duration_text.h"

namespace vnode {
namespace {

/// Before that a rate says nothing.
constexpr auto kLeastTime = std::chrono::seconds(1);

}  // namespace

std::string progress_text(const RunProgress& progress, std::optional<Duration> elapsed, bool is_over) {
  const std::size_t total = progress.total();
  std::string text =
      std::to_string(std::min(progress.ended(), total)) + "/" + std::to_string(total) + " nodes";
  if (progress.running() > 0) text += ", " + std::to_string(progress.running()) + " running";
  if (progress.failed() > 0) text += ", " + std::to_string(progress.failed()) + " failed";
  if (!elapsed) return text;
  text += ", " + duration_text(*elapsed);
  if (*elapsed < kLeastTime) return text;
  const double seconds = std::chrono::duration<double>(*elapsed).count();
  if (progress.executions() > 1)
    text += ", " + rate_text(static_cast<double>(progress.executions()) / seconds, "nodes");
  if (const auto left = progress.seconds_left(*elapsed); left && !is_over)
    text += ", ~" + time_left_text(*left) + " left";
  return text;
}

std::string progress_line(const RunProgress& progress, std::optional<Duration> elapsed,
                          const ProgressLineStyle& style) {
  constexpr std::size_t kWidest = 42;
  constexpr std::size_t kNarrowest = 3;
  const std::size_t columns = style.columns;
  const std::size_t width = std::min(columns / 4, kWidest);
  const std::string note = style.note.empty() ? std::string() : std::string(style.note) + ", ";
  std::string text = note + progress_text(progress, elapsed, style.is_over);
  // A hint that is cut off is none.
  if (!style.hint.empty() && width + text.size() + 3 + style.hint.size() <= columns)
    text.append("  ").append(style.hint);
  if (width < kNarrowest) return cut_to_width(text, columns);
  constexpr std::size_t kAll = 1000;
  const auto done = static_cast<std::size_t>(progress.fraction() * static_cast<double>(kAll));
  const std::string bar = progress_bar(done, kAll, width);
  const std::string shown = cut_to_width(" " + text, columns - width);
  if (!style.has_colour) return bar + shown;
  return std::string(progress.failed() > 0 ? kRed : kGreen).append(bar).append(kReset).append(shown);
}

}  // namespace vnode
