#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/session.h"

namespace vnode {

void run_events(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const auto since = static_cast<std::uint64_t>(number_param(params, "since").value_or(0));
  const bool follow = switch_param(params, "follow", true);
  with_run(core, params, reply,
           [self = session.weak_from_this(), since, follow, reply](const RunRow& row, const LiveRun* live) {
             const auto alive = self.lock();
             if (!alive) return;
             if (!alive->may_subscribe()) {
               return reply.error(daemon_error("too_busy", "too many subscriptions of one client"));
             }
             const std::optional<std::string> ended = live ? std::nullopt : std::optional(row.status);
             const std::uint64_t number = alive->subscribe(row.id, since, follow, ended);
             reply.result(Dict{{"subscription", static_cast<std::int64_t>(number)}, {"id", row.id}});
           });
}

void run_unsubscribe(DaemonCore&, Session& session, const Dict& params, Reply reply) {
  const auto number = static_cast<std::uint64_t>(number_param(params, "subscription").value_or(0));
  reply.result(Dict{{"ended", session.unsubscribe(number)}});
}

void run_watch(DaemonCore& core, Session& session, const Dict&, Reply reply) {
  constexpr std::size_t kMostAtOnce = 1000;
  std::vector<Value> runs;
  const std::vector<const LiveRun*> live = core.book.live();
  for (const LiveRun* run : live) {
    if (runs.size() < kMostAtOnce) runs.push_back(run_value(run->row, live_view(core, *run)));
  }
  const std::uint64_t number = session.watch();
  reply.result(Dict{{"subscription", static_cast<std::int64_t>(number)},
                    {"runs", Value::list(std::move(runs))},
                    {"more", live.size() > kMostAtOnce}});
}

}  // namespace vnode
