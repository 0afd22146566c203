#pragma once

#include <string>
#include <string_view>

#include "apps/vnode/show/farm_progress.h"
#include "async/stream_writer.h"
#include "events/sink.h"

namespace vnode {

/// Whose agent reads a run's standard output.
enum class Farm { kOpenJd, kDeadline };

/// A run as the task of a farm: lines that its agent understands (`openjd_progress: 42.0`, `openjd_status:
/// ...`, `openjd_fail: ...`; `Progress: 42%`), and what nodes log and how they fail as plain lines between
/// them. What a node writes in the form of such a line is not passed on: how far the task is, is the run's to
/// say.
class FarmPrinter final : public EventSink {
 public:
  FarmPrinter(int fd, Farm farm) : farm_(farm), writer_(fd) {}

  void on_event(const Event& event) override;
  void flush() override { writer_.flush(); }
  Result<void> close() override { return writer_.close(); }

  /// As of the event stream (NdjsonSink): on any thread.
  bool cut_off(const ExecutionFinished& last, Duration patience);
  void hurry(SteadyTime from) { writer_.hurry(from); }
  void put_off_hurry(Duration by) { writer_.put_off_hurry(by); }
  bool drain(Duration patience) { return writer_.drain(patience); }

 private:
  void print(std::string_view line);
  void print_lines(const Event& event, std::string_view text);
  void print_progress(WallTime now);
  void print_end(const ExecutionFinished& finished);
  std::string failure_line(std::string_view error) const;
  bool is_for_the_agent(std::string_view line) const;

  const Farm farm_;
  FarmProgress progress_;
  std::string told_;  ///< the last line of progress
  WallTime told_at_{};
  std::string status_;       ///< the last one that was told
  bool is_cut_off_ = false;  ///< looked at where the writer lets one thread fill its buffer
  StreamWriter writer_;
};

}  // namespace vnode
