#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/show/run_progress.h"
#include "apps/vnode/terminal/terminal.h"
#include "async/stream_writer.h"
#include "base/clock.h"
#include "engine/run_driver.h"
#include "events/sink.h"

namespace vnode {

/// A run as people want to see it on a terminal: logs and errors scroll above a live area with the nodes that
/// run now and a progress line, redrawn at most ten times a second. At the end a summary. (Elsewhere:
/// PlainView.)
class PrettyView final : public EventSink, public RunView {
 public:
  struct Options {
    bool has_colour = false;
    std::function<TerminalSize()> size = [] { return TerminalSize(); };  ///< asked before every redraw
    bool has_keys = false;  ///< the progress line names the one that tells all keys
  };

  PrettyView(int fd, Options options, const Clock& clock);

  void on_event(const Event& event) override;
  void flush() override;
  /// Ends the view in the middle of a run, on any thread: a line that says so is the last one, whatever the
  /// run still tells. Waits as NdjsonSink::cut_off does.
  bool cut_off(const ExecutionFinished& last, Duration patience);
  /// Any thread: see StreamWriter.
  void hurry(SteadyTime from) { writer_.hurry(from); }
  void put_off_hurry(Duration by) { writer_.put_off_hurry(by); }
  bool drain(Duration patience) { return writer_.drain(patience); }
  bool has_given_up() const { return writer_.has_given_up(); }
  Result<void> close() override;

  /// Repaints when it is time to; called between the steps of a run.
  void tick() override;
  std::optional<SteadyTime> next_tick() const override;

  /// Sends that to the terminal; as long as it is `covered` nothing else is, and lines wait.
  void show_screen(std::string_view text, bool is_covered);

  /// From now on the progress line says that the run has been asked to stop. Any thread.
  void show_stopping() { is_stopping_ = true; }

 private:
  void add_line(const Event& event, std::string_view word, std::string_view style, std::string_view text);
  void add_log(const Event& event, const NodeLog& log);
  void add_finished(const Event& event, const NodeFinished& finished);
  std::string trouble_line(const RunProgress::Node& node) const;
  void add_summary(const ExecutionFinished& finished);
  void show_pause(const Event& event, const ExecutionPaused& paused);
  void begin(const ExecutionStarted& started);
  void release_lines();
  void redraw();
  void write(std::string_view text, std::size_t area_height);
  bool is_due(WallTime now) const;
  bool is_still() const { return is_paused_ && lines_.empty(); }
  std::string styled(std::string_view style, std::string_view text) const;
  std::vector<std::string> live_lines(TerminalSize size) const;
  std::string progress_line(std::size_t columns) const;
  std::string running_line(const RunProgress::Node& node, WallTime now, std::size_t columns) const;

  const Options options_;
  const Clock& clock_;
  StreamWriter writer_;
  RunProgress progress_;
  std::string lines_;  ///< to be shown above the live area
  // Looked at where the writer lets one thread fill its buffer.
  std::size_t area_height_ = 0;  ///< lines of the live area on the screen
  bool is_cut_off_ = false;
  bool is_on_other_screen_ = false;
  WallTime last_draw_;
  std::optional<SteadyTime> started_;
  bool is_over_ = false;
  bool is_paused_ = false;
  bool is_covered_ = false;
  std::atomic<bool> is_stopping_ = false;
};

}  // namespace vnode
