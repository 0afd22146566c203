#include "report/report_event.h"

#include <array>
#include <utility>

#include "base/utc_time.h"

namespace vnode {
namespace {

using EventKind = ReportEvent::Kind;

EventKind kind_of(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, EventKind>, 10> kKinds = {
      {{"node_started", EventKind::kNodeStarted},
       {"node_finished", EventKind::kNodeFinished},
       {"node_output", EventKind::kNodeOutput},
       {"node_log", EventKind::kNodeLog},
       {"node_error", EventKind::kNodeError},
       {"node_waiting", EventKind::kNodeWaiting},
       {"node_resumed", EventKind::kNodeResumed},
       {"stream_gap", EventKind::kStreamGap},
       {"execution_started", EventKind::kExecutionStarted},
       {"execution_finished", EventKind::kExecutionFinished}}};
  for (const auto& [word, kind] : kKinds) {
    if (word == type) return kind;
  }
  return EventKind::kOther;
}

std::string_view text_of(const Value& value) {
  return value.is_text() ? value.as_text() : std::string_view();
}

}  // namespace

std::optional<ReportEvent> ReportEvent::read(Value object) {
  ReportEvent event(std::move(object));
  if (!event.object_.is_dict() || !event.read_members()) return std::nullopt;
  return event;
}

/// In one pass: there are millions of events.
bool ReportEvent::read_members() {
  bool has_type = false, has_seq = false;
  for (const DictEntry& entry : object_.as_entries()) {
    const std::string_view key = text_of(entry.key);
    if (key == "type") {
      has_type = entry.value.is_text();
      kind_ = kind_of(text_of(entry.value));
    } else if (key == "seq") {
      has_seq = entry.value.is_int();
    } else if (key == "time") {
      if (const auto time = parse_time(text_of(entry.value))) micros_ = vnode::micros(*time);
    } else if (key == "run_id") {
      run_id_ = text_of(entry.value);
    } else if (key == "node_id") {
      node_id_ = text_of(entry.value);
    } else if (key == "node_type") {
      node_type_ = text_of(entry.value);
    } else if (key == "name") {
      node_name_ = text_of(entry.value);
    } else if (key == "host") {
      host_ = text_of(entry.value);
    } else if (key == "path") {
      path_ = &entry.value;
    } else if (key == "iteration") {
      iteration_ = &entry.value;
    }
  }
  return has_type && has_seq && !run_id_.empty();
}

std::string ReportEvent::address() const {
  std::string address;
  if (path_ && path_->is_list()) {
    for (const Value& group : path_->as_list()) address.append(text_of(group)).append("/");
  }
  return address.append(node_id_);
}

std::string ReportEvent::iteration() const {
  std::string text;
  if (!iteration_ || !iteration_->is_list()) return text;
  for (const Value& index : iteration_->as_list()) {
    if (!index.is_int()) continue;
    if (!text.empty()) text += '.';
    text += std::to_string(index.as_int());
  }
  return text;
}

}  // namespace vnode
