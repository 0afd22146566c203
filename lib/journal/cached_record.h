#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/resumption.h"
#include "journal/execution_digests.h"
#include "journal/journal_reader.h"

namespace vnode {

/// One execution as a cache has it: what a journal has of it (format.md), behind a head of its own. A value.
struct CachedRecord {
  std::string type;       ///< the node's
  std::string directory;  ///< in which the run worked
  Duration duration{};
  JournalRecord begin;
  std::vector<JournalRecord> steps;  ///< up to its end, or its last firing

  /// The payload of the head.
  static std::string head(const CachedRecord& record);
  /// `fd`: of the file. Errors: kBadDocument for one that is not whole, kIo.
  static Result<CachedRecord> read(int fd, const std::string& name);

  /// The head alone. Errors: the same.
  static Result<CachedRecord> read_head(int fd, const std::string& name);

  /// Those that it has declared as its work, as they were.
  std::vector<RecordedFile> work() const;
  /// Those that its inputs name, as they were before.
  std::vector<RecordedFile> inputs() const;
};

/// Takes one: what comes of it is also told to `journal` (null: none), as if it had been executed there,
/// under `number`. Thread rule: that of TakenExecution.
std::unique_ptr<TakenExecution> take_cached(CachedRecord record, Recorder* journal, RecordNumber number);

}  // namespace vnode
