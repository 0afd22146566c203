#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "apps/vnode/show/run_progress.h"
#include "async/stream_writer.h"
#include "base/clock.h"
#include "engine/run_driver.h"
#include "events/sink.h"

namespace vnode {

/// A run for people where there is no terminal: the log of a CI job, a file. A line for each node that has
/// ended, with what it has logged below it; a line a minute that says what runs; failures once more at the
/// end. Nothing is drawn over. Thread rule: as PrettyView.
class PlainView final : public EventSink, public RunView {
 public:
  struct Options {
    bool has_colour = false;
    bool guards_ci = false;     ///< what nodes say is no command of a CI server
    bool has_sections = false;  ///< GitLab's marks around the nodes, so that they can be folded
  };

  PlainView(int fd, Options options, const Clock& clock);

  void on_event(const Event& event) override;
  void flush() override;
  Result<void> close() override;
  /// As of PrettyView: on any thread.
  bool cut_off(const ExecutionFinished& last, Duration patience);
  void hurry(SteadyTime from) { writer_.hurry(from); }
  void put_off_hurry(Duration by) { writer_.put_off_hurry(by); }
  bool drain(Duration patience) { return writer_.drain(patience); }
  bool has_given_up() const { return writer_.has_given_up(); }

  /// Says what runs, when a minute is over.
  void tick() override;
  std::optional<SteadyTime> next_tick() const override;
  void show_stopping();

 private:
  /// What a node has logged in the execution that goes on.
  struct Logs {
    std::string lines;
    bool is_begun = false;  ///< a part of it is out already
  };

  void add_log(const Event& event, std::string_view word, std::string_view style, std::string_view text);
  void add_finished(const Event& event, const NodeFinished& finished);
  void add_line(WallTime time, std::string_view word, std::string_view style, std::string_view text);
  void begin(const Event& event, const ExecutionStarted& started);
  void end(const Event& event, const ExecutionFinished& finished);
  void add_failures();
  void begin_logs(const Event& event, Logs& logs);
  std::string running_text() const;
  std::string styled(std::string_view style, std::string_view text) const;
  void release();

  const Options options_;
  const Clock& clock_;
  StreamWriter writer_;
  RunProgress progress_;
  std::string lines_;
  std::unordered_map<std::string, Logs> logs_;  ///< by node, of those that have not ended
  SteadyTime started_;
  std::optional<SteadyTime> next_report_;  ///< while the run goes on
  WallTime last_release_;
  bool is_cut_off_ = false;  ///< looked at where the writer lets one thread fill its buffer
};

}  // namespace vnode
