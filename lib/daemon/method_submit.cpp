#include <array>
#include <functional>
#include <iterator>
#include <new>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "base/heap.h"
#include "daemon/map_values.h"
#include "daemon/methods.h"
#include "daemon/node_catalog.h"
#include "daemon/run_book.h"
#include "daemon/run_lookup.h"
#include "daemon/session.h"
#include "engine/variations.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "model/value_mask.h"
#include "rpc/submission.h"
#include "validate/validate.h"

namespace vnode {
namespace {

constexpr std::size_t kMostProblems = 1000;

/// The first ones: a large document may have as many as it has nodes.
Value problem_values(const Problems& problems) {
  std::vector<Value> values;
  for (const Problem& problem : problems) {
    if (values.size() == kMostProblems) break;
    values.emplace_back(Dict{{"severity", severity_name(problem.severity)},
                             {"code", problem.code},
                             {"pointer", problem.pointer},
                             {"message", problem.message},
                             {"hint", problem.hint},
                             {"node", problem.node}});
  }
  return Value::list(std::move(values));
}

/// What comes of a submission on a worker thread.
struct Examined {
  NewRun run;
  std::optional<NewGroup> group = {};  ///< instead of the run
  std::optional<Value> problems = {};  ///< that do not keep it from being run
  std::optional<RpcError> refused;
};

/// What holds for submissions as they come, of the daemon's settings.
struct SubmissionLimits {
  std::size_t largest_file = 0;                        ///< bytes
  std::string encoding = {};                           ///< of files that submissions name
  ResourceAmounts resources = {};                      ///< what there is of each
  std::optional<ResourceAmounts> node_resources = {};  ///< what nodes need for which nothing else says it
  std::shared_ptr<const PathMap> path_map = {};        ///< of those that bring none
  std::vector<KnownExecutor> executors = {};           ///< that nodes can name
};

RpcError refusal_of(const Preparation& made) {
  const Problem* first = nullptr;
  for (const Problem& problem : made.problems) {
    if (!first && problem.severity == Severity::kError) first = &problem;
  }
  const std::string what =
      made.is_override_refused ? "the parameters make no sense" : "the workflow is not valid";
  return daemon_error(made.is_override_refused ? "bad_parameters" : "invalid_workflow",
                      what + (first ? ": " + first->message : std::string()),
                      {{"problems", problem_values(made.problems)}});
}

/// What is shown of a run's parameters: long values only by their beginning, secrets not at all.
std::string shown_parameters(const Dict& parameters, const NamedTexts& secrets) {
  constexpr std::size_t kLongestValue = 500;
  constexpr std::size_t kMostParameters = 64;
  if (parameters.empty()) return {};
  const SecretMask mask(secrets);
  ValueMask values(mask);
  Dict shown;
  for (const Dict::Entry& entry : parameters) {
    if (shown.size() == kMostParameters) break;
    Value value = values.apply(entry.value);
    if (json_size(value, kLongestValue) > kLongestValue) {
      std::string text;
      append_json(text, value);
      std::size_t end = kLongestValue;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
      value = Value(text.substr(0, end) + "...");
    }
    shown.set(entry.key, std::move(value));
  }
  std::string text;
  append_json(text, Value(std::move(shown)));
  return text;
}

/// The durable form; and what is large is not kept beside it.
void settle(NewRun& run, CheckedSubmission& submission, const Dict& params) {
  run.secrets = take_secrets(submission);
  auto stored = std::make_shared<StoredSubmission>();
  stored->request = stored_request(params);
  const bool is_kept = submission.document.size() + stored->request.size() <= RunBook::kLargestKept;
  if (is_kept) {
    stored->workflow = submission.document;
  } else {
    stored->workflow = std::move(submission.document);
    run.prepared.plan.reset();
    submission.given.params.clear();
    submission.given.environment.clear();
    submission.given.hooks.clear();
  }
  if (!submission.given.key.empty()) run.digest = submission_digest(stored->workflow, stored->request);
  run.stored = std::move(stored);
}

/// What the nodes of a run with that submission may use (rule 19): its reservation, or what the daemon has.
ResourceOffer offer_to(const CheckedSubmission& submission, const SubmissionLimits& limits) {
  ResourceOffer offer{.total = submission.demands(), .general = limits.node_resources};
  if (!offer.total.empty()) {
    offer.whose = "the run's reservation";
    offer.hint =
        "reserve what its nodes need (-r NAME=AMOUNT), or nothing: then they share what the daemon has";
  } else {
    offer.total = limits.resources;
    offer.whose = "the daemon";
    offer.hint = "say in vnode.yaml what there is: resources: {NAME: AMOUNT}";
  }
  return offer;
}

/// The runs of a group, once the first one has shown that the workflow can be run.
std::optional<RpcError> add_items(NewGroup& group, const MapValues& map, const CheckedSubmission& submission,
                                  const Registry& registry) {
  std::vector<Dict> parameters;
  Problems problems = check_variations(submission.document, registry,
                                       {.overrides = submission.given.params, .part = submission.part()},
                                       map.values, parameters);
  if (has_errors(problems)) {
    const std::string which = map.text(parameters.size() - 1);
    Preparation made{.plan = nullptr, .problems = std::move(problems), .is_override_refused = true};
    RpcError refused = refusal_of(made);
    refused.message += " (" + map.target + "=" + which + ")";
    return refused;
  }
  const SecretMask mask(submission.given.secrets);
  group.items.reserve(map.values.size());
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    NewGroup::Item item;
    append_json(item.request, submission_params({.params = {map.values[i]}}), NonFinite::kBare);
    item.value = mask.apply(map.text(i));
    item.parameters = shown_parameters(parameters[i], submission.given.secrets);
    group.items.push_back(std::move(item));
  }
  return std::nullopt;
}

/// What all runs have in common is kept once, and so is the list of their values not beside them.
void settle_group(NewGroup& group, NewRun run, CheckedSubmission& submission, const Dict& params) {
  Dict common = params;
  common.erase("map");
  submission.given.map.reset();
  group.has_hooks = !submission.given.hooks.empty();
  const std::string digest = submission.given.key.empty()
                                 ? std::string()
                                 : submission_digest(submission.document, stored_request(params));
  settle(run, submission, common);
  run.digest = digest;
  run.prepared.plan.reset();
  group.common = std::move(run);
}

Examined examine(const Dict& params, NodeCatalog& catalog, const SubmissionLimits& limits) {
  auto read = check_submission(params, {.largest_file = limits.largest_file, .encoding = limits.encoding});
  if (auto* error = std::get_if<RpcError>(&read)) return {.run = {}, .refused = std::move(*error)};
  const auto submission = std::make_shared<CheckedSubmission>(std::move(std::get<CheckedSubmission>(read)));
  NewRun run;
  PreparedRun& prepared = run.prepared;
  prepared.submission = submission;
  prepared.registry = catalog.current();
  std::optional<MapValues> map;
  if (submission->given.map) {
    auto values = read_map(*submission->given.map);
    if (auto* error = std::get_if<RpcError>(&values)) return {.run = {}, .refused = std::move(*error)};
    map = std::get<MapValues>(std::move(values));
  }
  std::vector<Override> overrides = submission->given.params;
  if (map) overrides.push_back(map->values.front());
  const PathMap* path_map = submission->path_map ? submission->path_map.get() : limits.path_map.get();
  const auto make = [&] {
    return prepare(submission->document, *prepared.registry,
                   {.overrides = overrides,
                    .part = submission->part(),
                    .beginning = Beginning::kSubmission,
                    .path_map = path_map});
  };
  Preparation made = make();
  if (!made.plan) {
    // A definition that has just been written must not be missing.
    const std::shared_ptr<const Registry> newest = catalog.look_again();
    if (std::exchange(prepared.registry, newest) != newest) made = make();
  }
  if (made.plan) {
    Problems missing = validate_resources(made.plan->workflow(), made.plan->graph(), *prepared.registry,
                                          offer_to(*submission, limits));
    Problems unknown =
        validate_executors(made.plan->workflow(), made.plan->graph(), *prepared.registry, limits.executors);
    std::move(unknown.begin(), unknown.end(), std::back_inserter(missing));
    if (!missing.empty()) {
      point_into_file(*made.plan, missing);
      made.plan.reset();
      std::move(missing.begin(), missing.end(), std::back_inserter(made.problems));
    }
  }
  if (!made.plan) return {.run = {}, .refused = refusal_of(made)};
  prepared.plan = std::move(made.plan);
  run.parameters = shown_parameters(made.parameters, submission->given.secrets);
  Problems odd = std::move(made.problems);
  if (!submission->encoding_warning.empty()) {
    odd.push_back({Severity::kWarning, "encoding", "", submission->encoding_warning});
  }
  Examined examined{.run = {}, .refused = std::nullopt};
  if (map) {
    NewGroup group{.parameter = map->target};
    if (auto refused = add_items(group, *map, *submission, *prepared.registry))
      return {.run = {}, .refused = std::move(*refused)};
    settle_group(group, std::move(run), *submission, params);
    examined.group = std::move(group);
  } else {
    settle(run, *submission, params);
    examined.run = std::move(run);
  }
  if (!odd.empty()) examined.problems = problem_values(odd);
  return examined;
}

Value result_of(const RunBook::Accepted& accepted, const std::optional<Value>& problems) {
  Dict result{{"id", accepted.id}, {"duplicate", accepted.is_duplicate}};
  if (accepted.runs > 0) result.set("runs", static_cast<std::int64_t>(accepted.runs));
  if (problems) result.set("problems", *problems);
  return Value(std::move(result));
}

constexpr std::string_view kSubmitResult = R"json({
  "required": ["id", "duplicate"],
  "properties": {
    "id": {"type": "string"},
    "duplicate": {"type": "boolean"},
    "runs": {"type": "integer", "minimum": 1},
    "problems": {"type": "array", "items": {"type": "object", "required": ["severity", "code", "message"]}}
  }
})json";

