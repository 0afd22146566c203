#include "report/chrome_report.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/shown_text.h"
#include "base/utc_time.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "report/track_table.h"

namespace vnode {
namespace {

constexpr std::size_t kTraceName = 200;
constexpr std::size_t kTraceMessage = 2'000;

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// Appends `"key":"text"`.
void append_member(std::string& out, std::string_view key, std::string_view text) {
  out.append("\"").append(key).append("\":");
  append_json_text(out, text);
}

class ChromeReport final : public Report {
 public:
  explicit ChromeReport(ReportOutput output) : output_(std::move(output)) {
    out_ = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n";
  }

  void add(const ReportEvent& event) override {
    using Kind = ReportEvent::Kind;
    if (event.micros()) now_ = *event.micros();
    if (!begin_) begin_ = now_;
    if (event.kind() == Kind::kExecutionStarted) start_run(event);
    if (event.kind() == Kind::kExecutionFinished) end_run(event);
    if (event.node_id().empty()) return;
    switch (event.kind()) {
      case Kind::kNodeStarted:
        return start(event);
      case Kind::kNodeFinished:
        return finish(event);
      case Kind::kNodeError:
        return keep_error(event);
      case Kind::kNodeWaiting:
        return wait(event);
      case Kind::kNodeResumed:
        return resume(event);
      case Kind::kNodeLog:
        return log(event);
      default:
        return;
    }
  }

  void finish(const StreamSummary&) override {
    end_slices("the events end here");
    out_ += "\n],\"metadata\":{";
    append_member(out_, "run_id", run_id_);
    out_ += ",";
    append_member(out_, "workflow", workflow_);
    out_ += ",";
    append_member(out_, "vnode", version_);
    out_ += ",";
    append_member(out_, "start", begin_ ? time_text(*begin_) : "");
    out_ += "}}\n";
    output_(out_);
  }

 private:
  /// A node at work.
  struct Slice {
    std::string name;
    std::string id;
    std::string address;
    std::string iteration;
    std::int64_t start = 0;
    std::uint32_t process = 1;
    std::uint32_t track = 1;
    std::int64_t attempt = 1;
    std::string reason;
    std::string error;
    std::int64_t waiting_since = -1;
    std::string waiting_for;
    bool is_map() const { return !iteration.empty(); }
  };

  static constexpr std::uint32_t kFirstMapTrack = 10'000;  ///< so that those of maps stand behind the others

  static std::string key_of(const ReportEvent& event) { return event.address() + "#" + event.iteration(); }

  Slice* find(const ReportEvent& event) {
    const auto found = slices_.find(key_of(event));
    return found == slices_.end() ? nullptr : &found->second;
  }

  std::int64_t since_begin(std::int64_t micros) const {
    return std::max<std::int64_t>(0, micros - begin_.value_or(micros));
  }

  void start_run(const ReportEvent& event) {
    end_slices("the attempt ended here");
    run_id_ = shown_line(event.run_id(), kTraceName);
    version_ = shown_line(text_view(event.object(), "vnode"), kTraceName);
    if (const Value* about = member(event.object(), "workflow")) {
      workflow_ = shown_line(text_view(*about, "name"), kTraceName);
    }
    run_started_ = now_;
    attempt_ = integer_member(event.object(), "attempt").value_or(1);
    process_of("");
  }

  void end_run(const ReportEvent& event) {
    end_slices("the run ended here");
    process_of("");
    const std::string status = shown_line(text_view(event.object(), "status"), kTraceName);
    const std::string name = (workflow_.empty() ? "run" : workflow_) +
                             (attempt_ > 1 ? ", attempt " + std::to_string(attempt_) : "");
    begin_event('X', name, "run", 1, 0, run_started_.value_or(now_));
    out_ += ",\"dur\":";
    append_number(out_, std::max<std::int64_t>(0, now_ - run_started_.value_or(now_)));
    out_ += ",\"args\":{";
    append_member(out_, "status", status);
    out_ += "}}";
    written();
  }

  void start(const ReportEvent& event) {
    // One that was not told to have ended: its events are missing.
    if (Slice* open = find(event)) end_slice(*open, "not ended");
    Slice slice;
    slice.name = shown_line(event.node_name().empty() ? event.node_type() : event.node_name(), kTraceName);
    slice.id = shown_line(event.node_id(), kTraceName);
    slice.address = event.address();
    slice.iteration = event.iteration();
    slice.start = now_;
    slice.process = process_of(event.host());
    slice.attempt = integer_member(event.object(), "try").value_or(1);
    slice.reason = shown_line(text_view(event.object(), "reason"), kTraceName);
    slice.track = tracks_.take(slice.process, slice.is_map());
    name_track(slice);
    slices_.insert_or_assign(key_of(event), std::move(slice));
  }

  void finish(const ReportEvent& event) {
    const auto found = slices_.find(key_of(event));
    if (found == slices_.end()) return;
    end_slice(found->second, shown_line(text_view(event.object(), "status"), kTraceName));
    slices_.erase(found);
  }

  void keep_error(const ReportEvent& event) {
    if (Slice* slice = find(event))
      slice->error = shown_text(text_view(event.object(), "message"), kTraceMessage);
  }

