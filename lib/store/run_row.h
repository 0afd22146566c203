#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/run_status.h"

namespace vnode {

/// A run as the store keeps it. Times are microseconds since 1970 (UTC), durations seconds.
struct RunRow {
  std::int64_t number = 0;  ///< order of submission, from 1; never used twice
  std::string id;           ///< text form of the number and the day of submission, see run_id.h
  RunStatus status = RunStatus::kPending;
  std::string queue;
  int priority = 0;
  int attempt = 1;
  int retries = 0;                  ///< further attempts that are left after a failure
  bool retries_interrupts = false;  ///< queued again when its daemon went away, instead of ending
  bool resumes_interrupts = false;  ///< and goes on from its journal then
  std::string workflow;             ///< path as the submitter gave it, or a name; may be empty
  std::string description;
  std::int64_t created_at = 0;
  std::optional<std::int64_t> started_at;  ///< of the last attempt
  std::optional<std::int64_t> completed_at;
  std::optional<double> duration;
  std::optional<int> exit_code;
  std::string error;
  std::string info;             ///< JSON object, or empty
  std::string resources;        ///< JSON object, or empty
  std::string parameters = {};  ///< of the workflow, in this run: JSON object, or empty
  std::string summary;          ///< JSON object with the counts of nodes; empty until it has ended
  std::optional<double> timeout;
  std::optional<std::int64_t> paused_at;  ///< somebody has paused it, and it has not ended
  bool pause_stops_processes = false;
  std::string key;     ///< idempotency key, or empty
  std::string digest;  ///< of what was submitted under that key
  std::int64_t event_bytes = 0;
  std::int64_t group = 0;  ///< the number of its group; 0: it is in none
  /// Others that have to end first: run_dependencies.h; JSON object, or empty.
  std::string dependencies = {};
  /// Events up to this number are of attempts that somebody was told the end of; it was tried again since.
  std::int64_t told_seq = 0;
  std::string group_value = {};  ///< of the parameter in which the runs of its group differ; for people
  /// That the attempt goes on from the journal of the one before, and how: JSON object; empty: it does not.
  std::string resume = {};
};

/// What is needed to start it, kept as long as the run is: somebody may want to try it again.
struct StoredSubmission {
  std::string workflow;  ///< the document's text
  std::string request;   ///< JSON object: everything else that was submitted
  /// Of a run of a group: what was submitted for all of them, to which `request` adds what is its own.
  std::string group_request = {};
};

/// Which rows to list.
struct RunFilter {
  std::vector<RunStatus> statuses = {};  ///< empty: all
  std::string queue = {};
  std::string workflow = {};                                   ///< substring
  std::int64_t group = 0;                                      ///< only runs of that group
  bool is_alone = false;                                       ///< only runs that are in none
  std::vector<std::pair<std::string, std::string>> info = {};  ///< only with these texts in their info
  std::optional<std::int64_t> before = {};                     ///< only numbers below: for the next page
  std::size_t limit = 100;
};

/// What is kept of runs that have ended; what is over is removed, oldest first. `event_bytes` never costs the
/// one that has ended last.
struct Retention {
  std::optional<Duration> age = std::chrono::hours(24 * 30);
  std::optional<std::int64_t> runs = 10'000;
  std::optional<std::int64_t> event_bytes = std::int64_t{2} << 30;
};

/// What `queue set` and `pause` have said.
struct QueueRow {
  std::string name;
  std::int64_t concurrency = 0;  ///< 0: not set, only paused; the configuration's counts
  bool is_paused = false;
};

}  // namespace vnode
