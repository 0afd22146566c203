#pragma once

#include "async/stream_writer.h"
#include "events/event_json.h"
#include "events/sink.h"

namespace vnode {

/// The event stream as lines of JSON on a file descriptor (events.md): a line is out at the latest 50 ms
/// after its event, also while a node works; a slow reader holds the run up; one that closes the pipe makes
/// the sink go quiet.
class NdjsonSink final : public EventSink {
 public:
  NdjsonSink(int fd, std::size_t max_value_bytes, StreamWriter::Options options = {})
      : formatter_(max_value_bytes), writer_(fd, std::move(options)) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return !writer_.reader_gone(); }
  void flush() override { writer_.flush(); }
  Result<void> close() override { return writer_.close(); }

  bool reader_gone() const { return writer_.reader_gone(); }

 private:
  EventFormatter formatter_;
  StreamWriter writer_;
};

}  // namespace vnode
