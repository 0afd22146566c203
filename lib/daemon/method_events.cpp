#include <array>

#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/run_listing.h"
#include "daemon/run_lookup.h"
#include "daemon/session.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::array kEventsParams = {
    kRunParam,
    ParamSpec{.name = "since", .kind = ParamKind::kCount, .summary = "only events with a higher seq: 0"},
    ParamSpec{.name = "follow", .kind = ParamKind::kSwitch, .summary = "new ones as they come, too: true"}};
constexpr std::string_view kEventsResult = R"json({
  "required": ["subscription", "id"],
  "properties": {"subscription": {"type": "integer"}, "id": {"type": "string"}}
})json";

void run_events(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const auto since = count_member(params, "since");
  const bool follow = switch_member(params, "follow", true);
  with_run(core, params, reply,
           [self = session.weak_from_this(), since, follow, reply](const RunRow& row, const LiveRun* live) {
             const auto alive = self.lock();
             if (!alive) return;
             if (!alive->may_subscribe()) {
               return reply.error(daemon_error("too_busy", "too many subscriptions of one client"));
             }
             const std::optional<RunStatus> ended = live ? std::nullopt : std::optional(row.status);
             const std::uint64_t number = alive->subscribe(row.id, since, follow, ended);
             reply.result(Dict{{"subscription", static_cast<std::int64_t>(number)}, {"id", row.id}});
           });
}

constexpr std::array kUnsubscribeParams = {
    ParamSpec{.name = "subscription",
              .kind = ParamKind::kCount,
              .is_required = true,
              .summary = "as in the reply to run.events or run.watch"}};
constexpr std::string_view kUnsubscribeResult = R"json({
  "required": ["ended"],
  "properties": {"ended": {"type": "boolean"}}
})json";

void run_unsubscribe(DaemonCore&, Session& session, const Dict& params, Reply reply) {
  const auto number = count_member(params, "subscription");
  reply.result(Dict{{"ended", session.unsubscribe(number)}});
}

constexpr std::string_view kWatchResult = R"json({
  "required": ["subscription", "runs"],
  "properties": {
    "subscription": {"type": "integer"},
    "runs": {"$ref": "#/$defs/runs"},
    "more": {"type": "boolean"}
  }
})json";

constexpr std::array kWatchParams = {
    ParamSpec{.name = "alone",
              .kind = ParamKind::kSwitch,
              .summary = "of runs that are in a group only the group is told: false"}};

void run_watch(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  constexpr std::size_t kMostAtOnce = 1000;
  const bool is_alone = switch_member(params, "alone");
  std::vector<ShownRun> runs;
  for (const LiveRun* run : core.book.live(kMostAtOnce)) {
    if (!is_alone || run->row.group == 0) runs.push_back({run->row, live_view(core, *run)});
  }
  const auto number = static_cast<std::int64_t>(session.watch(is_alone));
  const bool is_more = core.book.count() > kMostAtOnce;
  const auto shown = std::make_shared<const std::vector<ShownRun>>(std::move(runs));
  const auto result = [shown, number, is_more] {
    return Dict{{"subscription", number}, {"runs", list_of(*shown)}, {"more", is_more}};
  };
  reply_with(core, shown->size(), result, reply, [self = session.weak_from_this()] {
    if (const auto alive = self.lock()) alive->release_watch();
  });
}

constexpr std::array kMethodsOfEvents = {
    Method{.spec = {.name = "run.events",
                    .summary = "subscribes to the events of a run",
                    .params = kEventsParams,
                    .result = kEventsResult},
           .handler = run_events},
    Method{.spec = {.name = "run.unsubscribe",
                    .summary = "ends a subscription of this connection",
                    .params = kUnsubscribeParams,
                    .result = kUnsubscribeResult},
           .handler = run_unsubscribe},
    Method{.spec = {.name = "run.watch",
                    .summary = "subscribes to the table of runs",
                    .params = kWatchParams,
                    .result = kWatchResult},
           .handler = run_watch},
};

}  // namespace

std::span<const Method> event_methods() { return kMethodsOfEvents; }

}  // namespace vnode
