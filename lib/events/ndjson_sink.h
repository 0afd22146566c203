#pragma once

#include <cstdint>
#include <utility>

#include "async/stream_writer.h"
#include "events/event_json.h"
#include "events/sink.h"

namespace vnode {

/// The event stream as lines of JSON on a file descriptor (events.md): a line is out at the latest 50 ms
/// after its event, also while a node works; a slow reader holds the run up; one that closes the pipe makes
/// the sink go quiet.
class NdjsonSink final : public EventSink {
 public:
  /// `guards_ci`: no line has what a CI server would take for a command.
  NdjsonSink(int fd, std::size_t max_value_bytes, StreamWriter::Options options = {}, bool guards_ci = false)
      : formatter_(max_value_bytes), guards_ci_(guards_ci), writer_(fd, std::move(options)) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return !writer_.reader_gone(); }
  void flush() override { writer_.flush(); }
  Result<void> close() override { return writer_.close(); }

  /// Ends the stream in the middle of a run, on any thread: `last` gets its number and is the last line,
  /// whatever the run still tells. Waits until it is written, or the reader has taken nothing for so long;
  /// false then.
  bool cut_off(Event last, Duration patience);
  /// Any thread: see StreamWriter.
  void hurry(SteadyTime from) { writer_.hurry(from); }
  void put_off_hurry(Duration by) { writer_.put_off_hurry(by); }
  bool drain(Duration patience) { return writer_.drain(patience); }

  bool reader_gone() const { return writer_.reader_gone(); }

 private:
  // All that lines are made with is used where the writer lets one thread fill its buffer.
  void append(std::string& buffer, const Event& event);

  EventFormatter formatter_;
  const bool guards_ci_;
  std::uint64_t last_seq_ = 0;
  bool is_cut_off_ = false;
  StreamWriter writer_;
};

}  // namespace vnode
