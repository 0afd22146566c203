#include "daemon/attempt_journal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace vnode {

std::string journal_path(std::string_view event_path) {
  return std::filesystem::path(event_path).replace_extension(kJournalSuffix).string();
}

std::int64_t journal_bytes(std::string_view event_path) {
  struct stat status = {};
  if (::stat(journal_path(event_path).c_str(), &status) != 0) return 0;
  return static_cast<std::int64_t>(status.st_size);
}

Result<void> AttemptJournal::open(const JournalOrder& order, RunOptions& options) {
  if (order.path.empty()) return {};
  journal_ = std::make_unique<LazyJournal>(order.path, order.most, clock_);
  options.environment.find_held_descriptor = [journal = journal_.get()] { return journal->descriptor(); };
  if (order.resumes) return resume(order, options);
  // What an earlier one has left is nothing to go on from any more.
  if (options.attempt > 1) ::unlink(order.path.c_str());
  return {};
}

Result<void> AttemptJournal::resume(const JournalOrder& order, RunOptions& options) {
  Result<std::unique_ptr<JournalFile>> file = JournalFile::open(order.path, order.patience);
  if (!file) {
    has_found_nothing_ = file.error().code == ErrorCode::kNotFound;
    return has_found_nothing_ ? Result<void>() : Result<void>(file.error());
  }
  const int descriptor = (*file)->descriptor();
  Result<JournalIndex> index = JournalIndex::read(descriptor, order.path);
  if (!index) return index.error();
  if (Result<void> ready = (*file)->go_on(index->end()); !ready) return ready;
  journal_->go_on(std::move(*file), index->executions().size(), index->last_value());
  has_found_nothing_ = !index->header();
  if (index->header() && !options.seed) options.seed = index->header()->seed;
  Result<std::unique_ptr<JournalResumption>> resumption =
      JournalResumption::open(descriptor, order.path, std::move(*index), journal_->recorder(), {});
  if (!resumption) return resumption.error();
  resumption_ = std::move(*resumption);
  return {};
}

Result<void> AttemptJournal::open_cache(const JournalOrder& order, const RunOptions& options) {
  if (order.cache.empty()) return {};
  Result<std::unique_ptr<CacheFolder>> folder = CacheFolder::open(order.cache, order.most_cached);
  if (!folder) return folder.error();
  folder_ = std::move(*folder);
  cache_.emplace(CacheLayer::Parts{.folder = *folder_,
                                   .clock = clock_,
                                   .journal = journal_.get(),
                                   .resumption = resumption_.get(),
                                   .directory = options.environment.working_directory});
  return {};
}

}  // namespace vnode
