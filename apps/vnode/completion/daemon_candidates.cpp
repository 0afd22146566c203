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

/// The daemon, if it answers soon.
class BriefConnection {
 public:
  explicit BriefConnection(const SettingFlags& flags) {
    const Result<DaemonAddress> address = daemon_address(flags);
    if (!address) return;
    // Connecting alone may hang: somebody types, and waits for nothing.
    end_at_the_latest(kDaemonPatience, kExitSuccess);
    auto connected = find_daemon(*address, kDaemonPatience);
    if (auto* client = std::get_if<std::unique_ptr<Client>>(&connected)) client_ = std::move(*client);
  }

  std::optional<Value> ask(std::string_view method, const Dict& params) {
    if (!client_) return std::nullopt;
    std::variant<Value, CallError> reply = client_->call(method, params);
    if (auto* value = std::get_if<Value>(&reply)) return std::move(*value);
    return std::nullopt;
  }

 private:
  std::unique_ptr<Client> client_;
};

std::optional<Value> ask_briefly(const SettingFlags& flags, std::string_view method, const Dict& params) {
  return BriefConnection(flags).ask(method, params);
}

void add_ids(std::vector<Candidate>& candidates, const std::optional<Value>& reply, std::string_view list) {
  if (!reply) return;
  for (const Value& run : list_member(*reply, list)) {
    const RunInfo info = read_run_info(run);
    std::string help = info.status + "  " + info.workflow;
    if (!info.description.empty()) help += "  " + info.description;
    candidates.push_back({info.id, std::move(help)});
  }
}

std::string queue_help(const Value& queue) {
  return std::to_string(count_member(queue, "running")) + " running, " +
         std::to_string(count_member(queue, "pending")) + " pending" +
         (switch_member(queue, "paused") ? ", paused" : "");
}

}  // namespace

std::vector<Candidate> run_candidates(const SettingFlags& flags, IdKinds kinds) {
  BriefConnection daemon(flags);
  std::vector<Candidate> candidates;
  const Dict most{{"limit", Value(kMostRuns)}};
  if (kinds != IdKinds::kRuns) add_ids(candidates, daemon.ask("group.list", most), "groups");
  if (kinds != IdKinds::kGroups) add_ids(candidates, daemon.ask("run.list", most), "runs");
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
  const std::optional<Value> reply =
      ask_briefly(flags, noun_of(run_id) + ".get", Dict{{"id", Value(run_id)}});
  return reply ? text_member(*reply, "workflow") : std::string();
}

}  // namespace vnode
