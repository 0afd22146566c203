#include "journal/journal_recorder.h"

#include <array>
#include <set>
#include <vector>

#include "base/utc_time.h"
#include "engine/emitter.h"
#include "journal/cbor_reader.h"
#include "journal/cbor_writer.h"
#include "journal/execution_digests.h"
#include "journal/recorded_values.h"
#include "model/value_objects.h"
#include "model/value_ops.h"
#include "model/workflow_writer.h"
#include "node/node_context.h"
#include "node/node_type.h"

namespace vnode {
namespace {

/// One record while it is written: a map whose members come in turn.
class Record {
 public:
  explicit Record(std::string_view kind) : writer_(payload_) {
    writer_.begin_map();
    text("record", kind);
  }
  /// A part of one.
  Record() : writer_(payload_) {}

  void text(std::string_view name, std::string_view value) {
    writer_.text(name);
    writer_.text(value);
  }
  void number(std::string_view name, std::uint64_t value) {
    writer_.text(name);
    writer_.number(value);
  }
  void integer(std::string_view name, std::int64_t value) {
    writer_.text(name);
    writer_.integer(value);
  }
  void real(std::string_view name, double value) {
    writer_.text(name);
    writer_.real(value);
  }
  /// Left out where it is false, or empty.
  void flag(std::string_view name, bool value) {
    if (!value) return;
    writer_.text(name);
    writer_.boolean(true);
  }
  void some_text(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  /// Of a part.
  const std::string& members() const { return payload_; }
  void encoded_members(std::string_view members) { payload_ += members; }
  /// A value that is encoded already.
  void encoded(std::string_view name, std::string_view item) {
    writer_.text(name);
    payload_ += item;
  }
  void place(const RecordedPlace& place) {
    path(place.path);
    text("node", place.node->text());
    number("run", place.execution);
  }
  void cause(const RecordedCause& cause) {
    if (!cause.place.node) return;
    writer_.text("cause");
    writer_.begin_map();
    place(cause.place);
    if (cause.push == RecordedCause::kReturned)
      text("by", "return");
    else if (cause.push == 0)
      text("by", "pull");
    else
      number("push", cause.push);
    writer_.end_map();
  }
  /// `contents`: of the files; null: that is not asked for.
  void files(std::span<const RecordedFile> files, const RecordedValues& values, FileDigests* contents,
             bool& was_masked) {
    if (files.empty()) return;
    writer_.text("files");
    writer_.array(files.size());
    for (const RecordedFile& file : files) {
      writer_.begin_map();
      text("path", values.text(file.path, was_masked));
      if (file.is_there) {
        number("size", file.size);
        integer("mtime", file.changed);
        if (contents) some_text("digest", contents->of(file.path));
      }
      writer_.end_map();
    }
  }
  void digests(std::string_view name, const ExecutionDigests::Parts& parts) {
    writer_.text(name);
    writer_.map(parts.size());
    for (const auto& [part, digest] : parts) text(part, digest);
  }
  void texts(std::string_view name, std::span<const std::string> items, const RecordedValues& values) {
    if (items.empty()) return;
    bool was_masked = false;
    writer_.text(name);
    writer_.array(items.size());
    for (const std::string& item : items) writer_.text(values.text(item, was_masked));
  }
  CborWriter& begin_member(std::string_view name) {
    writer_.text(name);
    writer_.begin_map();
    return writer_;
  }
  void end_member() { writer_.end_map(); }

  const std::string& finish() {
    writer_.end_map();
    return payload_;
  }

 private:
  /// The groups and maps around it, outermost first, each with the how manieth execution of it; of a map also
  /// the item.
  void path(const LevelPath* path) {
    if (!path) return;
    std::vector<const LevelPath*> levels;
    std::size_t items = 0;
    for (; path; path = path->outer) {
      levels.push_back(path);
      items += path->iteration.has_value();
    }
    writer_.text("path");
    writer_.array(2 * (levels.size() + items));
    for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
      writer_.text((*level)->group.text());
      writer_.number((*level)->execution);
      if (!(*level)->iteration) continue;
      writer_.text("item");
      writer_.number(static_cast<std::uint64_t>(*(*level)->iteration));
    }
  }

