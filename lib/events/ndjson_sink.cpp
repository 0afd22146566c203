#include "events/ndjson_sink.h"

#include "model/json_escape.h"

namespace vnode {

void NdjsonSink::append(std::string& buffer, const Event& event) {
  const std::size_t start = buffer.size();
  formatter_.append_line(buffer, event);
  if (guards_ci_) escape_double_number_signs(buffer, start);
}

void NdjsonSink::on_event(const Event& event) {
  writer_.append_with([&](std::string& buffer) {
    if (is_cut_off_) return;
    append(buffer, event);
    last_seq_ = event.seq;
  });
}

bool NdjsonSink::cut_off(Event last, Duration patience) {
  writer_.hurry(std::chrono::steady_clock::now());
  writer_.append_with([&](std::string& buffer) {
    if (std::exchange(is_cut_off_, true)) return;
    last.seq = last_seq_ + 1;
    append(buffer, last);
  });
  return writer_.drain(patience);
}

}  // namespace vnode
