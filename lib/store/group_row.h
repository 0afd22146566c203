#pragma once

#include <cstdint>
#include <string>

#include "base/run_status.h"

namespace vnode {

/// Runs that were submitted together, one for each value of a parameter. Its number and those of its runs
/// follow one another: it has that of the first one.
struct GroupRow {
  std::int64_t number = 0;
  std::string id;
  std::int64_t size = 0;  ///< how many runs were submitted
  std::string parameter;  ///< which one differs: a name, or NODE.PORT
  std::string queue;
  int priority = 0;
  std::string workflow;
  std::string description;
  std::int64_t created_at = 0;
  std::string info;  ///< JSON object, or empty
};

/// How many runs of a group stand so.
struct GroupCount {
  std::int64_t group = 0;
  RunStatus status = RunStatus::kPending;
  std::int64_t runs = 0;
};

}  // namespace vnode
