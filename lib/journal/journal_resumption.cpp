#include "journal/journal_resumption.h"

#include <algorithm>
#include <cmath>

#include "engine/emitter.h"
#include "events/event.h"
#include "journal/execution_digests.h"
#include "journal/record_fields.h"
#include "journal/recorded_files.h"
#include "model/value_ops.h"
#include "node/node_type.h"

namespace vnode {
namespace {

constexpr std::size_t kRecentlyRead = 16;

NodeStatus status_of(const JournalIndex::Execution& execution) {
  return static_cast<NodeStatus>(execution.status);
}

/// The node of the workflow that it is, or is in.
const Uuid& outermost(const RecordedPlace& place) {
  const LevelPath* level = place.path;
  while (level && level->outer) level = level->outer;
  return level ? level->group : *place.node;
}

}  // namespace

/// Its records, read as they are needed.
class JournalResumption::Taken final : public TakenExecution {
 public:
  /// `record`: in the journal that is written; `is_copied`: which is another one.
  Taken(JournalResumption& resumption, const Execution& execution, RecordNumber record, bool is_copied)
      : resumption_(resumption),
        execution_(execution),
        record_(record),
        is_copied_(is_copied),
        segment_(execution.first_segment),
        entry_(execution.first_entry) {
    begin_segment();
  }

  RecordNumber record() const override { return record_; }
  void repeat_push(const RecordedSuspension& now) override;
  int try_number() const override { return execution_.try_number; }
  Result<std::optional<TakenStep>> next() override;
  Outputs outputs() const override { return outputs_; }
  Duration duration() const override { return duration_; }

 private:
  void begin_segment() {
    if (segment_ == JournalIndex::kNone) return;
    left_ = resumption_.index_.segment(segment_).records;
    place_ = resumption_.index_.segment(segment_).place;
  }
  Result<std::optional<JournalRecord>> next_record();
  std::optional<TakenStep> step_of(const JournalRecord& record);
  std::optional<TakenStep> push_of(const JournalRecord& record);
  std::optional<TakenStep> end_of(const JournalRecord& record);
  ResumeOrder::Entry next_entry() {
    const ResumeOrder::Entry entry = entry_;
    if (entry != 0) entry_ = resumption_.index_.next_entry(entry);
    return resumption_.index_.in_order(entry);
  }

