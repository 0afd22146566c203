#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "base/owned_fd.h"
#include "model/members.h"

namespace vnode {
namespace {

struct ShutdownSettings {
  ClientOptions client;
  std::optional<Duration> grace;
  bool waits_not = false;
};

/// A handle of the daemon's process that tells its end; empty where there is no such thing.
OwnedFd open_process(std::int64_t pid) {
  return OwnedFd(pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)) : -1);
}

/// Until the process is gone: then its socket and its lock are free for the next one.
void wait_for_end(DaemonConnection& connection, const OwnedFd& process, const ClientStopper& stopper) {
  while (connection.is_connected() && !connection.is_interrupted()) {
    (void)connection.next_notification(std::nullopt);
  }
  constexpr int kLookAtSignals = 100;  // milliseconds
  pollfd entry{process.get(), POLLIN, 0};
  while (process && stopper.code() == kExitSuccess && ::poll(&entry, 1, kLookAtSignals) < 1) continue;
}

ExitCode shut_down(const ShutdownSettings& settings, Diagnostics& diagnostics) {
  const Result<DaemonAddress> address = daemon_address(settings.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  DaemonConnection connection(*address);
  const ClientStopper stopper(connection);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  const std::variant<Value, CallError> info = connection.call("daemon.info", {});
  if (const auto* error = std::get_if<CallError>(&info)) return report_call_error(*error, "", diagnostics);
  const OwnedFd process = open_process(integer_member(std::get<Value>(info), "pid").value_or(0));
  Dict params;
  if (settings.grace) params.set("grace", Value(std::chrono::duration<double>(*settings.grace).count()));
  const std::variant<Value, CallError> reply = connection.call("daemon.shutdown", params);
  if (const auto* error = std::get_if<CallError>(&reply)) return report_call_error(*error, "", diagnostics);
  if (!settings.waits_not) wait_for_end(connection, process, stopper);
  if (stopper.code() != kExitSuccess) return stopper.code();
  return settings.client.is_json() ? print_json(std::get<Value>(reply), diagnostics) : kExitSuccess;
}

}  // namespace

void set_up_shutdown(CommandSpec& command) {
  auto settings = std::make_shared<ShutdownSettings>();
  add_duration(command, "--grace", "What running runs get to end by themselves (default: the daemon's own)",
               [settings = settings.get()](Duration grace) { settings->grace = grace; });
  add_switch(command, "--no-wait", settings->waits_not, "Do not wait until it has ended");
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return shut_down(*settings, diagnostics); };
}

}  // namespace vnode
