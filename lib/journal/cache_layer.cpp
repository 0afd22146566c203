#include "journal/cache_layer.h"

#include <algorithm>
#include <filesystem>

#include "journal/cbor_reader.h"
#include "journal/recorded_files.h"
#include "model/value_objects.h"
#include "node/node_type.h"

namespace vnode {
namespace {

/// What is larger is not kept.
constexpr std::size_t kMostOfOne = 64 << 20;

/// Nobody may take it: something in it is not what it was, or is no data.
bool is_fit(const JournalRecord& record) {
  return record.field("masked").is_none() && record.field("opaque").is_none() &&
         record.field("changed").is_none() && record.field("stateful").is_none() && record.kind != "mark";
}

bool is_as_it_was(const RecordedFile& before, const RecordedFile& now) {
  return before.is_there == now.is_there && before.size == now.size && before.changed == now.changed;
}

}  // namespace

CacheLayer::CacheLayer(Parts parts) : parts_(std::move(parts)), directory_(parts_.directory) {
  std::error_code ignored;
  if (directory_.empty()) directory_ = std::filesystem::current_path(ignored).string();
  no_order_.close();
}

CacheLayer::~CacheLayer() = default;

void CacheLayer::begin_run(const RecordedRun& run) {
  mask_ = run.secret_mask;
  values_.emplace(mask_, [](std::string_view) {});
  digester_.emplace(*values_);
  checks_.emplace(*values_);
  if (parts_.journal) parts_.journal->begin_run(run);
}

std::optional<std::string> CacheLayer::key_of(const RecordedBegin& begin) {
  if (!begin.type.definition.is_cached || !begin.hook.empty() || begin.is_stateful) return std::nullopt;
  for (const PortValue& input : begin.inputs) {
    if (has_opaque_object(input.value)) return std::nullopt;
  }
  bool was_masked = false;
  const std::string digest = digester_->digests_of(begin, was_masked).whole();
  if (was_masked) return std::nullopt;
  return short_digest(begin.type.definition.node_id + '\0' + digest);
}

Taking CacheLayer::take(const RecordedBegin& begin) {
  Taking answer = parts_.resumption ? parts_.resumption->take(begin) : Taking();
  if (answer.taken) return answer;
  const std::optional<std::string> key = key_of(begin);
  if (!key) return answer;
  std::optional<CachedRecord> found = find(*key, begin);
  if (!found) return answer;
  RecordNumber number = 0;
  if (parts_.journal) {
    number = parts_.journal->begin(begin);
    parts_.journal->flush();
  }
  Taking cached;
  cached.taken = take_cached(std::move(*found), parts_.journal, number);
  cached.is_cached = true;
  return cached;
}

std::optional<CachedRecord> CacheLayer::find(const std::string& key, const RecordedBegin& begin) {
  const OwnedFd file = parts_.folder.find(key);
  if (!file) return std::nullopt;
  Result<CachedRecord> record = CachedRecord::read(file.get(), key);
  if (!record) {
    parts_.folder.remove(key);
    return std::nullopt;
  }
  if (!holds(*record, begin)) return std::nullopt;
  return std::move(*record);
}

/// What it depends on, and has made, is as it was.
bool CacheLayer::holds(const CachedRecord& record, const RecordedBegin& begin) {
  bool was_masked = false;
  if (record.type != begin.type.definition.node_id ||
      difference(read_digests(record.begin), digester_->digests_of(begin, was_masked)))
    return false;
  const Dict none;
  const Dict& variables = begin.variables ? *begin.variables : none;
  for (const JournalRecord& step : record.steps) {
    if (!is_fit(step) || checks_->reason_against(step, variables)) return false;
  }
  const std::vector<RecordedFile> work = record.work();
  const std::vector<RecordedFile> inputs = record.inputs();
  const bool has_files = !work.empty() || !inputs.empty() || !begin.files.empty();
  if (has_files && record.directory != directory_) return false;
  for (const RecordedFile& file : work) {
    if (!is_as_it_was(file, look_at_file(file.path))) return false;
  }
  if (inputs.size() != begin.files.size()) return false;
  return std::all_of(begin.files.begin(), begin.files.end(), [&](const RecordedFile& now) {
    const auto is_it = [&now](const RecordedFile& file) { return file.path == now.path; };
    if (std::any_of(work.begin(), work.end(), is_it)) return true;
    const auto before = std::find_if(inputs.begin(), inputs.end(), is_it);
    return before != inputs.end() && is_as_it_was(*before, now);
  });
}

RecordNumber CacheLayer::begin(const RecordedBegin& begin) {
  const RecordNumber number = parts_.journal ? parts_.journal->begin(begin) : ++last_;
  std::optional<std::string> key = key_of(begin);
  if (!key) return number;
  Open open{.key = std::move(*key),
            .node = *begin.place.node,
            .type = begin.type.definition.node_id,
            .started = parts_.clock.steady_now()};
  open.recorder = std::make_unique<JournalRecorder>(*open.records, parts_.clock);
  open.recorder->begin_part(mask_);
  open.recorder->begin(begin);
  open_.insert_or_assign(number, std::move(open));
  return number;
}

JournalRecorder* CacheLayer::open_recorder(RecordNumber execution) {
  const auto found = open_.find(execution);
  if (found == open_.end()) return nullptr;
  if (found->second.records->payload_bytes() <= kMostOfOne) return found->second.recorder.get();
  open_.erase(found);
  return nullptr;
}

bool CacheLayer::put(const Open& open) {
  std::vector<std::string> payloads = {
      CachedRecord::head({.type = open.type,
                          .directory = directory_,
                          .duration = parts_.clock.steady_now() - open.started,
                          .begin = {},
                          .steps = {}})};
  const StoredValueFinder stored = [](std::uint64_t) -> Result<Value> { return Value(); };
  for (const std::string& payload : open.records->payloads()) {
    const Result<JournalRecord> record = read_journal_record(payload, stored);
    if (!record || !is_fit(*record)) return false;
    payloads.push_back(payload);
  }
  // (A cache that cannot be written is as good as none.)
  return open.records->payload_bytes() <= kMostOfOne && parts_.folder.put(open.key, payloads);
}

void CacheLayer::push(RecordNumber execution, std::string_view port, const Value& value,
                      std::optional<std::uint32_t> turns) {
  if (parts_.journal) parts_.journal->push(execution, port, value, turns);
  if (JournalRecorder* recorder = open_recorder(execution)) recorder->push(1, port, value, std::nullopt);
}

void CacheLayer::log(RecordNumber execution, LogLevel level, std::string_view message,
                     std::string_view stream) {
  if (parts_.journal) parts_.journal->log(execution, level, message, stream);
  if (JournalRecorder* recorder = open_recorder(execution)) recorder->log(1, level, message, stream);
}

void CacheLayer::variable(RecordNumber execution, const Value& name, const Value* value) {
  if (parts_.journal) parts_.journal->variable(execution, name, value);
  if (JournalRecorder* recorder = open_recorder(execution)) recorder->variable(1, name, value);
}

void CacheLayer::read(RecordNumber execution, const Value& name, const Value* value) {
  if (parts_.journal) parts_.journal->read(execution, name, value);
  if (JournalRecorder* recorder = open_recorder(execution)) recorder->read(1, name, value);
}

void CacheLayer::read_all(RecordNumber execution, const Dict& variables) {
  if (parts_.journal) parts_.journal->read_all(execution, variables);
  if (JournalRecorder* recorder = open_recorder(execution)) recorder->read_all(1, variables);
}

void CacheLayer::modules(RecordNumber execution, std::span<const UsersModule> modules) {
  if (parts_.journal) parts_.journal->modules(execution, modules);
  if (JournalRecorder* recorder = open_recorder(execution)) recorder->modules(1, modules);
}

void CacheLayer::mark(RecordNumber execution, RecordMark why, std::string_view detail) {
  if (parts_.journal) parts_.journal->mark(execution, why, detail);
  open_.erase(execution);
}

/// Behind its last firing nothing is left for it to do: that is as good as its end, and comes before what it
/// sets off.
void CacheLayer::end(RecordNumber execution, const RecordedEnd& end) {
  if (parts_.journal) parts_.journal->end(execution, end);
  JournalRecorder* const recorder = open_recorder(execution);
  if (!recorder) return;
  const auto found = open_.find(execution);
  const bool is_fit = end.status == "success" && !end.is_handled && end.changed.empty();
  if (is_fit) {
    recorder->end(1, end);
    // What it returns stands in the second of the two only.
    if (put(found->second)) put_.insert_or_assign(found->second.node, found->second.key);
  }
  if (!is_fit || !end.is_before_firing) open_.erase(found);
}

void CacheLayer::resume(const RecordedSuspension& suspension) {
  if (parts_.journal) parts_.journal->resume(suspension);
}
void CacheLayer::push_late(const RecordedPlace& place, std::string_view port, const Value& value) {
  if (parts_.journal) parts_.journal->push_late(place, port, value);
  // It has not ended with its end, so that there is more to it than was put there.
  if (const auto put = put_.find(*place.node); put != put_.end()) parts_.folder.remove(put->second);
}
void CacheLayer::end_run(bool is_stopped) {
  if (parts_.journal) parts_.journal->end_run(is_stopped);
}
void CacheLayer::flush() {
  if (parts_.journal) parts_.journal->flush();
}
void CacheLayer::settle(std::function<void()> done) {
  if (parts_.journal) return parts_.journal->settle(std::move(done));
  done();
}
std::optional<Error> CacheLayer::error() const {
  return parts_.journal ? parts_.journal->error() : std::nullopt;
}

}  // namespace vnode
