#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/override.h"
#include "model/resource_amounts.h"
#include "model/value.h"
#include "rpc/hook.h"
#include "rpc/message.h"
#include "rpc/method_spec.h"

namespace vnode {

/// Named texts and amounts in the order in which they were given; each name once.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;
using NamedAmounts = std::vector<std::pair<std::string, ResourceAmount>>;

/// What a client asks to be run: the params of run.submit. Both ends of the connection use this one: clients
/// write it, the daemon reads it. What was not said is empty; the standards are the daemon's.
///
/// A new param is a member here, its line in `kSubmissionFields`, and its row in protocol.md; reading,
/// writing, checks and schema follow.
struct Submission {
  std::optional<Dict> workflow = {};
  std::string path = {};
  std::string name = {};
  std::vector<Override> params = {};
  NamedTexts environment = {};
  std::string directory = {};
  std::optional<Duration> timeout = {};
  std::optional<std::int64_t> retries = {};
  std::string on_interrupt = {};
  std::string queue = {};
  std::optional<std::int64_t> priority = {};
  NamedAmounts resources = {};
  std::string description = {};
  std::optional<Dict> info = {};
  std::string key = {};
  std::vector<Hook> hooks = {};
  bool fail_fast = false;
  std::string failed_inputs = {};
  std::string logged_errors = {};
  bool init_only = false;
  std::optional<std::int64_t> seed = {};
  std::optional<Duration> node_timeout = {};
  std::optional<Duration> idle_timeout = {};
  std::optional<std::int64_t> node_retries = {};
  std::optional<Dict> path_map = {};
  NamedTexts secrets = {};
  std::vector<std::string> targets = {};
  std::string only = {};
  std::vector<std::string> skip = {};
  std::optional<Dict> map = {};
  std::vector<std::string> after = {};
  std::vector<std::string> after_any = {};
  std::optional<bool> journal = {};
  std::string cache = {};
};

/// Where a submission holds a param; the type says how it is read and written.
using SubmissionMember =
    std::variant<std::string Submission::*, bool Submission::*, std::optional<bool> Submission::*,
                 std::optional<std::int64_t> Submission::*, std::optional<Duration> Submission::*,
                 std::optional<Dict> Submission::*, NamedTexts Submission::*, NamedAmounts Submission::*,
                 std::vector<Override> Submission::*, std::vector<Hook> Submission::*,
                 std::vector<std::string> Submission::*>;

struct SubmissionField {
  std::string_view name;
  ParamKind kind = ParamKind::kText;
  SubmissionMember member;
  std::string_view summary;  ///< for the schema and protocol.md
  /// Of a text that is one of some words: these.
  std::array<std::string_view, 3> words = {};
};

/// All params, in the order in which clients write them down. It must stay: submissions under one key are
/// told apart by a digest of what is written (all but the document), and stores are older than programs.
inline constexpr auto kSubmissionFields = std::to_array<SubmissionField>({
    {"workflow", ParamKind::kObject, &Submission::workflow, "the document itself; this or `path` is needed"},
    {"directory", ParamKind::kText, &Submission::directory,
     "the working directory, absolute; relative paths in nodes start there"},
    {"queue", ParamKind::kText, &Submission::queue, "the queue's name; without it `default`"},
    {"key", ParamKind::kText, &Submission::key,
     "the same key again gives the first run, with `\"duplicate\": true`; with other content it is an error"},
    {"on_interrupt",
     ParamKind::kText,
     &Submission::on_interrupt,
     "what to do when the daemon ends meanwhile: `fail`, `retry` from the beginning, or `resume` from the "
     "run's journal; without it what the daemon's settings say",
     {"fail", "retry", "resume"}},
    {"description", ParamKind::kText, &Submission::description, "for people"},
    {"failed_inputs",
     ParamKind::kText,
     &Submission::failed_inputs,
     "what nodes do whose inputs failed: `skip`, or run on the port's `default`",
     {"skip", "default"}},
    {"logged_errors",
     ParamKind::kText,
     &Submission::logged_errors,
     "what errors that nodes log make of the run: `fail`, or `report`; without it what the daemon's settings "
     "say",
     {"fail", "report"}},
    {"priority", ParamKind::kInteger, &Submission::priority, "higher ones are started first; without it 0"},
    {"retries", ParamKind::kCount, &Submission::retries, "how often a failed run is tried again"},
    {"seed", ParamKind::kCount, &Submission::seed, "makes random numbers repeatable"},
    {"timeout", ParamKind::kDuration, &Submission::timeout, "when to end the run at the latest"},
    {"fail_fast", ParamKind::kSwitch, &Submission::fail_fast, "the first error ends the run"},
    {"init_only", ParamKind::kSwitch, &Submission::init_only, "only the initialisation phase"},
    {"params", ParamKind::kList, &Submission::params,
     "each `{\"target\":\"NODE.PORT\",\"text\":TEXT}` (as after `-p`) or "
     "`{\"target\":\"NODE\",\"port\":PORT,\"value\":JSON}`; of a parameter of the workflow the target is its "
     "name alone, with `text` or `value`"},
    {"info", ParamKind::kObject, &Submission::info, "the submitter's own data, kept with the run"},
    {"resources", ParamKind::kAmountMap, &Submission::resources,
     "what the run holds meanwhile: `{NAME: how much}`; its nodes share that"},
    {"environment", ParamKind::kTextMap, &Submission::environment,
     "variables for the run's Python processes and hooks, on top of the daemon's"},
    {"hooks", ParamKind::kList, &Submission::hooks,
     "each `{\"command\":[TEXT...]}` or `{\"url\":TEXT}`, carried out at the end"},
    {"name", ParamKind::kText, &Submission::name, "how the run is called when there is no path"},
    {"path", ParamKind::kText, &Submission::path, "a workflow file that the daemon may read, absolute"},
    {"node_timeout", ParamKind::kDuration, &Submission::node_timeout,
     "of each node's own time in one try, where it does not say itself"},
    {"idle_timeout", ParamKind::kDuration, &Submission::idle_timeout,
     "the same, of its own time without a sign of life"},
    {"node_retries", ParamKind::kCount, &Submission::node_retries,
     "how often a failed node is tried again, where it does not say itself"},
    {"path_map", ParamKind::kObject, &Submission::path_map,
     "how paths in it are called on the daemon's machine, an OpenJD document `pathmapping-1.0`; without it "
     "what the daemon's settings say"},
    {"secrets", ParamKind::kTextMap, &Submission::secrets,
     "variables that nobody is to see: the daemon has them in memory only, and a run that is left without "
     "them by its restart is not run"},
    {"targets", ParamKind::kTexts, &Submission::targets,
     "each `NODE` or `NODE.PORT`: what is needed for these runs, and nothing else"},
    {"only", ParamKind::kText, &Submission::only,
     "the node that runs alone, with what it has saved and `params`"},
    {"skip", ParamKind::kTexts, &Submission::skip, "nodes that are passed over, as if they were bypassed"},
    {"map", ParamKind::kObject, &Submission::map,
     "a run for each value of a parameter: `{\"target\":NAME or NODE.PORT,\"text\":\"1-200\",\"chunk\":10}`; "
     "instead of `text` (frames, names with commas between them, or a JSON list) `values`, a list"},
    {"after", ParamKind::kTexts, &Submission::after,
     "ids of runs and groups that have to end well before it begins; when one cannot any more it ends as "
     "`cancelled`"},
    {"after_any", ParamKind::kTexts, &Submission::after_any,
     "ids of runs and groups that have to end before it begins, however"},
    {"journal", ParamKind::kSwitch, &Submission::journal,
     "whether the run keeps a journal, from which another attempt can resume; without it what the daemon's "
     "settings say"},
    {"cache", ParamKind::kText, &Submission::cache,
     "the folder of the cache that the run uses, absolute; without it what the daemon's settings say"},
});

/// The same as the method's params.
inline constexpr auto kSubmissionParams = [] {
  std::array<ParamSpec, kSubmissionFields.size()> params{};
  for (std::size_t i = 0; i < params.size(); ++i) {
    const SubmissionField& field = kSubmissionFields[i];
    params[i] = {field.name, field.kind, false, field.summary};
  }
  return params;
}();

/// Reads params. Of a wrong kind, which `check_call` would refuse, they count as not given. Errors:
/// kInvalidParams for lists and words that make no sense.
std::variant<Submission, RpcError> read_submission(const Dict& params);

/// The params of a call; what is empty is left out.
Dict submission_params(const Submission& submission);

}  // namespace vnode
