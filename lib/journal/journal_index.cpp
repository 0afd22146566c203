#include "journal/journal_index.h"

#include <algorithm>

#include "base/sha256.h"
#include "events/event.h"
#include "journal/attempt_order.h"
#include "journal/cbor_writer.h"
#include "journal/read_place.h"
#include "journal/record_fields.h"

namespace vnode {
namespace {

/// Members of a `begin` record that an equal execution may have others of. Files are compared by themselves:
/// which of them are its own work shows at its end.
constexpr std::array<std::string_view, 9> kOwnMembers = {"record", "execution", "run",    "reason",  "try",
                                                         "cause",  "files",     "masked", "stateful"};

Error bad_record(const std::string& what) {
  return {ErrorCode::kBadDocument, "a record of a journal that vnode has not written: " + what};
}

std::uint64_t text_hash(std::string_view text) { return std::hash<std::string_view>()(text); }

std::uint64_t combined(std::uint64_t hash, std::uint64_t other) {
  return hash ^ (other + 0x9E3779B97F4A7C15 + (hash << 6) + (hash >> 2));
}

std::uint64_t bytes_at(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void append_sorted(CborWriter& writer, const Dict& parts) {
  std::vector<const Dict::Entry*> entries;
  for (const Dict::Entry& part : parts) entries.push_back(&part);
  const auto name = [](const Dict::Entry* part) { return field_text(part->key); };
  std::stable_sort(entries.begin(), entries.end(), [&name](auto a, auto b) { return name(a) < name(b); });
  for (const Dict::Entry* part : entries) {
    writer.value(part->key);
    writer.value(part->value);
  }
}

std::uint8_t status_number(std::string_view text) {
  for (std::uint8_t status = 0; status <= static_cast<std::uint8_t>(NodeStatus::kRetried); ++status) {
    if (word(static_cast<NodeStatus>(status)) == text) return status;
  }
  return static_cast<std::uint8_t>(NodeStatus::kFailed);
}

SuspendedFor suspended_for(std::string_view text) {
  if (text == "node") return SuspendedFor::kNode;
  if (text == "firing") return SuspendedFor::kFiring;
  if (text == "gate") return SuspendedFor::kGate;
  if (text == "yield") return SuspendedFor::kYield;
  return text == "retry" ? SuspendedFor::kRetry : SuspendedFor::kCode;
}

std::uint32_t turns_of(const JournalRecord& record) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(field_number(record.field("turns")), ~std::uint32_t{0}));
}

}  // namespace

Result<BeginKeys> begin_keys(const Dict& begin) {
  const std::optional<ReadPlace> place = ReadPlace::of(begin);
  if (!place) return bad_record("it does not say where it is");
  std::string bytes;
  CborWriter writer(bytes);
  for (const Dict::Entry& entry : begin) {
    if (entry.key.is_text() &&
        std::find(kOwnMembers.begin(), kOwnMembers.end(), entry.key.as_text()) != kOwnMembers.end())
      continue;
    writer.value(entry.key);
    // Whether a wire brings an input or the file has it changes where it stands.
    if (entry.value.is_dict() && entry.key.is_text() && entry.key.as_text() == "inputs")
      append_sorted(writer, entry.value.as_dict());
    else
      writer.value(entry.value);
  }
  const std::string digest = sha256(bytes);
  BeginKeys keys;
  keys.equal = {bytes_at(digest, 0), bytes_at(digest, 8)};
  keys.place = place_hash(place->get());
  if (const Value* hook = begin.find("hook")) keys.place = combined(keys.place, text_hash(field_text(*hook)));
  if (const Value* cause = begin.find("cause")) {
    std::string encoded;
    CborWriter(encoded).value(*cause);
    keys.cause = text_hash(encoded);
  }
  return keys;
}

JournalIndex::JournalIndex() : attempts_order_(std::make_unique<AttemptOrder>()) {}
JournalIndex::JournalIndex(JournalIndex&&) noexcept = default;
JournalIndex& JournalIndex::operator=(JournalIndex&&) noexcept = default;
JournalIndex::~JournalIndex() = default;