  JournalResumption& resumption_;
  const Execution& execution_;
  const RecordNumber record_;
  const bool is_copied_;
  std::optional<JournalRecord> beside_;  ///< a push that came beside it, to be copied when it comes
  std::uint32_t segment_;
  std::uint32_t left_ = 0;
  std::uint64_t place_ = 0;
  ResumeOrder::Entry entry_;
  std::string fires_;  ///< the port of its last firing, until it has fired
  bool has_returned_ = false;
  Outputs outputs_;
  Duration duration_{};
};

Result<std::optional<JournalRecord>> JournalResumption::Taken::next_record() {
  while (segment_ != JournalIndex::kNone && left_ == 0) {
    segment_ = resumption_.index_.segment(segment_).next;
    begin_segment();
  }
  if (segment_ == JournalIndex::kNone) return std::optional<JournalRecord>();
  Result<JournalRecord> record = resumption_.read(place_);
  if (!record) return record.error();
  --left_;
  place_ = resumption_.read_end_;
  return std::optional(std::move(*record));
}

Result<std::optional<TakenStep>> JournalResumption::Taken::next() {
  for (;;) {
    Result<std::optional<JournalRecord>> record = next_record();
    if (!record) return record.error();
    if (!*record) break;
    std::optional<TakenStep> step = step_of(**record);
    // Where it goes on is written then.
    if (step && step->kind == TakenStep::Kind::kPushBeside)
      beside_ = std::move(**record);
    else if (is_copied_ && (*record)->kind != "resume")
      resumption_.recorder_.copy(**record, record_);
    if (step) return step;
  }
  // It was cut off between the two.
  if (fires_.empty()) return std::optional<TakenStep>();
  return std::optional(TakenStep{.name = std::exchange(fires_, {}), .value = Value(true)});
}

void JournalResumption::Taken::repeat_push(const RecordedSuspension& now) {
  if (!is_copied_) return resumption_.recorder_.resume(now);
  beside_->fields.set("turns", Value(static_cast<std::int64_t>(now.turns)));
  resumption_.recorder_.copy(*beside_, record_);
}

std::optional<TakenStep> JournalResumption::Taken::step_of(const JournalRecord& record) {
  using Kind = TakenStep::Kind;
  if (record.kind == "push") return push_of(record);
  if (record.kind == "end" || record.kind == "last") return end_of(record);
  if (record.kind == "resume") {
    const bool is_yield = field_text(record.field("wait")) == "yield";
    return TakenStep{.kind = is_yield ? Kind::kYield : Kind::kWait, .entry = next_entry()};
  }
  if (record.kind == "variable") {
    TakenStep step{.kind = Kind::kVariable, .key = record.field("name")};
    if (const Value* value = record.fields.find("value")) step.value = *value;
    return step;
  }
  if (record.kind == "log") {
    return TakenStep{.kind = Kind::kLog,
                     .name = std::string(field_text(record.field("message"))),
                     .level = recorded_level(field_text(record.field("level"))),
                     .stream = std::string(field_text(record.field("stream")))};
  }
  return std::nullopt;
}

std::optional<TakenStep> JournalResumption::Taken::push_of(const JournalRecord& record) {
  const std::string port(field_text(record.field("port")));
  TakenStep step{.name = port, .value = record.field("value")};
  if (fires_ == port)
    fires_.clear();
  else if (!has_returned_ && execution_.end == 0)
    outputs_.set_kept(port, *step.value);
  if (!record.field("turns").is_none()) {
    step.kind = TakenStep::Kind::kPushBeside;
    step.entry = next_entry();
  }
  return step;
}

std::optional<TakenStep> JournalResumption::Taken::end_of(const JournalRecord& record) {
  const bool is_last = record.kind == "last";
  if (!is_last && record.place != execution_.end) return std::nullopt;
  if (is_last) fires_ = field_text(record.field("port"));
  if (const Value seconds = record.field("duration"); seconds.is_float())
    duration_ = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds.as_float()));
  if (const Value outputs = record.field("outputs"); outputs.is_dict()) {
    has_returned_ = true;
    outputs_ = Outputs();  // not all that it has pushed
    for (const DictEntry& output : outputs.as_entries()) outputs_.set_kept(to_text(output.key), output.value);
  }
  const bool is_told = !is_last && execution_.last != 0;
  if (!execution_.is_handled || is_told) return std::nullopt;
  return TakenStep{.kind = TakenStep::Kind::kFailure,
                   .name = std::string(field_text(record.field("message"))),
                   .code = std::string(field_text(record.field("code"))),
                   .detail = std::string(field_text(record.field("detail")))};
}

JournalResumption::~JournalResumption() = default;

Result<std::unique_ptr<JournalResumption>> JournalResumption::open(int fd, const std::string& name,
                                                                   JournalIndex index,
                                                                   JournalRecorder& recorder,
                                                                   const Options& options) {
  Result<RecordReader> records = RecordReader::open(fd, name);
  if (!records) return records.error();
  return std::unique_ptr<JournalResumption>(
      new JournalResumption(std::move(*records), std::move(index), recorder, options));
}

Result<JournalRecord> JournalResumption::read(std::uint64_t place) {
  const Result<std::string_view> payload = records_.read_near(place);
  if (!payload) return payload.error();
  // The view is gone once a stored value has been read.
  const std::string bytes(*payload);
  const std::uint64_t end = records_.end_of_near();
  Result<JournalRecord> record =
      read_journal_record(bytes, [this](std::uint64_t number) { return stored_value(number); });
  if (record) record->place = place;
  read_end_ = end;
  return record;
}

