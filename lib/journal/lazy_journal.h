#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "engine/recorder.h"
#include "journal/journal_file.h"
#include "journal/journal_recorder.h"

namespace vnode {

/// The journal of a run of which there may be many small ones: its file is made when the first execution is
/// recorded, so that a run without recorded nodes costs no file, and the end of the run waits for no disk
/// (journal rule 20). Or one that is there already, which a run goes on with.
/// Thread rule: that of Recorder.
class LazyJournal final : public Recorder {
 public:
  /// A new one; what is at `path` then is removed. Beyond `most` bytes it is given up (JournalFile). The
  /// clock must outlive it.
  LazyJournal(std::string path, std::uint64_t most, const Clock& clock);
  /// Goes on with that file, behind what stands in it.
  void go_on(std::unique_ptr<JournalFile> file, RecordNumber execution, std::uint64_t value);
  ~LazyJournal() override;

  /// Of the file, once there is one; -1. That thread only.
  int descriptor() const { return file_ ? file_->descriptor() : -1; }
  bool is_given_up() const { return file_ && file_->is_given_up(); }
  /// Once it goes on with a file.
  JournalRecorder& recorder() { return *recorder_; }

  void begin_run(const RecordedRun& run) override;
  RecordNumber begin(const RecordedBegin& begin) override;
  void push(RecordNumber execution, std::string_view port, const Value& value,
            std::optional<std::uint32_t> turns) override;
  void log(RecordNumber execution, LogLevel level, std::string_view message,
           std::string_view stream) override;
  void variable(RecordNumber execution, const Value& name, const Value* value) override;
  void read(RecordNumber execution, const Value& name, const Value* value) override;
  void read_all(RecordNumber execution, const Dict& variables) override;
  void modules(RecordNumber execution, std::span<const UsersModule> modules) override;
  void mark(RecordNumber execution, RecordMark why, std::string_view detail) override;
  void end(RecordNumber execution, const RecordedEnd& end) override;
  void resume(const RecordedSuspension& suspension) override;
  void push_late(const RecordedPlace& place, std::string_view port, const Value& value) override;
  void end_run(bool is_stopped) override;
  void flush() override;
  bool is_settled() const override;
  void settle(std::function<void()> done) override;
  std::optional<Error> error() const override;
  bool has_failed() const override;

 private:
  /// The one that writes; null when there is none, and cannot be.
  JournalRecorder* open();

  const std::string path_;
  const std::uint64_t most_;
  const Clock& clock_;
  std::optional<RecordedRun> run_;
  /// What is told before the first execution begins, and comes before it.
  std::unique_ptr<JournalFile> early_;
  std::unique_ptr<JournalRecorder> early_recorder_;
  std::unique_ptr<JournalFile> file_;  ///< null: not yet
  std::unique_ptr<JournalRecorder> recorder_;
  std::optional<Error> error_;  ///< why there is no file
  bool has_ended_ = false;
};

}  // namespace vnode
