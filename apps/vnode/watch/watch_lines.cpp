// The part of WatchModel that says what the screen shows.
#include <algorithm>
#include <array>

#include "apps/vnode/show/progress_line.h"
#include "apps/vnode/show/run_table.h"
#include "apps/vnode/terminal/progress_text.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/watch/log_rows.h"
#include "apps/vnode/watch/node_rows.h"
#include "apps/vnode/watch/run_rows.h"
#include "apps/vnode/watch/watch_model.h"

namespace vnode {
namespace {

/// A screen that is narrower has room for little more than ids.
constexpr std::size_t kNarrowScreen = 40;

constexpr std::array<std::string_view, 9> kHelp = {
    "arrows, j k: move",   "PgUp PgDn, g G: far", "Enter: open the row", "l: log",
    "/: filter, Esc: all", "c: cancel a run",     "Esc: back",           "q: quit",
    "Ctrl-L: draw again",
};

template <class Item>
std::span<const Item* const> seen(const std::vector<const Item*>& items, std::size_t first,
                                  std::size_t rows) {
  const std::size_t begin = std::min(first, items.size());
  return std::span(items).subspan(begin, std::min(rows, items.size() - begin));
}

std::string position_text(std::size_t first, std::size_t rows, std::size_t count, std::size_t columns) {
  if (count == 0) return {};
  const std::string last = std::to_string(std::min(first + rows, count));
  if (columns < kNarrowScreen) return last + "/" + std::to_string(count);
  return std::to_string(first + 1) + "-" + last + " of " + std::to_string(count);
}

/// As many of them as there is room for; the first ones first.
std::string fitting(const std::vector<std::string>& hints, std::size_t columns) {
  std::string text;
  for (const std::string& hint : hints) {
    if (hint.empty()) continue;
    const std::size_t gap = text.empty() ? 0 : 2;
    if (display_width(text) + gap + display_width(hint) > columns) continue;
    text += std::string(gap, ' ') + hint;
  }
  return text;
}

}  // namespace

ScreenLayout WatchModel::layout(TerminalSize size) const {
  const bool has_runs = pane_ == Pane::kRuns || pane_ == Pane::kGroup;
  return ScreenLayout(size, has_runs ? 1 : 2, pane_ != Pane::kLog);
}

std::vector<std::string> WatchModel::lines(TerminalSize size, Now now, bool has_colour) {
  const auto rows = static_cast<std::size_t>(std::max(size.rows, 1));
  const RowStyle style{static_cast<std::size_t>(std::max(size.columns, 1)), has_colour};
  if (shows_help_) {
    std::vector<std::string> help;
    for (const std::string_view line : kHelp) help.push_back(cut_to_width(line, style.columns));
    help.resize(std::min(help.size(), rows - 1));
    help.resize(rows - 1);
    help.push_back(cut_to_width("any key: back", style.columns));
    return help;
  }
  const ScreenLayout shares = layout(size);
  std::vector<std::string> lines = titles(now, style);
  lines.resize(shares.title);
  std::vector<std::string> body = pane_ == Pane::kLog     ? log_lines(shares, style)
                                  : pane_ == Pane::kNodes ? node_lines(shares, now.wall, style)
                                                          : run_lines(shares, now.wall, style);
  lines.insert(lines.end(), body.begin(), body.end());
  if (lines.size() == shares.title + shares.header && lines.size() < rows)
    lines.push_back(cut_to_width(nothing_text(), style.columns));
  lines.resize(rows - shares.footer);
  if (shares.footer > 0) lines.push_back(footer(style.columns));
  return lines;
}

std::vector<std::string> WatchModel::titles(Now now, RowStyle style) const {
  std::string first = cut_to_width(shown_title(now.steady, style.columns), style.columns);
  if (style.has_colour) first = std::string(kBold).append(first).append(kReset);
  if (pane_ == Pane::kRuns || pane_ == Pane::kGroup) return {std::move(first)};
  return {std::move(first), progress_line(detail_->progress(), detail_->elapsed(now.wall),
                                          {.columns = style.columns,
                                           .has_colour = style.has_colour,
                                           .is_over = detail_->end().has_value()})};
}

std::string WatchModel::shown_title(SteadyTime now, std::size_t columns) const {
  if (pane_ == Pane::kRuns) return board_title(now, columns);
  return pane_ == Pane::kGroup ? group_title() : detail_title();
}

std::string WatchModel::group_title() const {
  std::string text = group_id_;
  if (const RunInfo* group = all_.board.find(group_id_)) {
    if (!group->workflow.empty()) text += "  " + short_workflow(group->workflow);
    if (!group->counts.empty()) text += "  " + group->counts;
  }
  return harmless_line(text);
}

std::string WatchModel::board_title(SteadyTime now, std::size_t columns) const {
  if (columns < kNarrowScreen) {
    return std::to_string(all_.board.running()) + " run " + std::to_string(all_.board.pending()) + " wait " +
           std::to_string(all_.board.ended()) + " end";
  }
  std::string text = std::to_string(all_.board.running()) + " running, " +
                     std::to_string(all_.board.pending()) + " pending, " +
                     std::to_string(all_.board.ended()) + " ended";
  const std::optional<double> rate = all_.board.ends_a_second(now);
  if (!rate) return text;
  text += "   " + rate_text(*rate, "runs");
  const std::size_t left = all_.board.running() + all_.board.pending();
  if (left > 0) text += ", ~" + time_left_text(static_cast<double>(left) / *rate) + " left";
  return text;
}

std::string WatchModel::detail_title() const {
  std::string text = is_alone_ ? std::string() : detail_->id() + "  ";
  const RunInfo* run = find_run(detail_->id());
  if (run && !run->workflow.empty()) {
    text += short_workflow(run->workflow);
  } else if (detail_->has_begun()) {
    text += detail_->name();
  }
  if (detail_->end()) {
    text += "  " + std::string(word(*detail_->end()));
  } else if (run) {
    text += "  " + run->status;
  }
  if (detail_->is_paused()) text += ", paused";
  if (pane_ == Pane::kLog) text += log_node_.empty() ? "  log" : "  log of " + log_node_;
  return harmless_line(text);
}

std::vector<std::string> WatchModel::run_lines(const ScreenLayout& layout, WallTime now, RowStyle style) {
  RunTable& shown = table();
  const std::vector<const RunInfo*> runs = shown_runs();
  select_run(shown, runs);
  shown.cursor.fit(runs.size(), layout.body);
  const std::size_t first = shown.cursor.first;
  position_ = position_text(first, layout.body, runs.size(), style.columns);
  std::vector<std::string> lines =
      run_rows(seen(runs, first, layout.body), shown.cursor.selected - first, now, style);
  if (layout.header == 0) lines.erase(lines.begin());
  return lines;
}

std::vector<std::string> WatchModel::node_lines(const ScreenLayout& layout, WallTime now, RowStyle style) {
  const auto nodes = ordered_nodes(detail_->progress(), filter());
  select_node(nodes);
  nodes_.fit(nodes.size(), layout.body);
  position_ = position_text(nodes_.first, layout.body, nodes.size(), style.columns);
  std::vector<std::string> lines =
      node_rows(seen(nodes, nodes_.first, layout.body), nodes_.selected - nodes_.first, now, style);
  if (layout.header == 0) lines.erase(lines.begin());
  return lines;
}

std::vector<std::string> WatchModel::log_lines(const ScreenLayout& layout, RowStyle style) {
  const std::vector<const LogEntry*> log = shown_log();
  const std::size_t last = log.size() > layout.body ? log.size() - layout.body : 0;
  if (log_follows_) log_first_ = last;
  log_first_ = std::min(log_first_, last);
  position_ = position_text(log_first_, layout.body, log.size(), style.columns);
  std::vector<std::string> lines;
  for (const LogEntry* entry : seen(log, log_first_, layout.body))
    lines.push_back(log_row(*entry, pan_, style));
  return lines;
}

/// In place of rows, where there are none.
std::string WatchModel::nothing_text() const {
  if (!filter().empty()) return "nothing has '" + harmless_line(filter()) + "' in it";
  if (pane_ == Pane::kRuns || pane_ == Pane::kGroup) return "no runs";
  if (detail_->has_begun()) return pane_ == Pane::kNodes ? "no node has started" : "nothing was logged";
  const RunInfo* run = find_run(detail_->id());
  if (run && run->has_ended())
    return "no events" + (run->error.empty() ? "" : ": " + harmless_line(run->error));
  return "it has not begun" + (run && !run->reason.empty() ? ": " + harmless_line(run->reason) : "");
}

std::string WatchModel::footer(std::size_t columns) const {
  if (!question_.empty()) {
    const std::string question =
        is_alone_ ? "end the run? y/n" : "cancel " + harmless_line(question_) + "? y/n";
    return cut_to_width(display_width(question) <= columns ? question : "cancel it? y/n", columns);
  }
  if (is_typing_) {
    const std::string text = "/" + harmless_line(filter()) + "_";
    const std::size_t width = display_width(text);
    return width <= columns ? text : cut_to_width(from_column(text, width - columns), columns);
  }
  if (!said_.empty()) return cut_to_width(harmless_line(said_), columns);
  if (!notice_.empty()) return cut_to_width(notice_, columns);
  const bool is_narrow = columns < kNarrowScreen;
  const std::string first = is_narrow ? "?: help" : position_;
  const std::string third = is_narrow ? position_ : "?: help";
  const std::string filtered = filter().empty() ? std::string() : "/" + harmless_line(filter());
  switch (pane_) {
    case Pane::kRuns:
      return fitting({"q: quit", first, filtered, third, "Enter: open", "l: log", "c: cancel", "/: filter"},
                     columns);
    case Pane::kGroup:
      return fitting({"Esc: back", first, filtered, third, "Enter: nodes", "l: log", "c: cancel", "/: filter",
                      "q: quit"},
                     columns);
    case Pane::kNodes:
      return fitting({"Esc: back", first, filtered, third, "Enter: log of node", "l: log", "c: cancel",
                      "/: filter", is_alone_ ? "" : "q: quit"},
                     columns);
    case Pane::kLog:
      break;
  }
  return fitting({"Esc: back", first, filtered, third, log_follows_ ? "" : "G: follow", "/: filter",
                  "left, right: move the text", is_alone_ ? "" : "q: quit"},
                 columns);
}

}  // namespace vnode
