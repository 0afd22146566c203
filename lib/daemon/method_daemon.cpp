#include <unistd.h>

#include <array>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "base/utc_time.h"
#include "daemon/daemon.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/session.h"
#include "daemon/settings.h"
#include "model/members.h"
#include "rpc/duration_param.h"

namespace vnode {
namespace {

/// Looks at every byte, however early they differ: time must not tell how much of a guess is right.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b.empty() ? 0 : b[i % b.size()]);
  }
  return difference == 0;
}

constexpr std::string_view kInfoResult = R"json({
  "required": ["vnode", "protocol", "pid", "state"],
  "properties": {
    "vnode": {"type": "string"},
    "protocol": {"type": "integer"},
    "pid": {"type": "integer"},
    "uptime": {"type": "number", "minimum": 0},
    "state": {"enum": ["serving", "stopping"]},
    "state_directory": {"type": "string"},
    "socket": {"type": "string"},
    "listen": {"type": "string"},
    "metrics": {"type": "string"},
    "store": {
      "type": "object",
      "required": ["ok", "error"],
      "properties": {"ok": {"type": "boolean"}, "error": {"type": "string"}}
    },
    "disk": {
      "type": "object",
      "required": ["store_bytes", "event_bytes", "free_bytes"],
      "properties": {
        "store_bytes": {"type": "integer", "minimum": 0},
        "event_bytes": {"type": "integer", "minimum": 0},
        "free_bytes": {"type": "integer", "minimum": 0}
      }
    },
    "lost_event_files": {"type": "integer", "minimum": 0},
    "runs": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    "clients": {"type": "integer", "minimum": 0}
  }
})json";

/// From memory: it is what others look at while the store is busy.
void daemon_info(DaemonCore& core, Session&, const Dict&, Reply reply) {
  Dict runs;
  for (const auto& [status, count] : core.book.counts()) {
    if (count > 0) runs.set(word(status), count);
  }
  const std::string& error = core.book.store_error();
  const Duration uptime = core.services.clock.steady_now() - core.started;
  Dict info{{"vnode", core.settings.version},
            {"protocol", kRpcProtocol},
            {"pid", static_cast<std::int64_t>(::getpid())},
            {"uptime", seconds(uptime)},
            {"state", core.is_stopping ? "stopping" : "serving"},
            {"state_directory", core.settings.state_directory},
            {"socket", core.addresses.socket},
            {"listen", core.addresses.listen},
            {"metrics", core.addresses.metrics},
            {"store", Dict{{"ok", error.empty()}, {"error", error}}},
            {"lost_event_files", static_cast<std::int64_t>(core.book.lost_event_files())},
            {"runs", runs},
            {"clients", static_cast<std::int64_t>(core.count_clients())}};
  if (const std::optional<DiskUse>& use = core.book.disk_use()) {
    info.set("disk",
             Dict{{"store_bytes", use->store}, {"event_bytes", use->events}, {"free_bytes", use->free}});
  }
  reply.result(std::move(info));
}

constexpr std::array kShutdownParams = {ParamSpec{
    .name = "grace", .kind = ParamKind::kDuration, .summary = "what running runs get to end by themselves"}};
constexpr std::string_view kShutdownResult = R"json({
  "required": ["stopping"],
  "properties": {"stopping": {"type": "boolean"}}
})json";

void daemon_shutdown(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const Value* grace = params.find("grace");
  reply.result(Dict{{"stopping", true}});
  core.shut_down(grace && !grace->is_none() ? std::optional(param_duration(*grace)) : std::nullopt);
}

constexpr std::array kAuthParams = {ParamSpec{.name = "token",
                                              .kind = ParamKind::kText,
                                              .is_required = true,
                                              .summary = "as in the daemon's token file"}};
constexpr std::string_view kAuthResult = R"json({
  "required": ["authenticated"],
  "properties": {"authenticated": {"type": "boolean"}}
})json";

void auth(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const std::string token = text_member(params, "token");
  if (!session.is_authenticated()) {
    if (!equal_in_constant_time(token, core.settings.token)) {
      reply.error(daemon_error("not_allowed", "that is not the token"));
      return session.close();
    }
    session.set_authenticated();
  }
  reply.result(Dict{{"authenticated", true}});
}

constexpr std::array kMethodsOfTheDaemon = {
    Method{.spec = {.name = "daemon.info",
                    .summary = "what the daemon is and how it does",
                    .result = kInfoResult},
           .handler = daemon_info},
    Method{.spec = {.name = "daemon.shutdown",
                    .summary = "ends the daemon, as SIGTERM does",
                    .params = kShutdownParams,
                    .result = kShutdownResult},
           .handler = daemon_shutdown},
    Method{.spec = {.name = "auth",
                    .summary = "the token of a TCP connection",
                    .params = kAuthParams,
                    .result = kAuthResult},
           .handler = auth,
           .is_for_strangers = true},
};

}  // namespace

std::span<const Method> daemon_methods() { return kMethodsOfTheDaemon; }

}  // namespace vnode
