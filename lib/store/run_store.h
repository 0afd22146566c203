#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/group_row.h"
#include "store/run_row.h"

namespace vnode {

/// The table of runs on disk: SQLite in WAL mode, synchronous FULL, so that what was committed survives a
/// loss of power (rule 11). SQLite is loaded when the first store is opened.
///
/// Files that somebody removes or replaces while they are in use are lost (kUnavailable), and nothing is
/// accepted into them: `check` tells, and `transact` looks before and after it commits. Put back as they were
/// they are used again.
///
/// Every change belongs into `transact`; nothing is visible or durable before it has returned success.
/// Errors: kIo with SQLite's message (full disk, I/O), `is_disk_full` in `full()`. A failed transaction
/// leaves the store as it was, and usable. Thread rule: one thread at a time. One process at a time (the
/// daemon's lock sees to that).
class RunStore {
 public:
  /// Opens or makes FOLDER/runs.db. A file that is no SQLite database, is damaged (quick check), belongs to
  /// another program (application_id), was written by a newer vnode (user_version), or cannot be written is
  /// refused, with what to do in the message, and is not touched. An older schema is migrated in one
  /// transaction, after a copy was set aside (runs.db.VERSION.bak). Errors: kUnavailable, kBadDocument,
  /// kUnreadable, kIo.
  static Result<std::unique_ptr<RunStore>> open(const std::string& folder);
  /// The same store once more, for reading on another thread while this process has it open: sees what is
  /// committed. Errors: kUnreadable, kIo.
  static Result<std::unique_ptr<RunStore>> open_reader(const std::string& folder);
  ~RunStore();

  /// From here on keeps some space of the disk in reserve (FOLDER/reserve): a commit that fails for want of
  /// space is tried again with a piece of it. While it is not whole, and cannot be made whole, nothing new is
  /// inserted. The error where it cannot be made whole now.
  Result<void> keep_reserve();
  /// Whether the store is there and has its reserve, which is filled again if that is possible. Errors:
  /// kUnavailable (lost), kIo (no space).
  Result<void> check();

  /// Runs the changes one after the other in one durable commit; each alone is undone if it returns an error.
  /// The results, in order; when the commit itself fails all of them have that error.
  std::vector<Result<void>> transact(const std::vector<std::function<Result<void>(RunStore&)>>& changes);

  // ---- changes, for use inside `transact`

  /// `row.number` and `row.id` are the caller's (see `last`). kInvalidValue when the key is taken. kIo
  /// without the reserve, if one is kept.
  Result<void> insert(const RunRow& row, const StoredSubmission& submission);
  /// Of a group, before its runs; `shared.request` is what they have in common.
  Result<void> insert_group(const GroupRow& group, const StoredSubmission& shared);
  Result<void> mark_running(std::string_view id, int attempt, std::int64_t started_at);
  /// Pending again, for the next attempt, which resumes as that says (run_row.h).
  Result<void> mark_pending(std::string_view id, int attempt, int retries_left, std::string_view resume = {});
  /// Without a time: it goes on. Nothing happens to one that has ended.
  Result<void> set_pause(std::string_view id, std::optional<std::int64_t> paused_at, bool stops_processes);
  /// Writes the columns of the end (status to event_bytes), and keeps `results` unless they are empty.
  /// kInvalidValue when it has ended already: a terminal state is reached once.
  Result<void> finish(const RunRow& row, std::string_view results = {});
  /// Pending again, though it has ended, for that attempt; its results go. `told_seq`: of its events so far,
  /// and `event_bytes` what they take. kInvalidValue when it has not ended, kNotFound when it, or what was
  /// submitted, is not there.
  Result<void> retry(std::string_view id, int attempt, std::int64_t told_seq, std::int64_t event_bytes,
                     std::string_view dependencies, std::string_view resume = {});
  /// What is to count from now on of what was submitted, and what is shown of the run's parameters.
  Result<void> set_request(std::string_view id, std::string_view request, std::string_view parameters);
  Result<void> set_dependencies(std::string_view id, std::string_view dependencies);
  /// With groups of which no run is left.
  Result<void> remove(const std::vector<std::string>& ids);
  Result<void> save_queue(const QueueRow& queue);
  Result<void> remove_queue(std::string_view name);

  // ---- reading

  /// The number and id of the newest run ever, also when it was removed since; 0 and "" at first.
  struct Last {
    std::int64_t number = 0;
    std::string id;
  };
  Result<Last> last();
  /// Of the runs that are kept; nullopt when there is none.
  Result<std::optional<std::string>> oldest_id();
  /// The last time at which a run was submitted or has ended, in microseconds; nullopt when there is none.
  Result<std::optional<std::int64_t>> newest_time();
  /// Of all ended runs together: events, and results beside them.
  Result<std::int64_t> event_bytes();
  Result<std::optional<RunRow>> find(std::string_view id);
  Result<std::optional<RunRow>> find_key(std::string_view key);
  /// Up to `limit` ids that begin so, newest first.
  Result<std::vector<std::string>> ids_with_prefix(std::string_view prefix, std::size_t limit);
  /// Newest first.
  Result<std::vector<RunRow>> list(const RunFilter& filter);
  /// Pending and running ones, in order of submission.
  Result<std::vector<RunRow>> unfinished();
  Result<std::optional<StoredSubmission>> submission(std::string_view id);
  /// The same without the document, which may be large.
  Result<std::optional<StoredSubmission>> request(std::string_view id);
  /// What all runs of that group have in common, likewise.
  Result<std::optional<StoredSubmission>> request_of_group(std::int64_t number);
  /// What `finish` was given.
  Result<std::optional<std::string>> results(std::string_view id);
  Result<std::vector<QueueRow>> queues();
  struct Count {
    RunStatus status = RunStatus::kPending;
    std::int64_t runs = 0;
  };
  Result<std::vector<Count>> counts();
  /// In order of submission.
  Result<std::vector<GroupRow>> groups();
  /// Of all runs that are in groups.
  Result<std::vector<GroupCount>> group_counts();
  /// When the last run of each group has ended, of groups of which some have: their numbers and times.
  Result<std::vector<std::pair<std::int64_t, std::int64_t>>> group_ends();
  /// Of those runs.
  Result<std::vector<GroupCount>> group_counts_of(const std::vector<std::string>& ids);
  /// Ids of ended runs, oldest first: of those that have one of `statuses` (if any), and ended before that
  /// time (if given).
  Result<std::vector<std::string>> ended_ids(const std::vector<RunStatus>& statuses,
                                             std::optional<std::int64_t> ended_before);
  /// Ids of ended runs that are over the limits at time `now`, oldest first, at most `most`.
  Result<std::vector<std::string>> over_retention(const Retention& retention, std::int64_t now,
                                                  std::size_t most);

  /// The last failure was for want of space.
  bool full() const;

 private:
  RunStore();
  Result<void> remove_empty_groups(const std::vector<GroupCount>& perhaps);
  std::vector<Result<void>> try_transact(const std::vector<std::function<Result<void>(RunStore&)>>& changes);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnode
