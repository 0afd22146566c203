#pragma once

#include <optional>
#include <string>

#include "journal/file_digests.h"
#include "journal/journal_reader.h"

namespace vnode {

class RecordedValues;

/// Whether what is known of a recorded execution beyond its begin still holds (journal rules 6 to 9). Thread
/// rule: one thread at a time.
class StepChecks {
 public:
  /// `values` must outlive it.
  explicit StepChecks(RecordedValues& values) : values_(values) {}

  /// Why the execution to which this record belongs cannot be taken; nullopt: nothing in it is against that.
  /// `variables`: those of its level as they are now. "variable changed: NAME", "module changed: NAME",
  /// "stateful: WHAT", "file changed: PATH", "secret".
  std::optional<std::string> reason_against(const JournalRecord& record, const Dict& variables);

 private:
  std::optional<std::string> against_read(const Value& name, const Value& digest, const Dict& variables);
  std::optional<std::string> against_read_of_all(const Value& recorded, const Dict& variables);
  std::optional<std::string> against_modules(const Value& modules);

  RecordedValues& values_;
  FileDigests files_;
};

}  // namespace vnode
