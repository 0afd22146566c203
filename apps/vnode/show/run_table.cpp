#include "apps/vnode/show/run_table.h"

#include "apps/vnode/terminal/fitted_table.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/time_text.h"

namespace vnode {
namespace {

std::vector<TableColumn> run_columns() {
  return {{.title = "ID"},
          {.title = "STATUS"},
          {.title = "QUEUE", .least = 7, .importance = 2},
          {.title = "PRIO", .importance = 1, .hides_when_empty = true, .is_number = true},
          {.title = "WORKFLOW", .least = 12, .importance = 6},
          {.title = "CREATED", .importance = 3},
          {.title = "TIME", .importance = 4},
          {.title = "DETAILS", .least = 16, .importance = 5, .hides_when_empty = true}};
}

std::vector<TableCell> row_of(const RunInfo& run, WallTime now) {
  const std::optional<double> duration = duration_of(run, now);
  return {{run.id},
          {run.status, run.paused_since ? kYellow : status_style(run.status)},
          {run.queue},
          {run.priority == 0 ? std::string() : std::to_string(run.priority)},
          {short_workflow(run.workflow)},
          {run.created_at ? ago_text(*run.created_at, now) : std::string()},
          {duration ? short_duration_text(*duration) : std::string()},
          {details_with_attempt(run)}};
}

}  // namespace

std::string short_workflow(const std::string& workflow) {
  const std::size_t slash = workflow.rfind('/');
  return slash == std::string::npos || slash + 1 == workflow.size() ? workflow : workflow.substr(slash + 1);
}

std::string details_with_attempt(const RunInfo& run) {
  const std::string details = details_of(run);
  const std::string attempt = "attempt " + std::to_string(run.attempt);
  // Between two attempts the details say which one it waits for, or was cancelled before.
  if (run.attempt == 1 || details.starts_with(attempt + " ") || details.ends_with("before " + attempt))
    return details;
  return attempt + (details.empty() ? "" : ", ") + details;
}

std::vector<std::string> run_table(const std::vector<RunInfo>& runs, WallTime now, std::size_t width,
                                   bool has_colour) {
  std::vector<std::vector<TableCell>> rows;
  for (const RunInfo& run : runs) rows.push_back(row_of(run, now));
  return fitted_table(run_columns(), rows, width, has_colour);
}

}  // namespace vnode