Result<JournalIndex> JournalIndex::read(int fd, const std::string& name) {
  JournalIndex index;
  Result<JournalReader> reader = JournalReader::open(fd, name);
  if (!reader) return reader.error();
  for (;;) {
    const Result<std::optional<JournalRecord>> record = reader->next();
    if (!record) return record.error();
    if (!*record) break;
    if (Result<void> added = index.add(**record); !added) {
      Error error = added.error();
      error.message += " (offset " + std::to_string((*record)->place) + ")";
      error.place.file = name;
      return error;
    }
  }
  index.end_ = reader->records().end();
  index.close();
  return index;
}

Result<void> JournalIndex::add(const JournalRecord& record) {
  const std::uint32_t before = std::exchange(last_step_of_, kNone);
  if (record.kind == "journal") return add_header(record);
  if (record.kind == "begin") return add_begin(record);
  if (record.kind == "resume") {
    last_step_of_ = before;  // may be a step of it
    return add_resume(record);
  }
  if (record.kind == "value") {
    if (field_number(record.field("number")) != values_.size() + 1) return bad_record("a value out of turn");
    values_.push_back(record.place);
    last_value_ = values_.size();
    return {};
  }
  if (record.kind == "run_end") {
    has_ended_ = !record.field("stopped").is_bool();
    return {};
  }
  if (record.field("execution").is_none()) return {};
  Result<Execution*> execution = find_execution(record);
  if (!execution) return execution.error();
  if (record.kind == "taken") return add_taken(record, **execution);
  last_step_of_ = before;
  return add_step(record, **execution);
}

