#include "report/event_stream.h"

#include <optional>
#include <utility>

#include "base/shown_text.h"
#include "model/json_reader.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::string_view kOutputLine = R"({"type":"node_output",)";
constexpr std::string_view kKnownSchema = "vnode.event/1";

std::string count_text(std::uint64_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> StreamSummary::warnings() const {
  std::vector<std::string> found;
  if (!newer_schema.empty()) {
    found.push_back("the events are of the schema " + newer_schema +
                    ", which this version does not know; what is new in it is left out");
  }
  if (starts > 1) {
    found.push_back("the events tell of " + std::to_string(starts) +
                    " attempts; the outcome is that of the last");
  }
  if (gaps > 0) found.push_back("events are missing in " + count_text(gaps, "place"));
  const std::uint64_t others = bad_lines - (ends_in_a_line ? 1 : 0);
  if (others > 0) {
    found.push_back(count_text(others, "line") + (others == 1 ? " is no event" : " are no events") +
                    ", the first is line " + std::to_string(first_bad));
  }
  if (!has_ended) {
    found.push_back(ends_in_a_line ? "the events end in the middle of a line: the stream was cut off"
                                   : "the events end before the run does");
  }
  return found;
}

void EventStream::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    if (end == bytes.npos) return keep(bytes);
    if (begun_.empty() && !is_too_long_) {
      take_line(bytes.substr(0, end));
    } else {
      keep(bytes.substr(0, end));
      take_line(std::exchange(begun_, {}));
    }
    bytes.remove_prefix(end + 1);
  }
}

void EventStream::keep(std::string_view part) {
  if (begun_.size() + part.size() <= kLongestLine && !is_too_long_) {
    begun_ += part;
    return;
  }
  is_too_long_ = true;
  begun_ = std::string();
}

void EventStream::take_line(std::string_view line) {
  ++lines_;
  const bool is_too_long = std::exchange(is_too_long_, false);
  if (!is_too_long && line.find_first_not_of(" \t\r") == line.npos) return;
  if (!is_too_long && !wants_outputs_ && line.starts_with(kOutputLine) && line.back() == '}') {
    ++summary_.events;
    summary_.has_ended = false;
    return;
  }
  std::optional<ReportEvent> event;
  if (!is_too_long) {
    Result<Value> object = parse_json(line);
    if (object) event = ReportEvent::read(std::move(*object));
  }
  if (event) return take_event(*event);
  if (summary_.bad_lines++ == 0) summary_.first_bad = lines_;
}

void EventStream::take_event(const ReportEvent& event) {
  ++summary_.events;
  summary_.has_ended = event.kind() == ReportEvent::Kind::kExecutionFinished;
  if (event.kind() == ReportEvent::Kind::kStreamGap) ++summary_.gaps;
  if (event.kind() == ReportEvent::Kind::kExecutionStarted) {
    ++summary_.starts;
    const std::string_view schema = text_view(event.object(), "schema");
    if (!schema.empty() && schema != kKnownSchema) summary_.newer_schema = shown_line(schema, 60);
  }
  on_event_(event);
}

const StreamSummary& EventStream::finish() {
  if (!begun_.empty() || is_too_long_) {
    const std::uint64_t before = summary_.bad_lines;
    take_line(std::exchange(begun_, {}));
    summary_.ends_in_a_line = summary_.bad_lines > before;
  }
  return summary_;
}

}  // namespace vnode
