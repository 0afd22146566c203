#include "apps/vnode/completion/daemon_candidates.h"

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/show/run_info.h"
#include "apps/vnode/terminal/forced_end.h"
#include "client/daemon_search.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr std::size_t kMostRuns = 200;

std::optional<Value> ask_briefly(const SettingFlags& flags, std::string_view method, const Dict& params) {
  const Result<DaemonAddress> address = daemon_address(flags);
  if (!address) return std::nullopt;
  // Connecting alone may hang: somebody types, and waits for nothing.
  end_at_the_latest(kDaemonPatience, kExitSuccess);
  auto connected = find_daemon(*address, kDaemonPatience);
  auto* client = std::get_if<std::unique_ptr<Client>>(&connected);
  if (!client) return std::nullopt;
  std::variant<Value, CallError> reply = (*client)->call(method, params);
  if (auto* value = std::get_if<Value>(&reply)) return std::move(*value);
  return std::nullopt;
}

std::string queue_help(const Value& queue) {
  return std::to_string(count_member(queue, "running")) + " running, " +
         std::to_string(count_member(queue, "pending")) + " pending" +
         (switch_member(queue, "paused") ? ", paused" : "");
}

}  // namespace

std::vector<Candidate> run_candidates(const SettingFlags& flags) {
  const std::optional<Value> reply = ask_briefly(flags, "run.list", Dict{{"limit", Value(kMostRuns)}});
  std::vector<Candidate> candidates;
  if (!reply) return candidates;
  for (const Value& run : list_member(*reply, "runs")) {
    const RunInfo info = read_run_info(run);
    std::string help = info.status + "  " + info.workflow;
    if (!info.description.empty()) help += "  " + info.description;
    candidates.push_back({info.id, std::move(help)});
  }
  return candidates;
}

std::vector<Candidate> queue_candidates(const SettingFlags& flags) {
  const std::optional<Value> reply = ask_briefly(flags, "queue.list", {});
  std::vector<Candidate> candidates;
  if (!reply) return candidates;
  for (const Value& queue : list_member(*reply, "queues"))
    candidates.push_back({text_member(queue, "name"), queue_help(queue)});
  return candidates;
}

std::string workflow_of_run(const SettingFlags& flags, std::string_view run_id) {
  const std::optional<Value> reply = ask_briefly(flags, "run.get", Dict{{"id", Value(run_id)}});
  return reply ? text_member(*reply, "workflow") : std::string();
}

}  // namespace vnode