Result<void> JournalIndex::add_header(const JournalRecord& record) {
  Header header;
  header.run_id = field_text(record.field("run_id"));
  const Value seed = record.field("seed");
  if (!seed.is_int() || header.run_id.empty()) return bad_record("a header without its run");
  header.seed = static_cast<std::uint64_t>(seed.as_int());
  header.attempt =
      static_cast<int>(std::min<std::uint64_t>(field_number(record.field("attempt")), 1'000'000'000));
  header.workflow = field_text(record.field("workflow"));
  header_ = std::move(header);
  has_ended_ = false;
  ++attempts_;
  attempts_order_->begin_attempt(order_);
  return {};
}

Result<JournalIndex::Execution*> JournalIndex::find_execution(const JournalRecord& record) {
  const std::uint64_t number = field_number(record.field("execution"));
  if (number == 0 || number > executions_.size()) return bad_record("an execution that has not begun");
  return &executions_[number - 1];
}

Result<void> JournalIndex::add_begin(const JournalRecord& record) {
  if (field_number(record.field("execution")) != executions_.size() + 1)
    return bad_record("an execution out of turn");
  if (executions_.size() == kNone - 1) return bad_record("it has too many executions");
  Result<BeginKeys> keys = begin_keys(record.fields);
  if (!keys) return keys.error();
  if (const std::optional<ReadPlace> place = ReadPlace::of(record.fields)) nodes_.insert(place->outermost());
  Execution& execution = executions_.emplace_back();
  execution.keys = *keys;
  execution.begin = record.place;
  execution.attempt = attempts_;
  execution.try_number = static_cast<std::uint16_t>(
      std::clamp<std::uint64_t>(field_number(record.field("try")), 1, ~std::uint16_t{0}));
  execution.is_hook = !record.field("hook").is_none();
  execution.has_files = !record.field("files").is_none();
  execution.is_stateful = record.field("stateful").is_bool();
  return {};
}

Result<void> JournalIndex::add_step(const JournalRecord& record, Execution& execution) {
  const auto number = static_cast<std::uint32_t>(field_number(record.field("execution")) - 1);
  if (last_step_of_ == number) {
    ++segments_[execution.last_segment].records;
  } else {
    segments_.push_back({record.place, 1, kNone});
    const auto segment = static_cast<std::uint32_t>(segments_.size() - 1);
    (execution.first_segment == kNone ? execution.first_segment : segments_[execution.last_segment].next) =
        segment;
    execution.last_segment = segment;
  }
  last_step_of_ = number;
  if (record.kind == "push" && !record.field("turns").is_none())
    add_entry(execution, order_.add_step(turns_of(record)));
  if (record.kind == "end" || record.kind == "last") add_end(record, execution);
  const bool is_checked = record.kind == "read" || record.kind == "reads_all" || record.kind == "modules" ||
                          record.kind == "mark" || !record.field("masked").is_none() ||
                          !record.field("changed").is_none();
  if (is_checked) execution.has_checks = true;
  if (record.field("opaque").is_bool()) execution.has_objects = true;
  return {};
}

/// What comes behind its last firing is not its own doing any more: a stop, say.
void JournalIndex::add_end(const JournalRecord& record, Execution& execution) {
  const std::uint8_t status = status_number(field_text(record.field("status")));
  const bool is_last = record.kind == "last";
  const bool is_unwound = status == static_cast<std::uint8_t>(NodeStatus::kCancelled) ||
                          status == static_cast<std::uint8_t>(NodeStatus::kTimeout);
  if (is_last) execution.last = record.place;
  if (!is_last && (execution.last == 0 || !is_unwound)) execution.end = record.place;
  if (execution.end == 0 && !is_last) return;
  execution.status = status;
  execution.is_handled = record.field("handled").is_bool();
  const Value files = record.field("files");
  if (files.is_list()) execution.has_files = true;
  for (const Value& file : files.is_list() ? files.as_list() : std::span<const Value>()) {
    const Value* path = file.is_dict() ? file.as_dict().find("path") : nullptr;
    if (path && path->is_text())
      writers_[text_hash(path->as_text())] =
          static_cast<std::uint32_t>(field_number(record.field("execution")) - 1);
  }
}

/// An attempt has taken it, there: it is one of that attempt's now.
Result<void> JournalIndex::add_taken(const JournalRecord& record, Execution& execution) {
  const std::optional<ReadPlace> place = ReadPlace::of(record.fields);
  if (!place) return bad_record("it does not say where it is");
  const Result<BeginKeys> keys = begin_keys(record.fields);
  if (!keys) return keys.error();
  execution.attempt = attempts_;
  execution.keys.place = keys->place;
  execution.keys.cause = keys->cause;
  attempts_order_->take(static_cast<std::uint32_t>(field_number(record.field("execution"))),
                        execution.first_entry);
  return {};
}

void JournalIndex::add_entry(Execution& execution, ResumeOrder::Entry entry) {
  next_entries_.resize(entry, 0);
  (execution.first_entry == 0 ? execution.first_entry : next_entries_[execution.last_entry - 1]) = entry;
  execution.last_entry = entry;
}

Result<void> JournalIndex::add_resume(const JournalRecord& record) {
  const std::optional<ReadPlace> place = ReadPlace::of(record.fields);
  if (!place) return bad_record("it does not say where it is");
  RecordedSuspension suspension{.place = place->get(),
                                .what = suspended_for(field_text(record.field("wait")))};
  suspension.turns = turns_of(record);
  suspension.firing = static_cast<std::uint32_t>(field_number(record.field("firing")));
  suspension.execution = field_number(record.field("execution"));
  if (suspension.what == SuspendedFor::kGate || suspension.what == SuspendedFor::kRetry) {
    last_step_of_ = kNone;
    return {};  // not waited for again
  }
  const ResumeOrder::Entry entry = order_.add(suspension);
  next_entries_.resize(entry, 0);
  if (suspension.execution == 0) {
    last_step_of_ = kNone;
    return {};
  }
  Result<Execution*> execution = find_execution(record);
  if (!execution) return execution.error();
  const auto number = static_cast<std::uint32_t>(suspension.execution);
  if (attempts_order_->is_repeated(number)) {
    last_step_of_ = kNone;
    if (const ResumeOrder::Entry known = attempts_order_->repeat(number, entry); known != 0)
      attempts_order_->set_next(number, next_entry(known));
    return {};
  }
  if (Result<void> added = add_step(record, **execution); !added) return added;
  add_entry(**execution, entry);
  return {};
}

bool JournalIndex::is_of(const Workflow& workflow) const {
  return nodes_.empty() ||
         std::any_of(workflow.nodes.begin(), workflow.nodes.end(),
                     [this](const auto& node) { return nodes_.contains(node.instance_id); });
}

std::uint64_t JournalIndex::value_place(std::uint64_t number) const {
  return number == 0 || number > values_.size() ? 0 : values_[number - 1];
}

std::uint32_t JournalIndex::last_writer(const std::string& path) const {
  const auto found = writers_.find(text_hash(path));
  return found == writers_.end() ? kNone : found->second;
}

/// Once all is there. What a later attempt has executed again is not what counts of it.
void JournalIndex::close() {
  places_in_order_ = attempts_order_->settle(order_);
  attempts_order_.reset();
  std::unordered_map<std::uint64_t, std::uint16_t> latest;
  if (attempts_ > 1) {
    for (const Execution& execution : executions_) {
      std::uint16_t& attempt = latest[execution.keys.place];
      attempt = std::max(attempt, execution.attempt);
    }
  }
  for (std::uint32_t number = 0; number < executions_.size(); ++number) {
    Execution& execution = executions_[number];
    execution.is_replaced = attempts_ > 1 && execution.attempt < latest[execution.keys.place];
    if (!execution.is_replaced) {
      by_keys_.push_back(number);
      continue;
    }
    for (ResumeOrder::Entry entry = execution.first_entry; entry != 0; entry = next_entry(entry))
      order_.pass(in_order(entry));
  }
  by_cause_ = by_place_ = by_keys_;
  const auto keys = [this](std::uint32_t number) { return executions_[number].keys.equal; };
  std::stable_sort(by_keys_.begin(), by_keys_.end(), [&](auto a, auto b) { return keys(a) < keys(b); });
  std::stable_sort(by_cause_.begin(), by_cause_.end(), [&](auto a, auto b) {
    return std::pair(keys(a), executions_[a].keys.cause) < std::pair(keys(b), executions_[b].keys.cause);
  });
  std::stable_sort(by_place_.begin(), by_place_.end(),
                   [this](auto a, auto b) { return executions_[a].keys.place < executions_[b].keys.place; });
  order_.close();
}

namespace {

template <class Key>
std::span<const std::uint32_t> equal_part(const std::vector<std::uint32_t>& sorted, const Key& key_of,
                                          decltype(key_of(0)) key) {
  const auto begin =
      std::lower_bound(sorted.begin(), sorted.end(), key,
                       [&](std::uint32_t number, const auto& k) { return key_of(number) < k; });
  const auto end = std::upper_bound(begin, sorted.end(), key,
                                    [&](const auto& k, std::uint32_t number) { return k < key_of(number); });
  return {sorted.data() + (begin - sorted.begin()), static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const std::uint32_t> JournalIndex::equal(const BeginKeys& keys) const {
  return equal_part(
      by_keys_, [this](std::uint32_t number) { return executions_[number].keys.equal; }, keys.equal);
}

std::span<const std::uint32_t> JournalIndex::equal_with_cause(const BeginKeys& keys) const {
  return equal_part(
      by_cause_,
      [this](std::uint32_t number) {
        return std::pair(executions_[number].keys.equal, executions_[number].keys.cause);
      },
      std::pair(keys.equal, keys.cause));
}

std::span<const std::uint32_t> JournalIndex::at(std::uint64_t place) const {
  return equal_part(
      by_place_, [this](std::uint32_t number) { return executions_[number].keys.place; }, place);
}

}  // namespace vnode
