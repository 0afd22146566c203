#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "engine/recorder.h"
#include "journal/file_digests.h"
#include "journal/journal_file.h"

namespace vnode {

class Digester;
class RecordedValues;

/// Writes down a run in a journal's file (format.md). Thread rule: that of Recorder.
class JournalRecorder final : public Recorder {
 public:
  /// The file and the clock must outlive it.
  JournalRecorder(JournalFile& file, const Clock& clock);
  ~JournalRecorder() override;

  void begin_run(const RecordedRun& run) override;
  RecordNumber begin(const RecordedBegin& begin) override;
  void push(RecordNumber execution, std::string_view port, const Value& value) override;
  void log(RecordNumber execution, LogLevel level, std::string_view message,
           std::string_view stream) override;
  void variable(RecordNumber execution, const Value& name, const Value* value) override;
  void read(RecordNumber execution, const Value& name, const Value* value) override;
  void read_all(RecordNumber execution, const Dict& variables) override;
  void modules(RecordNumber execution, std::span<const UsersModule> modules) override;
  void mark(RecordNumber execution, RecordMark why, std::string_view detail) override;
  void end(RecordNumber execution, const RecordedEnd& end) override;
  void resume(const RecordedPlace& place) override;
  void push_late(const RecordedPlace& place, std::string_view port, const Value& value) override;
  void end_run(bool is_stopped) override;

  void flush() override { file_.flush(); }
  bool is_settled() const override { return file_.is_durable(); }
  void settle(std::function<void()> done) override { file_.sync(std::move(done)); }
  std::optional<Error> error() const override { return file_.error(); }
  bool has_failed() const override { return file_.has_failed(); }

 private:
  bool note_objects(RecordNumber execution, std::string_view port, const Value& value);

  JournalFile& file_;
  const Clock& clock_;
  std::unique_ptr<RecordedValues> values_;  ///< from `begin_run` on
  std::unique_ptr<Digester> digester_;      ///< as well
  FileDigests modules_;
  std::unordered_map<RecordNumber, std::string> makers_;  ///< digests of executions that have not ended
  RecordNumber last_ = 0;
};

}  // namespace vnode
