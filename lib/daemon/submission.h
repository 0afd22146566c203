#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret_mask.h"
#include "engine/part.h"
#include "model/path_map.h"
#include "rpc/submission.h"
#include "tasks/task_record.h"

namespace vnode {

struct RunOptions;

/// A submission that the daemon can take, with what only it knows: the document's text, and the standards.
struct CheckedSubmission {
  Submission given;      ///< without `workflow`; the queue has its name; secrets have theirs, and no values
  std::string document;  ///< the workflow's text
  std::string encoding_warning = {};             ///< what was odd about reading it; else empty
  std::shared_ptr<const PathMap> path_map = {};  ///< of `given`; null without

  /// How the table calls the workflow.
  const std::string& shown_workflow() const { return given.path.empty() ? given.name : given.path; }
  int priority() const { return static_cast<int>(given.priority.value_or(0)); }
  int retries() const { return static_cast<int>(given.retries.value_or(0)); }
  bool retries_interrupts() const { return given.on_interrupt == "retry" || resumes_interrupts(); }
  bool resumes_interrupts() const { return given.on_interrupt == "resume"; }
  /// As JSON values have it: none without.
  Value info() const { return given.info ? Value(*given.info) : Value(); }
  /// Engine rule 48.
  PartRequest part() const { return {given.targets, given.only, given.skip}; }
  Demands demands() const { return {given.resources.begin(), given.resources.end()}; }
};

struct SubmissionSource {
  const std::string* stored = nullptr;                ///< the document as the store has it
  std::size_t largest_file = std::size_t{256} << 20;  ///< bytes that a file with the document may have
  std::string encoding = {};                          ///< of that file; empty: as read_text_file guesses
};

/// Reads checked params (`check_call`) and judges what does not show from their kinds. The document is the
/// one in `params`, or the contents of the file `path` (this reads it: not for the loop's thread); with
/// `stored` it is that text, and nothing is read. Errors: "unreadable", kInvalidParams for what cannot be.
std::variant<CheckedSubmission, RpcError> check_submission(const Dict& params,
                                                           const SubmissionSource& source = {});
/// Whether the params name a file of more than `size` bytes. It only looks, but at the disk.
bool names_large_file(const Dict& params, std::size_t size);

/// The durable form of everything but the document: params, as JSON, as they were given, but for the values
/// of secrets.
std::string stored_request(const Dict& params);

/// Tells submissions under one key apart: of document and params.
std::string submission_digest(std::string_view workflow, std::string_view request);

/// Takes the values of the secrets out of a submission; null when it has none.
std::shared_ptr<const Secrets> take_secrets(CheckedSubmission& submission);

/// For the engine: what a run's options are. Attempt, seq, id and secrets are the caller's.
RunOptions run_options(const CheckedSubmission& submission);

}  // namespace vnode
