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
#include "journal/journal_reader.h"

namespace vnode {

class Digester;
class RecordedValues;

/// Writes down a run in a journal's file (format.md). Thread rule: that of Recorder.
class JournalRecorder final : public Recorder {
 public:
  /// The file and the clock must outlive it.
  JournalRecorder(JournalFile& file, const Clock& clock);
  /// The file has records already: the last numbers in it of executions and of values.
  void go_on(RecordNumber execution, std::uint64_t value);
  /// From now on of files also what is in them.
  void record_contents() { has_contents_ = true; }
  /// Instead of `begin_run`: single executions are to be written, and no header.
  void begin_part(std::shared_ptr<const SecretMask> mask);
  ~JournalRecorder() override;

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

  // For a run that resumes an earlier one, from `begin_run` on.

  RecordedValues& values() { return *values_; }

  /// The members of the record of an execution that may be about to begin, without its number.
  Result<Dict> members_of(const RecordedBegin& begin);
  /// That execution of the file is taken, there.
  void take(RecordNumber execution, const RecordedBegin& begin);
  /// One of another journal is taken, there: it begins here, too. Returns its number here.
  RecordNumber begin_copy(const RecordedBegin& begin, int try_number);
  /// A record of it.
  void copy(const JournalRecord& record, RecordNumber execution);

  void flush() override { file_.flush(); }
  bool is_settled() const override { return file_.is_durable(); }
  void settle(std::function<void()> done) override { file_.sync(std::move(done)); }
  std::optional<Error> error() const override { return file_.error(); }
  bool has_failed() const override { return file_.has_failed(); }

 private:
  void tell_delivered(std::span<const PortValue> inputs);
  bool note_objects(RecordNumber execution, std::string_view port, const Value& value);

  JournalFile& file_;
  const Clock& clock_;
  const std::string& begin_members(const RecordedBegin& begin);
  std::string begin_payload(const RecordedBegin& begin, int try_number);

  std::unique_ptr<RecordedValues> values_;  ///< from `begin_run` on
  std::unique_ptr<Digester> digester_;      ///< as well
  FileDigests* contents() { return has_contents_ ? &files_ : nullptr; }

  FileDigests files_;
  bool has_contents_ = false;
  std::unordered_map<RecordNumber, std::string> makers_;  ///< digests of executions that have not ended
  RecordNumber last_ = 0;
  std::uint64_t last_value_ = 0;  ///< before `begin_run`
  bool has_copies_ = false;       ///< which nothing has made durable

  /// The one that was described last: it begins next, or it is taken.
  struct Described {
    RecordedPlace place;
    std::string hook;
    std::string members;
    std::string whole;  ///< its digest
    bool was_masked = false;
  };
  Described described_;
};

}  // namespace vnode