/// With what can be thrown on the way: it costs the call.
Examined examine_safely(const Dict& params, NodeCatalog& catalog, const SubmissionLimits& limits) {
  try {
    return examine(params, catalog, limits);
  } catch (const std::bad_alloc&) {
    return {.run = {}, .refused = out_of_memory()};
  } catch (const std::exception& error) {
    return {.run = {}, .refused = RpcError{RpcErrorCode::kInternal, "internal", error.what()}};
  }
}

/// A call to run.submit on its way. The calls behind it go on as soon as it has its place, not only when it
/// is durable; those behind a large one later, so that one client has one of them on the way.
struct Submitting {
  DaemonCore& core;
  std::weak_ptr<Session> session;
  Reply reply;
  bool is_large = false;

  void begin(Session& of) {
    of.count_submission(1);
    of.hold();
  }
  void go_on() const {
    if (const auto alive = session.lock()) alive->resume();
  }
  void refuse(const RpcError& error) const {
    if (const auto alive = session.lock()) alive->count_submission(-1);
    reply.error(error);
  }
  void examined(Examined& found) const {
    if (found.refused) {
      refuse(*found.refused);
    } else if (core.is_stopping) {
      refuse(daemon_error("shutting_down", "the daemon is shutting down"));
    } else {
      const auto on_done = [self = *this, problems = found.problems](const auto& done) {
        if (const auto* error = std::get_if<RpcError>(&done)) {
          self.refuse(*error);
        } else {
          if (const auto alive = self.session.lock()) alive->count_submission(-1);
          self.reply.result(result_of(std::get<RunBook::Accepted>(done), problems));
        }
        if (self.is_large) self.go_on();
      };
      if (found.group) {
        core.book.submit_group(std::move(*found.group), on_done);
      } else {
        core.book.submit(std::move(found.run), on_done);
      }
      if (is_large) return;
    }
    go_on();
  }
};

