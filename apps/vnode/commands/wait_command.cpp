#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/run_waiting.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/run_info.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "model/members.h"

namespace vnode {
namespace {

struct WaitSettings {
  ClientOptions client;
  std::vector<std::string> ids;
  std::optional<Duration> timeout;
};

/// One `vnode wait`.
class WaitCommand {
 public:
  WaitCommand(const WaitSettings& settings, const DaemonAddress& address, Diagnostics& diagnostics)
      : settings_(settings), diagnostics_(diagnostics), connection_(address), stopper_(connection_) {}

  ExitCode run();

 private:
  std::optional<CallError> resolve(std::vector<std::string>& ids);
  ExitCode wait(const std::string& id, std::optional<SteadyTime> deadline);
  ExitCode tell(const CallError& error);

  const WaitSettings& settings_;
  Diagnostics& diagnostics_;
  DaemonConnection connection_;
  const ClientStopper stopper_;
  std::vector<Value> runs_;
  bool is_over_ = false;  ///< going on makes no sense
};

ExitCode WaitCommand::run() {
  std::optional<SteadyTime> deadline;
  if (settings_.timeout) deadline = std::chrono::steady_clock::now() + *settings_.timeout;
  if (const auto error = connection_.connect()) return tell(*error);
  std::vector<std::string> ids;
  if (const auto error = resolve(ids)) return tell(*error);
  ExitCode code = kExitSuccess;
  for (const std::string& id : ids) {
    const ExitCode outcome = wait(id, deadline);
    if (code == kExitSuccess) code = outcome;
    if (is_over_) break;
  }
  if (!settings_.client.is_json()) return code;
  const ExitCode printed = print_json(Value(Dict{{"runs", Value::list(std::move(runs_))}}), diagnostics_);
  return printed == kExitSuccess ? code : printed;
}

/// All of them before the first wait: a typing error must not show after an hour.
std::optional<CallError> WaitCommand::resolve(std::vector<std::string>& ids) {
  for (const std::string& id : settings_.ids) {
    const std::variant<Value, CallError> reply = connection_.call(noun_of(id) + ".get", {{"id", Value(id)}});
    if (const auto* error = std::get_if<CallError>(&reply)) return *error;
    ids.push_back(text_member(std::get<Value>(reply), "id"));
  }
  return std::nullopt;
}

ExitCode WaitCommand::wait(const std::string& id, std::optional<SteadyTime> deadline) {
  const std::variant<Value, CallError> reply = wait_for_run(connection_, id, deadline, diagnostics_);
  if (const auto* error = std::get_if<CallError>(&reply)) {
    is_over_ = true;
    return tell(*error);
  }
  const RunInfo info = read_run_info(std::get<Value>(reply));
  runs_.push_back(std::get<Value>(reply));
  if (!info.has_ended()) {
    diagnostics_.error(noun_of(id) + " " + id + " has not ended in time: it is " + info.status);
  } else if (!settings_.client.is_json()) {
    const ExitCode printed = print(harmless_line(outcome_text(info)) + "\n", diagnostics_);
    is_over_ = printed != kExitSuccess;
    if (is_over_) return printed;
  }
  return exit_code_of(info);
}

ExitCode WaitCommand::tell(const CallError& error) {
  if (stopper_.code() != kExitSuccess) return stopper_.code();
  return report_call_error(error, "", diagnostics_);
}

}  // namespace

void set_up_wait(CommandSpec& command) {
  auto settings = std::make_shared<WaitSettings>();
  add_texts(command, "ID", settings->ids, "", "Ids of runs or groups, or their beginnings").is_required =
      true;
  add_duration(command, "--timeout", "Wait no longer than that; the exit code is 124 then: 300ms, 90s, 1.5h",
               [settings = settings.get()](Duration timeout) { settings->timeout = timeout; });
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) {
    const Result<DaemonAddress> address = daemon_address(settings->client.flags);
    if (!address) return report_usage_error(address.error(), diagnostics);
    return WaitCommand(*settings, *address, diagnostics).run();
  };
}

}  // namespace vnode
