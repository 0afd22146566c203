#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/settings.h"
#include "engine/overrides.h"
#include "engine/run.h"
#include "rpc/message.h"
#include "tasks/task_record.h"

namespace vnode {

/// What a client asks to be run (lib/rpc/protocol.md, run.submit).
struct Submission {
  std::string workflow;  ///< the document's text
  std::string path;      ///< where it came from; for events and tables
  std::vector<Override> overrides;
  RunEnvironment environment;
  std::string queue = "default";
  int priority = 0;
  Demands resources;
  std::optional<Duration> timeout;
  int retries = 0;
  bool retries_interrupts = false;
  std::string description;
  Value info;
  std::string key;
  std::vector<Hook> hooks;
  bool fail_fast = false;
  bool init_only = false;
  FailedInputs failed_inputs = FailedInputs::kSkip;
  std::optional<std::uint64_t> seed;

  /// How the table calls the workflow.
  const std::string& shown_workflow() const { return path; }
};

/// Reads checked params (`check_call`). The workflow's text is the document in `params`, or the contents of
/// the file `path` (this reads it: not for the loop's thread); with `stored` it is that text, and nothing is
/// read. Errors: "invalid_workflow", "unreadable", kInvalidParams for what cannot be.
std::variant<Submission, RpcError> read_submission(const Dict& params, const std::string* stored = nullptr);

/// A param of kind kDuration, checked: a number of seconds or a text.
Duration param_duration(const Value& value);

/// The durable form of everything but the document: params, as JSON.
std::string stored_request(const Dict& params);

/// Tells submissions under one key apart: of document and params.
std::string submission_digest(std::string_view workflow, std::string_view request);

/// For the engine: what a run's options are. Attempt, seq and id are the caller's.
RunOptions run_options(const Submission& submission);

}  // namespace vnode
