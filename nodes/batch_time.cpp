#include <chrono>
#include <cmath>
#include <ctime>
#include <string>

#include "nodes/batch.h"
#include "nodes/conversions.h"

namespace vnode {
namespace {

constexpr std::size_t kMaxTimeText = 1 << 16;
constexpr double kLatest = 253402300799.0;    // the end of year 9999
constexpr double kEarliest = -62135596800.0;  // the start of year 1

/// strftime's text. It reports "too small" and "empty" alike, so a mark makes every result longer than
/// nothing.
std::string format_time(const std::tm& time, const std::string& format) {
  std::string marked = format + ".";
  for (std::size_t size = 256; size <= kMaxTimeText; size *= 4) {
    std::string text(size, '\0');
    std::size_t length = std::strftime(text.data(), size, marked.c_str(), &time);
    if (length > 0) return text.substr(0, length - 1);
  }
  throw NodeFailure("the text of the format is too long");
}

/// "+0200" -> "+02:00", which strftime cannot write.
std::string format_iso(const std::tm& time) {
  std::string text = format_time(time, "%Y-%m-%dT%H:%M:%S%z");
  text.insert(text.size() - 2, ":");
  return text;
}

Outputs date_time(NodeCall& call) {
  double seconds;
  if (const Value& given = call.input("timestamp"); given.is_none()) {
    seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  } else {
    seconds = require_float(given, "timestamp");
  }
  seconds += require_float(call.input("offset_seconds"), "offset_seconds");
  if (!(seconds >= kEarliest && seconds <= kLatest))
    throw NodeFailure("the time is outside the years 1 to 9999");
  auto whole = static_cast<std::time_t>(std::floor(seconds));
  std::tm time{};
  bool is_utc = truthy(call.input("utc"));
  if (!(is_utc ? gmtime_r(&whole, &time) : localtime_r(&whole, &time))) {
    throw NodeFailure("the time cannot be shown");
  }
  std::string format = text_input(call, "format");
  return {{"text", format.empty() ? format_iso(time) : format_time(time, format)}, {"timestamp", seconds}};
}

}  // namespace

void add_time_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "date_time",
                     .name = "Date and Time",
                     .category = "General",
                     .description =
                         "Now, or a time in seconds since 1970, plus an offset, as text: ISO 8601, or a "
                         "format of strftime (%Y-%m-%d). Local time unless utc is set.",
                     .inputs = {{"format", "string", "", "text"},
                                {"utc", "bool", false, "bool"},
                                {"offset_seconds", "float", 0.0, "float"},
                                {"timestamp", "any"}},
                     .outputs = {{"text", "string"}, {"timestamp", "float"}}},
      .compute = date_time,
      .touches_world = true,
  });
}

}  // namespace vnode
