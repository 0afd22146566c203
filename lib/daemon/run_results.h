#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/run.h"
#include "model/workflow.h"

/// The results of a run (engine rule 33) as the daemon keeps them: NDJSON. Small ones stand in the store,
/// where they come with the end: one more new file for each of many small runs would make their ends a third
/// slower. Larger ones, which would hold others up there, stand in a file beside the run's events.
///
/// First a head (`schema`, `run_id`, `attempt`, `limit`), then a line an instance in the order of the
/// workflow
/// (`node_id`, `node_type`, `name`, `results` {port: value}), then `end`, so that a text that is cut is known
/// for one. Values are written as in events, but whole: only what does not fit into the limit is shortened.
namespace vnode {

/// Up to that size they stand in the store.
inline constexpr std::size_t kMostStoredResults = 32 * 1024;

struct ResultsHead {
  std::string run_id;
  int attempt = 1;
  std::size_t limit = 0;  ///< bytes of the whole text
};

/// The text: what the run, which has ended, has given. A value that does not fit any more is replaced
/// by `{"$truncated": true, "bytes": n, "preview": "..."}` and its port named in the line's `truncated`;
/// smaller ones behind it may fit still. An instance for which even that is too much is left out and counted.
/// Empty when the limit is too small for anything.
std::string results_text(const Run& run, const Workflow& workflow, const ResultsHead& head);

/// What such a text says.
struct RunResults {
  std::vector<Dict> nodes;     ///< the lines of the instances
  std::int64_t limit = 0;      ///< bytes that the text could have
  std::int64_t truncated = 0;  ///< values that are shortened
  std::int64_t left_out = 0;   ///< instances that are not there
};

/// Errors: kBadDocument when it is damaged, or of another run or attempt.
Result<RunResults> parse_results(std::string_view text, std::string_view run_id, int attempt);

/// Of their file. Errors: those, kNotFound when it is not there, those of reading.
Result<RunResults> read_results(const std::string& path, std::string_view run_id, int attempt);

/// The file beside those events. Of another suffix: whoever reads all event files does not come upon it.
inline constexpr std::string_view kResultsSuffix = ".results";
std::string results_path(std::string_view event_path);

}  // namespace vnode