  std::string payload_;
  CborWriter writer_;
};

}  // namespace

JournalRecorder::JournalRecorder(JournalFile& file, const Clock& clock) : file_(file), clock_(clock) {}
JournalRecorder::~JournalRecorder() = default;

void JournalRecorder::begin_part(std::shared_ptr<const SecretMask> mask) {
  values_ = std::make_unique<RecordedValues>(
      std::move(mask), [this](std::string_view payload) { file_.append(payload); }, last_value_);
  digester_ = std::make_unique<Digester>(*values_);
}

void JournalRecorder::begin_run(const RecordedRun& run) {
  begin_part(run.secret_mask);
  Record record("journal");
  record.text("run_id", run.run_id);
  record.integer("attempt", run.attempt);
  record.text("started", time_text(clock_.wall_now()));
  record.integer("seed", static_cast<std::int64_t>(run.seed));
  bool was_masked = false;
  const std::string workflow = values_->text(write_workflow(run.workflow), was_masked);
  record.text("workflow", short_digest(workflow));
  CborWriter& definitions = record.begin_member("definitions");
  std::set<std::string_view> told;
  for (const auto& type : run.types) {
    if (!told.insert(type->definition.node_id).second) continue;
    definitions.text(type->definition.node_id);
    definitions.text(digester_->definition_digest(*type));
  }
  record.end_member();
  file_.append(record.finish());
  file_.flush();
}

void JournalRecorder::go_on(RecordNumber execution, std::uint64_t value) {
  last_ = execution;
  last_value_ = value;
}

/// What the record of its beginning has, but for its number and what it is told later. Encoded.
const std::string& JournalRecorder::begin_members(const RecordedBegin& begin) {
  const bool is_known = described_.place.node && described_.place.node == begin.place.node &&
                        described_.place.path == begin.place.path &&
                        described_.place.execution == begin.place.execution && described_.hook == begin.hook;
  if (is_known) {
    described_.place.node = nullptr;  // for that one time: its inputs may be others the next time
    return described_.members;
  }
  bool was_masked = false;
  Record record;
  record.place(begin.place);
  record.text("type", begin.type.definition.node_id);
  record.some_text("hook", begin.hook);
  record.cause(begin.cause);
  const ExecutionDigests digests = digester_->digests_of(begin, was_masked);
  described_.whole = digests.whole();
  record.text("definition", digests.definition);
  record.digests("inputs", digests.inputs);
  if (!digests.command.empty()) record.digests("command", digests.command);
  record.flag("stateful", begin.is_stateful);
  record.files(begin.files, *values_, contents(), was_masked);
  record.flag("masked", was_masked);
  described_.members = record.members();
  return described_.members;
}

Result<Dict> JournalRecorder::members_of(const RecordedBegin& begin) {
  described_.place.node = nullptr;
  const std::string bytes = "\xbf" + begin_members(begin) + "\xff";
  described_.place = begin.place;
  described_.hook = begin.hook;
  Result<Value> members = read_cbor(bytes);
  if (!members) return members.error();
  return members->as_dict();
}

std::string JournalRecorder::begin_payload(const RecordedBegin& begin, int try_number) {
  const std::string members = begin_members(begin);
  Record record("begin");
  record.number("execution", ++last_);
  makers_[last_] = described_.whole;
  record.some_text("reason", begin.reason);
  if (try_number > 1) record.integer("try", try_number);
  record.encoded_members(members);
  return record.finish();
}

RecordNumber JournalRecorder::begin(const RecordedBegin& begin) {
  file_.append(begin_payload(begin, begin.try_number));
  if (!begin.delivered.empty()) tell_delivered(begin.delivered);
  // What was copied counts from now on.
  if (std::exchange(has_copies_, false)) file_.sync_and_wait();
  return last_;
}

/// Large values are most likely in the file already: those who have made them have told of them.
void JournalRecorder::tell_delivered(std::span<const PortValue> inputs) {
  bool was_masked = false, is_opaque = false;
  std::vector<std::string> encoded;
  for (const PortValue& input : inputs) {
    encoded.push_back(values_->encode(input.value, was_masked));
    is_opaque = is_opaque || has_opaque_object(input.value);
  }
  Record record("inputs");
  record.number("execution", last_);
  record.begin_member("values");
  for (std::size_t i = 0; i < inputs.size(); ++i) record.encoded(inputs[i].port, encoded[i]);
  record.end_member();
  record.flag("masked", was_masked);
  record.flag("objects", is_opaque);
  file_.append(record.finish());
}

/// Whether there are objects in it that are no data; they come from that execution, unless they are known.
bool JournalRecorder::note_objects(RecordNumber execution, std::string_view port, const Value& value) {
  if (!has_opaque_object(value)) return false;
  values_->origins().add(value, makers_[execution], port);
  return true;
}

RecordNumber JournalRecorder::begin_copy(const RecordedBegin& begin, int try_number) {
  file_.append_lazily(begin_payload(begin, try_number));
  has_copies_ = true;
  return last_;
}

void JournalRecorder::take(RecordNumber execution, const RecordedBegin& begin) {
  described_.place.node = nullptr;
  Record record("taken");
  record.number("execution", execution);
  record.place(begin.place);
  record.some_text("hook", begin.hook);
  record.cause(begin.cause);
  file_.append_lazily(record.finish());
}

void JournalRecorder::copy(const JournalRecord& source, RecordNumber execution) {
  described_.place.node = nullptr;
  std::vector<std::pair<std::string, std::string>> members;
  bool was_masked = false;
  for (const Dict::Entry& entry : source.fields) {
    const std::string name = to_text(entry.key);
    if (name != "record" && name != "execution")
      members.emplace_back(name, values_->encode(entry.value, was_masked));
  }
  Record record(source.kind);
  record.number("execution", execution);
  for (const auto& [name, encoded] : members) record.encoded(name, encoded);
  file_.append_lazily(record.finish());
  has_copies_ = true;
}

void JournalRecorder::push(RecordNumber execution, std::string_view port, const Value& value,
                           std::optional<std::uint32_t> turns) {
  bool was_masked = false;
  const std::string encoded = values_->encode(value, was_masked);
  Record record("push");
  record.number("execution", execution);
  record.text("port", port);
  record.encoded("value", encoded);
  if (turns) record.number("turns", *turns);
  record.flag("masked", was_masked);
  record.flag("opaque", note_objects(execution, port, value));
  file_.append(record.finish());
}

void JournalRecorder::log(RecordNumber execution, LogLevel level, std::string_view message,
                          std::string_view stream) {
  bool was_masked = false;
  Record record("log");
  record.number("execution", execution);
  record.text("level", level_name(level));
  record.text("message", values_->text(message, was_masked));
  record.some_text("stream", stream);
  record.flag("masked", was_masked);
  file_.append(record.finish());
}

void JournalRecorder::variable(RecordNumber execution, const Value& name, const Value* value) {
  bool was_masked = false;
  const std::string encoded_name = values_->encode(name, was_masked);
  const std::string encoded = value ? values_->encode(*value, was_masked) : std::string();
  Record record("variable");
  record.number("execution", execution);
  record.encoded("name", encoded_name);
  if (value) record.encoded("value", encoded);
  record.flag("masked", was_masked);
  record.flag("opaque", value && note_objects(execution, "variable " + to_text(name), *value));
  file_.append(record.finish());
}

void JournalRecorder::read(RecordNumber execution, const Value& name, const Value* value) {
  bool was_masked = false;
  const std::string encoded_name = values_->encode(name, was_masked);
  Record record("read");
  record.number("execution", execution);
  record.encoded("name", encoded_name);
  if (value) record.text("digest", values_->digest(*value, was_masked));
  file_.append(record.finish());
}

void JournalRecorder::read_all(RecordNumber execution, const Dict& variables) {
  bool was_masked = false;
  Dict digests;
  for (const Dict::Entry& entry : variables)
    digests.set(entry.key, Value(values_->digest(entry.value, was_masked)));
  const std::string encoded = values_->encode(Value(std::move(digests)), was_masked);
  Record record("reads_all");
  record.number("execution", execution);
  record.encoded("variables", encoded);
  file_.append(record.finish());
}

void JournalRecorder::modules(RecordNumber execution, std::span<const UsersModule> modules) {
  bool was_masked = false;
  Record record("modules");
  record.number("execution", execution);
  CborWriter& writer = record.begin_member("modules");
  for (const UsersModule& module : modules) {
    writer.text(values_->text(module.name, was_masked));
    writer.begin_map();
    record.text("path", values_->text(module.file, was_masked));
    record.text("digest", files_.of(module.file));
    writer.end_map();
  }
  record.end_member();
  file_.append(record.finish());
}

void JournalRecorder::mark(RecordNumber execution, RecordMark why, std::string_view detail) {
  bool was_masked = false;
  Record record("mark");
  record.number("execution", execution);
  record.text("why", word(why));
  record.some_text("detail", values_->text(detail, was_masked));
  file_.append(record.finish());
}

void JournalRecorder::end(RecordNumber execution, const RecordedEnd& end) {
  bool was_masked = false;
  bool is_opaque = false;
  std::vector<std::pair<std::string_view, std::string>> outputs;
  for (const PortValue& output : end.outputs) {
    outputs.emplace_back(output.port, values_->encode(output.value, was_masked));
    is_opaque |= note_objects(execution, output.port, output.value);
  }
  if (!end.is_before_firing) makers_.erase(execution);
  Record record(end.is_before_firing ? "last" : "end");
  record.number("execution", execution);
  record.text("status", end.status);
  record.flag("handled", end.is_handled);
  record.some_text("port", end.port);
  if (end.is_returned || !end.is_before_firing) {
    record.begin_member("outputs");
    for (const auto& [port, encoded] : outputs) record.encoded(port, encoded);
    record.end_member();
  }
  if (!end.is_before_firing) record.real("duration", seconds(end.duration));
  if (!end.message.empty() || !end.code.empty()) {
    record.text("message", values_->text(end.message, was_masked));
    record.text("code", end.code);
    record.some_text("detail", values_->text(end.detail, was_masked));
  }
  record.files(end.files, *values_, contents(), was_masked);
  record.texts("changed", end.changed, *values_);
  record.flag("masked", was_masked);
  record.flag("opaque", is_opaque);
  file_.append(record.finish());
}

void JournalRecorder::resume(const RecordedSuspension& suspension) {
  static constexpr std::array<std::string_view, 6> kWords = {"", "node", "firing", "gate", "retry", "yield"};
  Record record("resume");
  record.place(suspension.place);
  record.some_text("wait", kWords[static_cast<std::size_t>(suspension.what)]);
  if (suspension.execution != 0) record.number("execution", suspension.execution);
  if (suspension.firing != 0) record.number("firing", suspension.firing);
  if (suspension.turns != 0) record.number("turns", suspension.turns);
  file_.append_lazily(record.finish());
}

void JournalRecorder::push_late(const RecordedPlace& place, std::string_view port, const Value& value) {
  bool was_masked = false;
  const std::string encoded = values_->encode(value, was_masked);
  Record record("late");
  record.place(place);
  record.text("port", port);
  record.encoded("value", encoded);
  record.flag("masked", was_masked);
  file_.append(record.finish());
}

void JournalRecorder::end_run(bool is_stopped) {
  Record record("run_end");
  record.flag("stopped", is_stopped);
  file_.append(record.finish());
}

}  // namespace vnode
