#include "journal/cached_record.h"

#include <span>
#include <utility>

#include "base/utc_time.h"
#include "journal/cbor_writer.h"
#include "journal/record_fields.h"
#include "journal/record_reader.h"
#include "journal/recorded_files.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::string_view kHead = "cached";
/// Of what stands in the files: others are of no use.
constexpr std::int64_t kCacheRevision = 1;

Error bad_cached(const std::string& what) {
  return {ErrorCode::kBadDocument, "a record of a cache: " + what};
}

void add_files(std::vector<RecordedFile>& files, const JournalRecord& record) {
  for (RecordedFile& file : recorded_files(record)) {
    std::erase_if(files, [&file](const RecordedFile& other) { return other.path == file.path; });
    files.push_back(std::move(file));
  }
}

/// Its records, one after the other; suspensions are not waited for again.
class CachedExecution final : public TakenExecution {
 public:
  CachedExecution(CachedRecord record, Recorder* journal, RecordNumber number)
      : record_(std::move(record)), journal_(journal), number_(number) {
    for (const JournalRecord& step : record_.steps) has_end_ = has_end_ || !step.field("outputs").is_none();
  }

  RecordNumber record() const override { return number_; }
  /// Its pushes come one after the other.
  void repeat_push(const RecordedSuspension&) override {}
  int try_number() const override { return 1; }
  Outputs outputs() const override { return outputs_; }
  Duration duration() const override { return record_.duration; }

  Result<std::optional<TakenStep>> next() override {
    while (at_ < record_.steps.size()) {
      if (std::optional<TakenStep> step = step_of(record_.steps[at_++])) return step;
    }
    if (!fires_.empty()) {
      if (journal_) journal_->push(number_, fires_, Value(true), std::nullopt);
      return std::optional(TakenStep{.name = std::exchange(fires_, {}), .value = Value(true)});
    }
    tell_end();
    return std::optional<TakenStep>();
  }

 private:
  std::optional<TakenStep> step_of(const JournalRecord& step) {
    using Kind = TakenStep::Kind;
    if (step.kind == "push") {
      TakenStep push{.name = std::string(field_text(step.field("port"))), .value = step.field("value")};
      if (fires_ == push.name)
        fires_.clear();
      else if (!has_end_)
        outputs_.set_kept(push.name, *push.value);
      if (journal_) journal_->push(number_, push.name, *push.value, std::nullopt);
      return push;
    }
    if (step.kind == "variable") {
      TakenStep variable{.kind = Kind::kVariable, .key = step.field("name")};
      if (const Value* value = step.fields.find("value")) variable.value = *value;
      if (journal_) journal_->variable(number_, variable.key, variable.value ? &*variable.value : nullptr);
      return variable;
    }
    if (step.kind == "log") {
      TakenStep log{.kind = Kind::kLog,
                    .name = std::string(field_text(step.field("message"))),
                    .level = recorded_level(field_text(step.field("level"))),
                    .stream = std::string(field_text(step.field("stream")))};
      if (journal_) journal_->log(number_, log.level, log.name, log.stream);
      return log;
    }
    if (step.kind == "last" || step.kind == "end") take_end(step);
    return std::nullopt;
  }

  void take_end(const JournalRecord& end) {
    if (end.kind == "last") fires_ = field_text(end.field("port"));
    const Value outputs = end.field("outputs");
    if (outputs.is_dict()) outputs_ = Outputs();
    for (const DictEntry& output : outputs.is_dict() ? outputs.as_entries() : std::span<const DictEntry>())
      outputs_.set_kept(to_text(output.key), output.value);
    if (!journal_ || end.kind != "last") return;
    const std::vector<RecordedFile> files = record_.work();
    journal_->end(number_, {.status = "success",
                            .is_before_firing = true,
                            .is_returned = outputs.is_dict(),
                            .outputs = {outputs_.begin(), outputs_.size()},
                            .files = files,
                            .port = fires_});
  }

