#include "events/ndjson_sink.h"

namespace vnode {

void NdjsonSink::on_event(const Event& event) {
  writer_.append_with([&](std::string& buffer) {
    if (is_cut_off_) return;
    formatter_.append_line(buffer, event);
    last_seq_ = event.seq;
  });
}

bool NdjsonSink::cut_off(Event last, Duration patience) {
  writer_.hurry(std::chrono::steady_clock::now());
  writer_.append_with([&](std::string& buffer) {
    if (std::exchange(is_cut_off_, true)) return;
    last.seq = last_seq_ + 1;
    formatter_.append_line(buffer, last);
  });
  return writer_.drain(patience);
}

}  // namespace vnode
