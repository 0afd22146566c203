#include "journal/lazy_journal.h"

#include <unistd.h>

#include <utility>

namespace vnode {
namespace {

/// So many records of suspensions are kept before there is a file.
constexpr std::size_t kMostEarly = 10'000;

}  // namespace

LazyJournal::LazyJournal(std::string path, std::uint64_t most, const Clock& clock)
    : path_(std::move(path)), most_(most), clock_(clock) {}

LazyJournal::~LazyJournal() = default;

void LazyJournal::go_on(std::unique_ptr<JournalFile> file, RecordNumber execution, std::uint64_t value) {
  file_ = std::move(file);
  file_->give_up_beyond(most_);
  recorder_ = std::make_unique<JournalRecorder>(*file_, clock_);
  recorder_->go_on(execution, value);
}

JournalRecorder* LazyJournal::open() {
  if (recorder_ || error_) return recorder_.get();
  ::unlink(path_.c_str());  // of an attempt that this one does not go on from
  Result<std::unique_ptr<JournalFile>> file = JournalFile::create(path_, JournalFile::Name::kWithFirstSync);
  if (!file) {
    error_ = file.error();
    return nullptr;
  }
  file_ = std::move(*file);
  file_->give_up_beyond(most_);
  recorder_ = std::make_unique<JournalRecorder>(*file_, clock_);
  recorder_->begin_run(*run_);
  if (!early_) return recorder_.get();
  for (const std::string& payload : early_->payloads()) file_->append_lazily(payload);
  early_recorder_ = nullptr;
  early_ = nullptr;
  return recorder_.get();
}

void LazyJournal::begin_run(const RecordedRun& run) {
  run_.emplace(run);
  if (recorder_) recorder_->begin_run(run);
}

RecordNumber LazyJournal::begin(const RecordedBegin& begin) {
  JournalRecorder* const recorder = open();
  return recorder ? recorder->begin(begin) : 1;
}

void LazyJournal::resume(const RecordedSuspension& suspension) {
  if (recorder_) return recorder_->resume(suspension);
  if (error_ || has_ended_) return;
  if (!early_) {
    early_ = JournalFile::in_memory();
    early_recorder_ = std::make_unique<JournalRecorder>(*early_, clock_);
  }
  early_recorder_->resume(suspension);
  if (early_->payloads().size() >= kMostEarly) open();
}

void LazyJournal::push_late(const RecordedPlace& place, std::string_view port, const Value& value) {
  if (recorder_) recorder_->push_late(place, port, value);
}

/// The run's end is made durable elsewhere: nothing waits for that of its journal.
void LazyJournal::end_run(bool is_stopped) {
  has_ended_ = true;
  if (!recorder_) return;
  recorder_->end_run(is_stopped);
  recorder_->flush();
}

// What belongs to an execution comes behind its begin.

void LazyJournal::push(RecordNumber execution, std::string_view port, const Value& value,
                       std::optional<std::uint32_t> turns) {
  if (recorder_) recorder_->push(execution, port, value, turns);
}
void LazyJournal::log(RecordNumber execution, LogLevel level, std::string_view message,
                      std::string_view stream) {
  if (recorder_) recorder_->log(execution, level, message, stream);
}
void LazyJournal::variable(RecordNumber execution, const Value& name, const Value* value) {
  if (recorder_) recorder_->variable(execution, name, value);
}
void LazyJournal::read(RecordNumber execution, const Value& name, const Value* value) {
  if (recorder_) recorder_->read(execution, name, value);
}
void LazyJournal::read_all(RecordNumber execution, const Dict& variables) {
  if (recorder_) recorder_->read_all(execution, variables);
}
void LazyJournal::modules(RecordNumber execution, std::span<const UsersModule> modules) {
  if (recorder_) recorder_->modules(execution, modules);
}
void LazyJournal::mark(RecordNumber execution, RecordMark why, std::string_view detail) {
  if (recorder_) recorder_->mark(execution, why, detail);
}
void LazyJournal::end(RecordNumber execution, const RecordedEnd& end) {
  if (recorder_) recorder_->end(execution, end);
}

void LazyJournal::flush() {
  if (recorder_) recorder_->flush();
}
bool LazyJournal::is_settled() const { return !recorder_ || has_ended_ || recorder_->is_settled(); }
void LazyJournal::settle(std::function<void()> done) {
  if (recorder_ && !has_ended_) return recorder_->settle(std::move(done));
  done();
}
std::optional<Error> LazyJournal::error() const { return error_ || !recorder_ ? error_ : recorder_->error(); }
bool LazyJournal::has_failed() const { return error_ || (recorder_ && recorder_->has_failed()); }

}  // namespace vnode