  void wait(const ReportEvent& event) {
    Slice* slice = find(event);
    if (!slice || slice->waiting_since >= 0) return;
    slice->waiting_since = now_;
    slice->waiting_for = shown_line(text_view(event.object(), "for"), kTraceName);
  }

  void resume(const ReportEvent& event) {
    if (Slice* slice = find(event)) end_waiting(*slice);
  }

  /// Only what somebody looks for: a trace with a million marks shows nothing.
  void log(const ReportEvent& event) {
    const std::string_view level = text_view(event.object(), "level");
    if (level != "error" && level != "warning") return;
    constexpr std::uint64_t kMostMarks = 10'000;
    const Slice* slice = find(event);
    if (!slice || marks_++ >= kMostMarks) return;
    begin_event('i', shown_line(text_view(event.object(), "message"), 120), level, slice->process,
                thread_of(*slice), now_);
    out_ += ",\"s\":\"t\"}";
    written();
  }

  void end_waiting(Slice& slice) {
    if (slice.waiting_since < 0) return;
    begin_event('X', "waiting: " + slice.waiting_for, "waiting", slice.process, thread_of(slice),
                slice.waiting_since);
    out_ += ",\"dur\":";
    append_number(out_, std::max<std::int64_t>(0, now_ - slice.waiting_since));
    out_ += "}";
    written();
    slice.waiting_since = -1;
  }

  void end_slice(Slice& slice, std::string_view status) {
    end_waiting(slice);
    const std::string name = slice.is_map() ? slice.name + " [" + slice.iteration + "]" : slice.name;
    begin_event('X', name, status, slice.process, thread_of(slice), slice.start);
    out_ += ",\"dur\":";
    append_number(out_, std::max<std::int64_t>(0, now_ - slice.start));
    out_ += ",\"args\":{";
    append_member(out_, "node_id", slice.id);
    out_ += ",";
    append_member(out_, "status", status);
    if (!slice.reason.empty()) append_member(out_ += ",", "reason", slice.reason);
    if (slice.attempt > 1) append_number(out_ += ",\"try\":", slice.attempt);
    if (!slice.error.empty()) append_member(out_ += ",", "error", slice.error);
    out_ += "}}";
    written();
    tracks_.give_back(slice.process, slice.is_map(), slice.track);
  }

  void end_slices(std::string_view why) {
    for (auto& [key, slice] : slices_) end_slice(slice, why);
    slices_.clear();
  }

  static std::uint32_t thread_of(const Slice& slice) {
    return slice.is_map() ? kFirstMapTrack + slice.track : slice.track;
  }

  std::uint32_t process_of(std::string_view host) {
    const auto number = static_cast<std::uint32_t>(processes_.size() + 1);
    const auto [found, is_new] = processes_.try_emplace(std::string(host), number);
    if (is_new) append_name("process_name", number, 0, host.empty() ? "vnode" : shown_line(host, kTraceName));
    if (is_new && number == 1) append_name("thread_name", 1, 0, "run");
    return found->second;
  }

  void name_track(const Slice& slice) {
    if (!named_.emplace(slice.process, thread_of(slice)).second) return;
    append_name("thread_name", slice.process, thread_of(slice),
                (slice.is_map() ? "map " : "chain ") + std::to_string(slice.track));
  }

  void append_name(std::string_view what, std::uint32_t process, std::uint32_t thread,
                   std::string_view name) {
    begin_event('M', what, "", process, thread, begin_.value_or(0));
    out_ += ",\"args\":{";
    append_member(out_, "name", name);
    out_ += "}}";
    written();
  }

  /// Up to its own members; the caller closes it.
  void begin_event(char phase, std::string_view name, std::string_view category, std::uint32_t process,
                   std::uint32_t thread, std::int64_t micros) {
    if (has_events_) out_ += ",\n";
    has_events_ = true;
    out_ += "{";
    append_member(out_, "name", name);
    if (!category.empty()) append_member(out_ += ",", "cat", category);
    out_.append(",\"ph\":\"").append(1, phase).append("\",\"ts\":");
    append_number(out_, since_begin(micros));
    append_number(out_ += ",\"pid\":", process);
    append_number(out_ += ",\"tid\":", thread);
  }

  void written() {
    constexpr std::size_t kBlock = 256UL * 1024;
    if (out_.size() < kBlock) return;
    output_(out_);
    out_.clear();
  }

  ReportOutput output_;
  std::string out_;
  bool has_events_ = false;
  std::optional<std::int64_t> begin_;
  std::optional<std::int64_t> run_started_;
  std::int64_t now_ = 0;
  std::int64_t attempt_ = 1;
  std::uint64_t marks_ = 0;
  std::string run_id_, workflow_, version_;
  std::map<std::string, Slice> slices_;  ///< ordered, so that the same stream gives the same trace
  std::map<std::string, std::uint32_t> processes_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> named_;
  TrackTable tracks_;
};

}  // namespace

std::unique_ptr<Report> make_chrome_report(ReportOutput output) {
  return std::make_unique<ChromeReport>(std::move(output));
}

}  // namespace vnode
