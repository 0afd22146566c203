#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/member_reader.h"
#include "model/pattern.h"
#include "model/resource_amounts.h"
#include "node/node_failure.h"

namespace vnode {

/// A failure of a try that is worth another one.
struct RetryCondition {
  enum class Kind : std::uint8_t {
    kFailed,    ///< any but a timeout
    kTimeout,   ///< a limit of time
    kSignal,    ///< its program was ended by one
    kExitCode,  ///< its program ended with that
    kMatch,     ///< its message has the pattern in it
  };

  Kind kind = Kind::kFailed;
  int exit_code = 0;
  std::optional<Pattern> pattern = std::nullopt;

  bool is_met_by(const NodeFailure& failure) const;
};

/// How long a node may take, how often it is tried and what it needs (engine rules 35 to 38, 40), as far as
/// one place says so. What it does not say is up to the next place.
struct NodeLimits {
  std::optional<Duration> timeout = std::nullopt;       ///< of one try: the node's own time
  std::optional<Duration> idle_timeout = std::nullopt;  ///< of its own time without a sign of life
  std::optional<int> retries = std::nullopt;            ///< tries after the first one
  std::optional<Duration> backoff = std::nullopt;  ///< before the second try; doubles with each further one
  std::optional<Duration> backoff_max = std::nullopt;
  std::optional<std::vector<RetryCondition>> retry_on = std::nullopt;
  std::optional<bool> is_idempotent = std::nullopt;  ///< a try may be repeated that has pushed something
  std::optional<ResourceAmounts> resources = std::nullopt;  ///< held while its own code is at work
  std::optional<std::string> executor = std::nullopt;       ///< where its processes run
  std::optional<Dict> executor_options = std::nullopt;      ///< what it says to that

  bool has_timeouts() const { return timeout || idle_timeout; }
  bool has_resources() const { return resources && !resources->empty(); }
  /// Something is limited, repeated or needed at all.
  bool is_any() const { return has_timeouts() || retries.value_or(0) > 0 || has_resources(); }
  /// Takes what is not said here from there.
  void complete_from(const NodeLimits& next);
  bool retries_on(const NodeFailure& failure) const;
};

/// The members of an object that `read_node_limits` reads.
std::span<const std::string_view> node_limit_names();
/// The word is one of them.
bool is_node_limit(std::string_view member);

/// Reads those members of an object that are limits of a node; others are left alone. Mistakes are problems
/// of the reader.
NodeLimits read_node_limits(const MemberReader& members);

inline constexpr Duration kDefaultBackoff = std::chrono::seconds(5);
inline constexpr Duration kDefaultBackoffMax = std::chrono::minutes(10);
inline constexpr int kMostRetries = 1000;

}  // namespace vnode
