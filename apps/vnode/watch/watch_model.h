#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/terminal/key_decoder.h"
#include "apps/vnode/terminal/terminal.h"
#include "apps/vnode/watch/list_cursor.h"
#include "apps/vnode/watch/row_style.h"
#include "apps/vnode/watch/run_board.h"
#include "apps/vnode/watch/run_detail.h"
#include "apps/vnode/watch/screen_layout.h"

namespace vnode {

/// What somebody at the keyboard wants of whoever has the daemon.
struct WatchRequest {
  enum class Kind {
    kNone,
    kQuit,
    kFollow,  ///< tell this run's events, and of no other
    kUnfollow,
    kCancel,
  };
  Kind kind = Kind::kNone;
  std::string run = {};
};

/// `vnode ps --watch` as a person at a terminal has it: the runs, the nodes of one of them, or its log; what
/// keys do, and what the screen shows. Pure: no terminal, no daemon, no clock.
class WatchModel {
 public:
  explicit WatchModel(RunBoard::Limits limits = {}) : board_(limits) {}

  /// Shows this run's nodes, and no other run; leaving it, or q, is kUnfollow or kQuit. What was told of it
  /// stays.
  void open_alone(const std::string& run);

  RunBoard& board() { return board_; }
  const RunBoard& board() const { return board_; }
  /// Of the run that was asked for last; others' are for nobody.
  void add_event(const std::string& run, const Event& event);

  /// A word at the bottom of the screen, until the next key.
  void say(std::string message) { said_ = std::move(message); }
  /// The same until it is empty again: the daemon has gone.
  void set_notice(std::string notice) { notice_ = std::move(notice); }

  WatchRequest press(const Key& key, TerminalSize size);

  struct Now {
    WallTime wall;
    SteadyTime steady;
  };
  /// As many lines as the screen has, none wider than it.
  std::vector<std::string> lines(TerminalSize size, Now now, bool has_colour);

 private:
  enum class Pane { kRuns, kNodes, kLog };

  WatchRequest press_in_runs(const Key& key, std::size_t rows);
  WatchRequest press_in_nodes(const Key& key, std::size_t rows);
  WatchRequest press_in_log(const Key& key, std::size_t rows);
  WatchRequest open(const std::string& run, Pane pane);
  WatchRequest leave();
  WatchRequest answer(const Key& key);
  void ask_to_cancel(const std::string& run);
  void edit_filter(const Key& key);
  std::string& filter() { return filters_[static_cast<std::size_t>(pane_)]; }
  const std::string& filter() const { return filters_[static_cast<std::size_t>(pane_)]; }

  std::vector<const RunInfo*> shown_runs();
  std::vector<const LogEntry*> shown_log() const;
  void select_node(const std::vector<const RunProgress::Node*>& nodes);
  void select_run(const std::vector<const RunInfo*>& runs);

  // What the screen shows: watch_lines.cpp.
  ScreenLayout layout(TerminalSize size) const;
  std::vector<std::string> titles(Now now, RowStyle style) const;
  std::string board_title(SteadyTime now, std::size_t columns) const;
  std::string detail_title() const;
  std::vector<std::string> run_lines(const ScreenLayout& layout, WallTime now, RowStyle style);
  std::vector<std::string> node_lines(const ScreenLayout& layout, WallTime now, RowStyle style);
  std::vector<std::string> log_lines(const ScreenLayout& layout, RowStyle style);
  std::string nothing_text() const;
  std::string footer(std::size_t columns) const;

  RunBoard board_;
  Pane pane_ = Pane::kRuns;
  std::string filters_[3];  ///< of each pane
  ListCursor runs_;
  std::string selected_run_;  ///< stays selected wherever it goes; empty: whatever is first
  std::optional<RunDetail> detail_;
  ListCursor nodes_;
  std::string selected_node_;  ///< its label, likewise
  std::size_t log_first_ = 0;
  bool log_follows_ = true;  ///< its end is shown
  std::size_t pan_ = 0;
  std::string log_node_;          ///< only of that node
  bool is_alone_ = false;         ///< there is this one run
  bool came_from_nodes_ = false;  ///< from there the log was opened
  bool is_typing_ = false;        ///< the filter
  bool shows_help_ = false;
  std::string question_;  ///< the run that is to be cancelled, perhaps
  std::string said_;
  std::string notice_;
  std::string position_;  ///< "1-20 of 5013": which rows were shown last
};

}  // namespace vnode
