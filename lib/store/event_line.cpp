#include "store/event_line.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/text.h"
#include "base/utc_time.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// How vnode begins an event. Within a text of an event its quotes would be escaped.
constexpr std::string_view kEventStart = R"({"type":")";

/// Takes the few fields that matter from the top of the object, without a tree of the rest.
class HeadHandler final : public JsonHandler {
 public:
  bool on_scalar(Value value) override {
    if (depth_ == 0) return false;
    if (depth_ == 1) take(value);
    return true;
  }
  bool on_object_start() override {
    ++depth_;
    return true;
  }
  bool on_key(std::string_view key) override {
    if (depth_ == 1) key_ = key;
    return true;
  }
  bool on_object_end() override {
    --depth_;
    return true;
  }
  bool on_array_start() override { return depth_++ > 0; }
  bool on_array_end() override {
    --depth_;
    return true;
  }
  Error take_error() override { return Error{ErrorCode::kBadDocument, "no object"}; }

  std::optional<EventHead> head() const {
    if (type_.empty() || !seq_ || *seq_ == 0) return std::nullopt;
    EventHead head{type_, *seq_, *seq_};
    if (type_ == "stream_gap") {
      if (!from_ || !to_ || *from_ == 0 || *from_ > *to_ || *to_ != *seq_) return std::nullopt;
      head.from = *from_;
    }
    return head;
  }

 private:
  void take(const Value& value) {
    if (key_ == "type" && value.is_text()) {
      type_ = value.as_text();
    } else if (value.kind() == Kind::kInt && value.as_int() >= 0) {
      const auto number = static_cast<std::uint64_t>(value.as_int());
      if (key_ == "seq") seq_ = number;
      if (key_ == "from") from_ = number;
      if (key_ == "to") to_ = number;
    }
  }

  int depth_ = 0;
  std::string key_;
  std::string type_;
  std::optional<std::uint64_t> seq_;
  std::optional<std::uint64_t> from_;
  std::optional<std::uint64_t> to_;
};

}  // namespace

std::optional<std::uint64_t> parse_event_seq(std::string_view line) {
  constexpr std::string_view kSeq = R"(","seq":)";
  if (!line.starts_with(kEventStart)) return std::nullopt;
  line.remove_prefix(kEventStart.size());
  // The words of the types need no escapes: the next quote ends one.
  const std::size_t quote = line.find('"');
  if (quote == std::string_view::npos || !line.substr(quote).starts_with(kSeq)) return std::nullopt;
  line.remove_prefix(quote + kSeq.size());
  std::uint64_t seq = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seq);
  // Only what follows the number tells that all of it is there.
  if (error != std::errc() || end == line.data() + line.size()) return std::nullopt;
  if (*end != ',' && *end != '}') return std::nullopt;
  return seq;
}

std::optional<EventHead> parse_event_line(std::string_view line) {
  if (!line.starts_with('{') || !line.ends_with('}')) return std::nullopt;
  if (find_invalid_utf8(line) != std::string_view::npos) return std::nullopt;
  HeadHandler handler;
  if (!read_json(line, handler)) return std::nullopt;
  return handler.head();
}

void find_events(std::string_view line,
                 const std::function<void(std::string_view event, const EventHead& head)>& take) {
  if (const auto head = parse_event_line(line)) return take(line, *head);
  constexpr std::string_view kLostNewline = R"(}{"type":")";
  while (!line.empty()) {
    const std::size_t joint = line.find(kLostNewline);
    const std::size_t end =
        std::min({joint == std::string_view::npos ? joint : joint + 1, line.find('\0'), line.size()});
    std::string_view piece = line.substr(0, end);
    auto head = parse_event_line(piece);
    if (!head) {
      // Behind what is left of another one.
      const std::size_t start = piece.rfind(kEventStart);
      piece.remove_prefix(start == std::string_view::npos ? piece.size() : start);
      head = parse_event_line(piece);
    }
    if (head) take(piece, *head);
    line.remove_prefix(end);
    line.remove_prefix(std::min(line.find_first_not_of('\0'), line.size()));
  }
}

std::string stream_gap_line(const std::string& run_id, std::uint64_t from, std::uint64_t to, WallTime time) {
  std::string line = R"({"type":"stream_gap","seq":)" + std::to_string(to);
  line += R"(,"time":")" + time_text(time) + R"(","run_id":)";
  append_json_text(line, run_id);
  line += R"(,"from":)" + std::to_string(from) + R"(,"to":)" + std::to_string(to) + "}\n";
  return line;
}

}  // namespace vnode
