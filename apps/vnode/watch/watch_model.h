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
    kOpenGroup,   ///< tell the runs of this group, and of no other
    kCloseGroup,  ///< not any more
  };
  Kind kind = Kind::kNone;
  std::string run = {};  ///< or group
};

/// `vnode ps --watch` as a person at a terminal has it: the runs, those of one group, the nodes of one of
/// them, or its log; what keys do, and what the screen shows. Pure: no terminal, no daemon, no clock.
class WatchModel {
 public:
  explicit WatchModel(RunBoard::Limits limits = {}) : all_{.board = RunBoard(limits)} {}

  /// Shows this run's nodes, and no other run; leaving it, or q, is kUnfollow or kQuit. What was told of it
  /// stays.
  void open_alone(const std::string& run);

  RunBoard& board() { return all_.board; }
  const RunBoard& board() const { return all_.board; }
  /// The group whose runs were asked for last; empty: none is open.
  const std::string& open_group() const { return group_id_; }
  /// Its runs. Null without one.
  RunBoard* group_board() { return group_ ? &group_->board : nullptr; }
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
  enum class Pane { kRuns, kGroup, kNodes, kLog };

  /// Runs one below the other, and where somebody is among them.
  struct RunTable {
    RunBoard board;
    ListCursor cursor = {};
    std::string selected = {};  ///< stays selected wherever it goes; empty: whatever is first
  };

  WatchRequest press_in_runs(const Key& key, std::size_t rows);
  WatchRequest open_row(const RunInfo& run, Pane pane);
  WatchRequest press_in_nodes(const Key& key, std::size_t rows);
  WatchRequest press_in_log(const Key& key, std::size_t rows);
  WatchRequest open(const std::string& run, Pane pane);
  WatchRequest open_group_of(const std::string& group);
  WatchRequest leave();
  WatchRequest leave_group();
  WatchRequest answer(const Key& key);
  void ask_to_cancel(const std::string& run);
  void edit_filter(const Key& key);
  std::string& filter() { return filters_[static_cast<std::size_t>(pane_)]; }
  const std::string& filter() const { return filters_[static_cast<std::size_t>(pane_)]; }

  RunTable& table() { return pane_ == Pane::kGroup ? *group_ : all_; }
  std::vector<const RunInfo*> shown_runs() { return table().board.ordered(filter()); }
  const RunInfo* find_run(const std::string& id) const;
  std::vector<const LogEntry*> shown_log() const;
  void select_node(const std::vector<const RunProgress::Node*>& nodes);
  static void select_run(RunTable& table, const std::vector<const RunInfo*>& runs);

  // What the screen shows: watch_lines.cpp.
  ScreenLayout layout(TerminalSize size) const;
  std::vector<std::string> titles(Now now, RowStyle style) const;
  std::string board_title(SteadyTime now, std::size_t columns) const;
  std::string group_title() const;
  std::string detail_title() const;
  std::string shown_title(SteadyTime now, std::size_t columns) const;
  std::vector<std::string> run_lines(const ScreenLayout& layout, WallTime now, RowStyle style);
  std::vector<std::string> node_lines(const ScreenLayout& layout, WallTime now, RowStyle style);
  std::vector<std::string> log_lines(const ScreenLayout& layout, RowStyle style);
  std::string nothing_text() const;
  std::string footer(std::size_t columns) const;

  RunTable all_;
  std::string group_id_;
  std::optional<RunTable> group_;
  Pane pane_ = Pane::kRuns;
  std::string filters_[4];  ///< of each pane
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
