#include "store/event_line.h"

#include <charconv>
#include <cstdio>

#include "base/text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

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

/// "2026-01-02T03:04:05.678901Z"
std::string time_text(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::microseconds>(time - day));
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

}  // namespace

std::optional<std::uint64_t> parse_event_seq(std::string_view line) {
  constexpr std::string_view kStart = R"({"type":")";
  constexpr std::string_view kSeq = R"(","seq":)";
  if (!line.starts_with(kStart)) return std::nullopt;
  line.remove_prefix(kStart.size());
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

std::string stream_gap_line(const std::string& run_id, std::uint64_t from, std::uint64_t to, WallTime time) {
  std::string line = R"({"type":"stream_gap","seq":)" + std::to_string(to);
  line += R"(,"time":")" + time_text(time) + R"(","run_id":)";
  append_json_text(line, run_id);
  line += R"(,"from":)" + std::to_string(from) + R"(,"to":)" + std::to_string(to) + "}\n";
  return line;
}

}  // namespace vnode
