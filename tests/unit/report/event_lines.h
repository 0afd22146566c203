#pragma once

#include <string>
#include <string_view>

#include "report/event_stream.h"
#include "report/report.h"
#include "report/run_record.h"

namespace vnode::test {

inline constexpr std::string_view kNode = "00000000-0000-4000-8000-000000000001";
inline constexpr std::string_view kOther = "00000000-0000-4000-8000-000000000002";

/// Writes an event stream in a few words. Each event is a millisecond after the one before.
class EventLines {
 public:
  EventLines& start(int attempt = 1, std::string_view schema = "vnode.event/1") {
    return line(
        "execution_started",
        R"("schema":")" + std::string(schema) +
            R"(","vnode":"1.0","workflow":{"path":"w.json","name":"w","nodes":2,"connections":1},"mode":"flow","attempt":)" +
            std::to_string(attempt));
  }
  EventLines& end(std::string_view status, std::string_view more = "") {
    return line("execution_finished",
                R"("success":)" + std::string(status == "completed" ? "true" : "false") + R"(,"status":")" +
                    std::string(status) + R"(","exit_code":0,"duration":1.5)" + std::string(more));
  }
  /// An event of a node; `more`: further members.
  EventLines& node(std::string_view type, std::string_view id, std::string_view more) {
    return line(type, R"("node_id":")" + std::string(id) + R"(","node_type":"render",)" + std::string(more));
  }
  EventLines& started(std::string_view id, std::string_view more = "") {
    return node("node_started", id, R"("reason":"exec","execution":1,"try":1)" + std::string(more));
  }
  EventLines& finished(std::string_view id, std::string_view status, std::string_view more = "") {
    return node("node_finished", id,
                R"("duration":0.25,"status":")" + std::string(status) + "\"" + std::string(more));
  }
  EventLines& line(std::string_view type, const std::string& more) {
    char time[64];
    const int ms = static_cast<int>(++seq_);
    std::snprintf(time, sizeof time, "2026-01-02T03:04:%02d.%03d000Z", ms / 1000 % 60, ms % 1000);
    text_ += R"({"type":")" + std::string(type) + R"(","seq":)" + std::to_string(seq_) + R"(,"time":")" +
             time + R"(","run_id":"r1",)" + more + "}\n";
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::uint64_t seq_ = 0;
  std::string text_;
};

inline RunRecord record_of(std::string_view text) {
  RunRecord run;
  EventStream stream([&run](const ReportEvent& event) { run.add(event); }, true);
  stream.feed(text);
  stream.finish();
  return run;
}

inline std::string report_of(std::string_view format, std::string_view text) {
  std::string out;
  const ReportFormat& found = *find_report_format(format);
  const auto report = found.make([&out](std::string_view part) { out += part; });
  EventStream stream([&report](const ReportEvent& event) { report->add(event); }, found.wants_outputs);
  stream.feed(text);
  report->finish(stream.finish());
  return out;
}

}  // namespace vnode::test