Result<Value> JournalResumption::stored_value(std::uint64_t number) {
  for (const auto& [known, value] : recent_) {
    if (known == number) return value;
  }
  const std::uint64_t place = index_.value_place(number);
  if (place == 0) return Error{ErrorCode::kBadDocument, "a value that is not in the journal"};
  Result<JournalRecord> record = read(place);
  if (!record) return record.error();
  const Value value = record->field("value");
  if (recent_.size() < kRecentlyRead)
    recent_.emplace_back(number, value);
  else
    recent_[next_recent_++ % kRecentlyRead] = {number, value};
  return value;
}

/// Journal rule 11.
Taking JournalResumption::take(const RecordedBegin& begin) {
  Taking answer;
  if (options_.without.contains(outermost(begin.place))) {
    answer.reason = options_.why_without;
    return answer;
  }
  const Result<Dict> members = recorder_.members_of(begin);
  const Result<BeginKeys> keys = members ? begin_keys(*members) : Result<BeginKeys>(members.error());
  if (!keys) return answer;
  const std::optional<std::uint32_t> found = find(*keys, begin, answer);
  if (!found) {
    tell_why(*keys, *members, answer);
    return answer;
  }
  Execution& execution = index_.executions()[*found];
  execution.is_used = execution.is_taken = true;
  answer = {};
  RecordNumber record = *found + 1;
  if (options_.copies)
    record = recorder_.begin_copy(begin, execution.try_number);
  else
    recorder_.take(record, begin);
  answer.taken = std::make_unique<Taken>(*this, execution, record, options_.copies);
  return answer;
}

/// One with the same cause; where there is none the earliest equal one. Which has an obstacle is told.
std::optional<std::uint32_t> JournalResumption::find(const BeginKeys& keys, const RecordedBegin& begin,
                                                     Taking& answer) {
  bool is_there = false, has_failed = false;
  int tries = 0;
  for (const std::uint32_t number : index_.equal_with_cause(keys)) {
    Execution& execution = index_.executions()[number];
    if (execution.is_used) continue;
    is_there = true;
    answer.reason = obstacle(number, begin);
    if (answer.reason.empty()) return number;
    execution.is_used = true;  // it is executed again: nobody else takes it
    if (execution.end != 0 && status_of(execution) == NodeStatus::kRetried) ++tries;
    if (execution.end != 0 && status_of(execution) == NodeStatus::kFailed) has_failed = true;
  }
  // A new life for what had failed in the end.
  if (!has_failed) answer.used_tries = tries;
  if (is_there) return std::nullopt;
  for (const std::uint32_t number : index_.equal(keys)) {
    if (index_.executions()[number].is_used) continue;
    if (obstacle(number, begin).empty()) return number;
  }
  return std::nullopt;
}

/// Journal rule 12: why a record that is equal is not taken; empty: it is.
std::string JournalResumption::obstacle(std::uint32_t number, const RecordedBegin& begin) {
  const Execution& execution = index_.executions()[number];
  if (std::string reason = status_obstacle(execution); !reason.empty()) return reason;
  if (execution.is_stateful && !options_.takes_stateful) return "stateful";
  if (execution.has_objects && !options_.takes_stateful)
    return "stateful: it has given objects that are no data";
  if (std::string reason = step_obstacle(execution, begin); !reason.empty()) return reason;
  return file_obstacle(number, begin);
}

std::string JournalResumption::status_obstacle(const Execution& execution) const {
  if (execution.last == 0 && execution.end == 0) return "not ended";
  switch (status_of(execution)) {
    case NodeStatus::kSuccess:
      return {};
    case NodeStatus::kCancelled:
      return "not ended";
    case NodeStatus::kFailed:
      if (execution.is_handled && !index_.has_ended()) return {};
      break;
    default:
      break;
  }
  return "failed before";
}