  void tell_end() {
    if (!journal_ || std::exchange(is_end_told_, true)) return;
    const std::vector<RecordedFile> files = record_.work();
    journal_->end(number_, {.status = "success",
                            .is_returned = true,
                            .outputs = {outputs_.begin(), outputs_.size()},
                            .files = files,
                            .duration = record_.duration});
    journal_->flush();
  }

  CachedRecord record_;
  Recorder* const journal_;
  const RecordNumber number_;
  std::size_t at_ = 0;
  bool has_end_ = false;  ///< what it returns is known
  bool is_end_told_ = false;
  std::string fires_;  ///< the port of its last firing, until it has fired
  Outputs outputs_;
};

}  // namespace

namespace {

Result<void> take_head(CachedRecord& cached, const JournalRecord& head) {
  const Value revision = head.field("revision");
  if (head.kind != kHead || !revision.is_int() || revision.as_int() != kCacheRevision)
    return bad_cached("of another version");
  cached.type = field_text(head.field("type"));
  cached.directory = field_text(head.field("directory"));
  const Value duration = head.field("duration");
  if (duration.is_float())
    cached.duration =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(duration.as_float()));
  return {};
}

}  // namespace

Result<CachedRecord> CachedRecord::read_head(int fd, const std::string& name) {
  Result<RecordReader> reader = RecordReader::open(fd, name);
  if (!reader) return reader.error();
  const Result<std::optional<std::string_view>> payload = reader->next();
  if (!payload) return payload.error();
  if (!*payload) return bad_cached("it is cut off");
  const Result<JournalRecord> record = read_journal_record(**payload, {});
  if (!record) return record.error();
  CachedRecord cached;
  if (Result<void> read = take_head(cached, *record); !read) return read.error();
  return cached;
}

std::string CachedRecord::head(const CachedRecord& record) {
  std::string payload;
  CborWriter writer(payload);
  writer.begin_map();
  const auto text = [&writer](std::string_view name, std::string_view value) {
    writer.text(name);
    writer.text(value);
  };
  text("record", kHead);
  writer.text("revision");
  writer.integer(kCacheRevision);
  text("type", record.type);
  text("directory", record.directory);
  writer.text("duration");
  writer.real(seconds(record.duration));
  writer.end_map();
  return payload;
}

Result<CachedRecord> CachedRecord::read(int fd, const std::string& name) {
  Result<RecordReader> reader = RecordReader::open(fd, name);
  if (!reader) return reader.error();
  std::vector<Value> values;
  const StoredValueFinder stored = [&values](std::uint64_t number) -> Result<Value> {
    if (number == 0 || number > values.size()) return bad_cached("a value that is not in it");
    return values[number - 1];
  };
  CachedRecord cached;
  bool has_head = false;
  for (;;) {
    const Result<std::optional<std::string_view>> payload = reader->next();
    if (!payload) return payload.error();
    if (!*payload) break;
    Result<JournalRecord> record = read_journal_record(**payload, stored);
    if (!record) return record.error();
    if (!has_head) {
      if (Result<void> read = take_head(cached, *record); !read) return read.error();
      has_head = true;
    } else if (record->kind == "value") {
      values.push_back(record->field("value"));
    } else if (record->kind == "begin") {
      cached.begin = std::move(*record);
    } else {
      cached.steps.push_back(std::move(*record));
    }
  }
  const std::string_view end = cached.steps.empty() ? "" : std::string_view(cached.steps.back().kind);
  if (cached.begin.kind.empty() || (end != "end" && end != "last")) return bad_cached("it is cut off");
  return cached;
}

std::vector<RecordedFile> CachedRecord::work() const {
  std::vector<RecordedFile> files;
  for (const JournalRecord& step : steps) {
    if (step.kind == "last" || step.kind == "end") add_files(files, step);
  }
  return files;
}

std::vector<RecordedFile> CachedRecord::inputs() const {
  std::vector<RecordedFile> files;
  add_files(files, begin);
  return files;
}

std::unique_ptr<TakenExecution> take_cached(CachedRecord record, Recorder* journal, RecordNumber number) {
  return std::make_unique<CachedExecution>(std::move(record), journal, number);
}

}  // namespace vnode
