#include "apps/vnode/watch/run_rows.h"

#include <algorithm>

#include "apps/vnode/show/run_table.h"
#include "apps/vnode/terminal/progress_text.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/time_text.h"
#include "apps/vnode/watch/marked_table.h"

namespace vnode {
namespace {

constexpr std::size_t kShortWordsBelow = 40;
constexpr std::size_t kShortestWordsBelow = 24;
constexpr std::size_t kWideScreen = 120;

std::vector<TableColumn> watched_columns() {
  return {{.title = "ID"},
          {.title = "STATUS"},
          {.title = "DONE", .importance = 8, .hides_when_empty = true},
          {.title = "LEFT", .importance = 6, .hides_when_empty = true, .is_number = true},
          {.title = "TIME", .importance = 4},
          {.title = "WORKFLOW", .least = 12, .importance = 7},
          {.title = "QUEUE", .least = 7, .importance = 2},
          {.title = "PRIO", .importance = 1, .hides_when_empty = true, .is_number = true},
          {.title = "CREATED", .importance = 3},
          {.title = "DETAILS", .least = 16, .importance = 5, .hides_when_empty = true}};
}

/// Where there is room for little more than the id: beside that of a group for three letters.
std::string short_status(const std::string& status, std::size_t width) {
  const std::size_t length = width < kShortestWordsBelow ? 3 : 4;
  if (status == word(RunStatus::kRunning)) return "run";
  if (status == word(RunStatus::kPending)) return std::string("wait").substr(0, length);
  if (status == word(RunStatus::kCompleted)) return std::string("done").substr(0, length);
  return status.substr(0, length);
}

std::string done_text(const RunInfo& run, std::size_t width) {
  if (!run.is_running() || !run.progress || run.progress->nodes == 0) return {};
  constexpr std::size_t kAll = 1000;
  const auto done = static_cast<std::size_t>(std::clamp(run.progress->fraction, 0.0, 1.0) * kAll);
  const std::string percent = percent_text(done, kAll);
  if (width < 60) return percent;
  const std::size_t bar = width < kWideScreen ? 7 : 12;
  return progress_bar(done, kAll, bar) + " " + percent;
}

std::string left_text(const RunInfo& run, WallTime now) {
  const std::optional<double> left = seconds_left(run, now);
  return left ? "~" + time_left_text(*left) : std::string();
}

std::string_view style_of(const RunInfo& run) {
  if (run.paused_since) return kYellow;
  if (run.is_running() && run.progress && run.progress->failed > 0) return kRed;
  return status_style(run.status);
}

std::vector<TableCell> row_of(const RunInfo& run, WallTime now, std::size_t width) {
  const std::optional<double> duration = duration_of(run, now);
  return {{run.id},
          {width < kShortWordsBelow ? short_status(run.status, width) : run.status, style_of(run)},
          {done_text(run, width), run.progress && run.progress->failed > 0 ? kRed : kGreen},
          {left_text(run, now)},
          {duration ? short_duration_text(*duration) : std::string()},
          {short_workflow(run.workflow)},
          {run.queue},
          {run.priority == 0 ? std::string() : std::to_string(run.priority)},
          {run.created_at ? ago_text(*run.created_at, now) : std::string()},
          {details_with_attempt(run)}};
}

}  // namespace

std::vector<std::string> run_rows(std::span<const RunInfo* const> runs, std::size_t selected, WallTime now,
                                  RowStyle style) {
  std::vector<std::vector<TableCell>> rows;
  rows.reserve(runs.size());
  for (const RunInfo* run : runs) rows.push_back(row_of(*run, now, style.columns));
  return marked_table(watched_columns(), std::move(rows), selected, style);
}

}  // namespace vnode