std::string JournalResumption::step_obstacle(const Execution& execution, const RecordedBegin& begin) {
  if (!execution.has_checks || !begin.variables) return {};
  if (!checks_) checks_.emplace(recorder_.values());
  for (std::uint32_t number = execution.first_segment; number != JournalIndex::kNone;) {
    const JournalIndex::Segment& segment = index_.segment(number);
    std::uint64_t place = segment.place;
    for (std::uint32_t i = 0; i < segment.records; ++i, place = read_end_) {
      const Result<JournalRecord> record = read(place);
      if (!record) return "unreadable";
      if (options_.takes_stateful && record->kind == "mark") continue;
      if (const auto reason = checks_->reason_against(*record, *begin.variables)) return *reason;
    }
    number = segment.next;
  }
  return {};
}

bool JournalResumption::is_same_file(const RecordedFile& recorded, const RecordedFile& now) {
  if (recorded.is_there != now.is_there) return false;
  if (!now.is_there) return true;
  if (recorded.size != now.size) return false;
  switch (options_.file_check) {
    case FileCheck::kSize:
      return true;
    case FileCheck::kContent:
      if (!recorded.digest.empty()) return recorded.digest == files_.of(now.path);
      break;
    case FileCheck::kTime:
      break;
  }
  return recorded.changed == now.changed;
}

std::string JournalResumption::file_obstacle(std::uint32_t number, const RecordedBegin& begin) {
  const Execution& execution = index_.executions()[number];
  if (!execution.has_files) return {};
  std::vector<RecordedFile> work;
  for (const std::uint64_t place : {execution.last, execution.end}) {
    if (place == 0) continue;
    const Result<JournalRecord> record = read(place);
    if (!record) return "unreadable";
    for (RecordedFile& file : recorded_files(*record)) {
      const auto same =
          std::find_if(work.begin(), work.end(), [&](const auto& other) { return other.path == file.path; });
      (same == work.end() ? work.emplace_back() : *same) = std::move(file);
    }
  }
  for (const RecordedFile& file : work) {
    if (!file.is_there || index_.last_writer(file.path) != number) continue;
    const RecordedFile now = look_at_file(file.path);
    if (!now.is_there) return "file missing: " + file.path;
    if (!is_same_file(file, now)) return "file changed: " + file.path;
  }
  const Result<JournalRecord> record = read(execution.begin);
  if (!record) return "unreadable";
  const std::vector<RecordedFile> before = recorded_files(*record);
  for (const RecordedFile& now : begin.files) {
    const auto is_it = [&now](const RecordedFile& file) { return file.path == now.path; };
    if (std::any_of(work.begin(), work.end(), is_it)) continue;
    const auto recorded = std::find_if(before.begin(), before.end(), is_it);
    if (recorded == before.end() || is_same_file(*recorded, now)) continue;
    return (now.is_there ? "file changed: " : "file missing: ") + now.path;
  }
  return {};
}

/// Why it is executed although one of the same place has been executed before; its suspensions are not taken.
void JournalResumption::tell_why(const BeginKeys& keys, const Dict& members, Taking& answer) {
  for (const std::uint32_t number : index_.at(keys.place)) {
    Execution& execution = index_.executions()[number];
    for (ResumeOrder::Entry entry = execution.is_taken ? 0 : execution.first_entry; entry != 0;
         entry = index_.next_entry(entry))
      index_.order().pass(index_.in_order(entry));
    if (answer.reason.empty()) answer.reason = difference(number, members);
  }
  answer.has_begun_before = !answer.reason.empty();
}

std::string JournalResumption::difference(std::uint32_t number, const Dict& members) {
  const Result<JournalRecord> record = read(index_.executions()[number].begin);
  if (!record) return "unreadable";
  const std::optional<std::string> reason =
      vnode::difference(read_digests(*record), read_digests({.fields = members}));
  if (reason) return *reason;
  return "its record was taken elsewhere";
}

}  // namespace vnode
