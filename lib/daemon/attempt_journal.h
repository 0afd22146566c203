#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "engine/run.h"
#include "journal/cache_layer.h"
#include "journal/journal_resumption.h"
#include "journal/lazy_journal.h"

namespace vnode {

/// The journal of a run beside its events: all of its attempts write it, each anew unless it goes on from the
/// one before.
inline constexpr std::string_view kJournalSuffix = ".journal";
std::string journal_path(std::string_view event_path);
/// What it takes on the disk; 0 when there is none.
std::int64_t journal_bytes(std::string_view event_path);

/// How an attempt of a run keeps a journal.
struct JournalOrder {
  std::string path;        ///< empty: it keeps none
  bool resumes = false;    ///< it goes on from what stands there
  Duration patience{};     ///< for what holds it still, when it resumes
  std::uint64_t most = 0;  ///< bytes; beyond them there is none
  std::string cache = {};  ///< folder of executions that are not repeated; empty: none
  std::uint64_t most_cached = 0;
};

/// That of one attempt, as its run needs it. Must outlive the run. Thread rule: the thread that steps the
/// run.
class AttemptJournal {
 public:
  explicit AttemptJournal(const Clock& clock) : clock_(clock) {}

  /// Sets in `options` what the run takes over. An attempt that is to resume, and has nothing to go on from,
  /// begins anew. Errors: those of JournalFile::open and JournalIndex::read.
  Result<void> open(const JournalOrder& order, RunOptions& options);

  /// Behind that. Errors: those of CacheFolder::open.
  Result<void> open_cache(const JournalOrder& order, const RunOptions& options);

  /// Null without.
  Recorder* recorder() { return cache_ ? static_cast<Recorder*>(&*cache_) : journal_.get(); }
  Resumption* resumption() { return cache_ ? static_cast<Resumption*>(&*cache_) : resumption_.get(); }
  /// It has got too large.
  bool is_given_up() const { return journal_ && journal_->is_given_up(); }
  /// It was to resume, and there was nothing.
  bool has_found_nothing() const { return has_found_nothing_; }

 private:
  Result<void> resume(const JournalOrder& order, RunOptions& options);

  const Clock& clock_;
  std::unique_ptr<LazyJournal> journal_;
  std::unique_ptr<JournalResumption> resumption_;
  std::unique_ptr<CacheFolder> folder_;
  std::optional<CacheLayer> cache_;
  bool has_found_nothing_ = false;
};

}  // namespace vnode