/// Calls `then` with the params, in which runs and groups that are to end before are named in full: what is
/// stored must not depend on what else there is. At once where there are none.
void with_full_ids(DaemonCore& core, const Dict& params,
                   std::function<void(std::variant<Dict, RpcError>)> then) {
  const std::vector<std::string> after = texts_member(params, "after");
  std::vector<std::string> ids = after;
  for (std::string& id : texts_member(params, "after_any")) ids.push_back(std::move(id));
  if (ids.empty()) return then(params);
  const auto named = [params, count = after.size(),
                      then = std::move(then)](std::variant<std::vector<NamedRuns>, RpcError> found) {
    if (auto* error = std::get_if<RpcError>(&found)) return then(std::move(*error));
    std::vector<Value> lists[2];
    for (const NamedRuns& one : std::get<std::vector<NamedRuns>>(found))
      lists[lists[0].size() < count ? 0 : 1].emplace_back(one.id);
    Dict full = params;
    if (!lists[0].empty()) full.set("after", Value::list(std::move(lists[0])));
    if (!lists[1].empty()) full.set("after_any", Value::list(std::move(lists[1])));
    then(std::move(full));
  };
  find_named_runs(core, ids, named);
}

/// On a thread for such work: another one for what is large.
void examine_elsewhere(DaemonCore& core, const std::shared_ptr<Submitting>& call, Dict params,
                       const SubmissionLimits& limits) {
  const auto given = std::make_shared<const Dict>(std::move(params));
  const auto work = [call, &core, given, limits] {
    const auto found = std::make_shared<Examined>(examine_safely(*given, core.catalog, limits));
    core.loop.post([call, found] { call->examined(*found); });
  };
  WorkerPool& workers = call->is_large ? core.large : core.background;
  workers.submit([call, &core, work, given] {
    // That it names a large file shows only here: looking may take its time.
    if (call->is_large || !names_large_file(*given, Session::kLargeLine)) return work();
    call->is_large = true;
    core.large.submit([work] {
      work();
      give_back_heap();
    });
  });
}

