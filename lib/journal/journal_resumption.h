#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/resumption.h"
#include "journal/journal_index.h"
#include "journal/journal_recorder.h"
#include "journal/record_reader.h"
#include "journal/step_checks.h"

namespace vnode {

/// What shows whether a file has changed: size and mtime; the size alone; what is in it (where a journal does
/// not have that, size and mtime).
enum class FileCheck : std::uint8_t { kTime, kSize, kContent };

/// Takes executions from a journal (journal rules 11 to 14). Thread rule: that of Resumption.
class JournalResumption final : public Resumption {
 public:
  struct Options {
    FileCheck file_check = FileCheck::kTime;
    /// The recorder writes another journal than this one: what is taken is copied into it.
    bool copies = false;
    /// Of these nodes of the workflow, and of what is in them, there are no records.
    std::unordered_set<Uuid> without = {};
    std::string why_without = {};  ///< the reason that is told then
    /// What leaves behind more than records tell is taken all the same: to look what is behind it.
    bool takes_stateful = false;
  };

  /// `fd`, of the journal, and `recorder` must outlive it. Errors: kIo.
  static Result<std::unique_ptr<JournalResumption>> open(int fd, const std::string& name, JournalIndex index,
                                                         JournalRecorder& recorder, const Options& options);
  ~JournalResumption() override;

  const JournalIndex& index() const { return index_; }

  Taking take(const RecordedBegin& begin) override;
  ResumeOrder& order() override { return index_.order(); }

 private:
  class Taken;
  using Execution = JournalIndex::Execution;

  JournalResumption(RecordReader records, JournalIndex index, JournalRecorder& recorder,
                    const Options& options)
      : records_(std::move(records)), index_(std::move(index)), recorder_(recorder), options_(options) {}

  Result<JournalRecord> read(std::uint64_t place);
  Result<Value> stored_value(std::uint64_t number);
  std::optional<std::uint32_t> find(const BeginKeys& keys, const RecordedBegin& begin, Taking& answer);
  std::string obstacle(std::uint32_t number, const RecordedBegin& begin);
  std::string status_obstacle(const Execution& execution) const;
  std::string step_obstacle(const Execution& execution, const RecordedBegin& begin);
  std::string file_obstacle(std::uint32_t number, const RecordedBegin& begin);
  bool is_same_file(const RecordedFile& recorded, const RecordedFile& now);
  std::string difference(std::uint32_t number, const Dict& members);
  void tell_why(const BeginKeys& keys, const Dict& members, Taking& answer);

  RecordReader records_;
  JournalIndex index_;
  JournalRecorder& recorder_;
  const Options options_;
  std::vector<std::pair<std::uint64_t, Value>> recent_;  ///< stored values that were read last
  std::size_t next_recent_ = 0;
  std::optional<StepChecks> checks_;  ///< once it has been asked for
  FileDigests files_;
  std::uint64_t read_end_ = 0;  ///< behind the record that `read` gave last
};

}  // namespace vnode
