#pragma once

#include <string_view>

#include "async/stream_writer.h"
#include "events/sink.h"

namespace vnode {

/// The quiet view: a run's errors, as the program's own are written, and nothing else.
class ErrorPrinter final : public EventSink {
 public:
  /// `guards_ci`: what nodes say is no command of a CI server.
  ErrorPrinter(int fd, bool has_colour, bool guards_ci = false)
      : has_colour_(has_colour), guards_ci_(guards_ci), writer_(fd) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return false; }
  void flush() override { writer_.flush(); }
  Result<void> close() override { return writer_.close(); }

  /// As of the event stream (NdjsonSink): on any thread.
  bool cut_off(const ExecutionFinished& last, Duration patience);
  void hurry(SteadyTime from) { writer_.hurry(from); }
  void put_off_hurry(Duration by) { writer_.put_off_hurry(by); }
  bool drain(Duration patience) { return writer_.drain(patience); }
  bool has_given_up() const { return writer_.has_given_up(); }

 private:
  void print(std::string_view message);

  const bool has_colour_;
  const bool guards_ci_;
  bool has_told_ = false;
  bool is_cut_off_ = false;  ///< looked at where the writer lets one thread fill its buffer
  StreamWriter writer_;
};

}  // namespace vnode
