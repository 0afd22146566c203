#pragma once

#include <cstddef>
#include <string>

#include "events/event.h"
#include "events/value_shortener.h"

namespace vnode {

/// Formats events as lines of the stream. Keeps the text of the current second, so one object serves one
/// stream.
class EventFormatter {
 public:
  /// Values whose JSON text is longer than `max_value_bytes` are replaced by `{"$truncated": ...}`.
  explicit EventFormatter(std::size_t max_value_bytes = 64 * 1024) : values_(max_value_bytes) {}

  /// Appends one line, newline included.
  void append_line(std::string& out, const Event& event);

 private:
  void append_time(std::string& out, WallTime time);
  void append_output(std::string& out, const NodeOutput& output);

  ValueShortener values_;
  std::int64_t cached_second_ = -1;
  char cached_text_[20] = {};  ///< "2026-01-02T03:04:05"
};

/// The JSON Schema of every event type, as one document (`vnode schema events`).
std::string event_schema();

}  // namespace vnode