void run_submit(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  if (core.is_stopping) return reply.error(daemon_error("shutting_down", "the daemon is shutting down"));
  // (Not refused for an earlier failure of the store: trying is what shows that it works again.)
  const auto call =
      std::make_shared<Submitting>(Submitting{core, session.weak_from_this(), std::move(reply)});
  call->is_large = session.is_large();
  const SubmissionLimits limits{.largest_file = core.settings.max_submission_bytes,
                                .encoding = core.settings.encoding,
                                .resources = core.settings.resources,
                                .node_resources = core.settings.limits.resources,
                                .path_map = core.settings.path_map,
                                .executors = core.settings.executors};
  call->begin(session);
  with_full_ids(core, params, [call, &core, limits](std::variant<Dict, RpcError> full) {
    if (const auto* error = std::get_if<RpcError>(&full)) {
      call->refuse(*error);
      return call->go_on();
    }
    examine_elsewhere(core, call, std::get<Dict>(std::move(full)), limits);
  });
}

constexpr std::array kMethodsOfSubmissions = {
    Method{.spec = {.name = "run.submit",
                    .summary = "accepts a run; the reply comes when it is durable",
                    .params = kSubmissionParams,
                    .result = kSubmitResult},
           .handler = run_submit,
           .order = CallOrder::kHandlerSays},
};

}  // namespace

std::span<const Method> submit_methods() { return kMethodsOfSubmissions; }

}  // namespace vnode
