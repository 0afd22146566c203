#include "events/ndjson_sink.h"

namespace vnode {

void NdjsonSink::on_event(const Event& event) {
  writer_.append_with([&](std::string& buffer) { formatter_.append_line(buffer, event); });
}

}  // namespace vnode
