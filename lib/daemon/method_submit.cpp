#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "daemon/methods.h"
#include "daemon/node_catalog.h"
#include "daemon/run_book.h"
#include "daemon/session.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

Value problem_values(const Problems& problems) {
  std::vector<Value> values;
  for (const Problem& problem : problems) {
    values.emplace_back(Dict{{"severity", problem.severity == Severity::kError ? "error" : "warning"},
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
  PreparedRun prepared;
  std::string request;
  std::optional<RpcError> refused;
};

Examined examine(const Dict& params, NodeCatalog& catalog) {
  Examined examined;
  auto read = read_submission(params);
  if (auto* error = std::get_if<RpcError>(&read)) {
    examined.refused = std::move(*error);
    return examined;
  }
  PreparedRun& prepared = examined.prepared;
  prepared.submission = std::make_shared<const Submission>(std::move(std::get<Submission>(read)));
  prepared.registry = catalog.current();
  const auto make = [&prepared] {
    return prepare(prepared.submission->workflow, *prepared.registry, prepared.submission->overrides);
  };
  Preparation made = make();
  if (!made.plan) {
    // A definition that has just been written must not be missing.
    const std::shared_ptr<const Registry> newest = catalog.look_again();
    if (std::exchange(prepared.registry, newest) != newest) made = make();
  }
  if (!made.plan) {
    const Problem* first = nullptr;
    for (const Problem& problem : made.problems) {
      if (!first && problem.severity == Severity::kError) first = &problem;
    }
    const std::string what =
        made.is_override_refused ? "the parameters make no sense" : "the workflow is not valid";
    examined.refused = daemon_error(made.is_override_refused ? "bad_parameters" : "invalid_workflow",
                                    what + (first ? ": " + first->message : std::string()),
                                    {{"problems", problem_values(made.problems)}});
    return examined;
  }
  prepared.plan = std::move(made.plan);
  examined.request = stored_request(params);
  return examined;
}

Value result_of(const RunBook::Accepted& accepted) {
  return Dict{{"id", accepted.id}, {"duplicate", accepted.is_duplicate}};
}

}  // namespace

void run_submit(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  if (core.is_stopping) return reply.error(daemon_error("shutting_down", "the daemon is shutting down"));
  // (Not refused for an earlier failure of the store: trying is what shows that it works again.)
  // The calls behind it wait until it has its place.
  session.hold();
  core.background.submit([&core, self = session.weak_from_this(), given = params, reply] {
    auto examined = std::make_shared<Examined>();
    try {
      *examined = examine(given, core.catalog);
    } catch (const std::exception& error) {
      examined->refused = RpcError{RpcErrorCode::kInternal, "internal", error.what()};
    }
    core.loop.post([&core, self, examined, reply] {
      if (examined->refused) {
        reply.error(*examined->refused);
      } else if (core.is_stopping) {
        reply.error(daemon_error("shutting_down", "the daemon is shutting down"));
      } else {
        core.book.submit(std::move(examined->prepared), std::move(examined->request),
                         [reply](std::variant<RunBook::Accepted, RpcError> done) {
                           if (const auto* error = std::get_if<RpcError>(&done)) return reply.error(*error);
                           reply.result(result_of(std::get<RunBook::Accepted>(done)));
                         });
      }
      if (const auto alive = self.lock()) alive->resume();
    });
  });
}

}  // namespace vnode
