#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <mutex>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/service/daemon_log.h"
#include "apps/vnode/service/daemon_settings.h"
#include "apps/vnode/service/daemon_signals.h"
#include "apps/vnode/service/detaching.h"
#include "apps/vnode/service/service_manager.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/settings/state_places.h"
#include "apps/vnode/terminal/print.h"
#include "async/signal_watcher.h"
#include "base/private_folder.h"
#include "daemon/daemon.h"

namespace vnode {
namespace {

struct ServeSettings {
  SettingFlags flags;
  bool detaches = false;
};

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kUsage:
    case ErrorCode::kInvalidValue:
      return kExitUsage;
    case ErrorCode::kIo:
      return kExitOutputFailed;
    case ErrorCode::kInternal:
      return kExitInternal;
    default:
      return kExitNoDaemon;
  }
}

/// One `vnode serve`.
class ServeCommand {
 public:
  ServeCommand(const ServeSettings& settings, Diagnostics& diagnostics);

  ExitCode run();

 private:
  Result<DaemonSettings> load_settings();
  Registry load_nodes(const Registry* last);
  std::optional<ExitCode> go_to_background(const DaemonSettings& settings);
  DaemonServices services(DaemonLog& log);
  ExitCode serve(DaemonSettings settings);

  SettingFlags flags_;
  const bool detaches_;
  Diagnostics& diagnostics_;
  const SystemClock clock_;
  const ServiceManager manager_;
  StartReport report_;
  std::string log_file_;  ///< in the background; else it is what standard error is
  std::mutex mutex_;      ///< for `in_force_`: a reload may come while definitions are read
  std::optional<Settings> in_force_;
  std::shared_ptr<PythonRuntime> python_;
  std::shared_ptr<NodeRuntime> commands_;
};

/// Paths are made absolute here, once: the daemon reads them again later.
ServeCommand::ServeCommand(const ServeSettings& settings, Diagnostics& diagnostics)
    : flags_(settings.flags),
      detaches_(settings.detaches),
      diagnostics_(diagnostics),
      manager_(ServiceManager::take_from_environment()) {
  flags_.config_file = absolute_path(flags_.config_file);
  for (std::string& folder : flags_.node_folders) folder = absolute_path(folder);
}

ExitCode ServeCommand::run() {
  Result<DaemonSettings> settings = load_settings();
  if (!settings) return report_usage_error(settings.error(), diagnostics_);
  if (detaches_) {
    if (const std::optional<ExitCode> code = go_to_background(*settings)) return *code;
  }
  return serve(std::move(*settings));
}

Result<DaemonSettings> ServeCommand::load_settings() {
  Result<Settings> loaded = Settings::load(flags_);
  if (!loaded) return loaded.error();
  Result<DaemonSettings> settings = make_daemon_settings(*loaded);
  if (!settings) return settings.error();
  const std::lock_guard lock(mutex_);
  in_force_ = std::move(*loaded);
  return settings;
}

Registry ServeCommand::load_nodes(const Registry* last) {
  std::unique_lock lock(mutex_);
  const Settings settings = *in_force_;
  lock.unlock();
  return load_registry(settings, python_, commands_, last ? *last : Registry());
}

std::optional<ExitCode> ServeCommand::go_to_background(const DaemonSettings& settings) {
  // The log is in there.
  const Result<void> made = make_private_folder(settings.state_directory);
  if (!made) {
    diagnostics_.error(describe(made.error()));
    return exit_code_of(made.error());
  }
  log_file_ = settings.state_directory + "/daemon.log";
  return detach(log_file_, manager_.sockets(), report_, diagnostics_);
}

DaemonServices ServeCommand::services(DaemonLog& log) {
  DaemonServices services{.clock = clock_, .log = log};
  services.load_nodes = [this](const Registry* last) { return load_nodes(last); };
  services.load_settings = [this, &log] {
    if (!log_file_.empty() && !reopen_log(log_file_)) log.warning("cannot open " + log_file_ + " again");
    return load_settings();
  };
  services.notify = [this](std::string_view message) { manager_.notify(message); };
  services.watchdog = manager_.watchdog();
  services.inherited_sockets = manager_.sockets();
  return services;
}

/// Every client is a descriptor, and so is a good deal of every run.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

ExitCode ServeCommand::serve(DaemonSettings settings) {
  raise_descriptor_limit();
  DaemonSignals signals;
  // Before every other thread: they inherit the signal mask.
  // A signal that comes when all has ended does not change the exit code.
  const SignalWatcher watcher(
      {SIGTERM, SIGINT, SIGHUP}, [&](int signal) { signals.on_signal(signal); },
      SignalWatcher::AtEnd::kIgnore);
  StandardErrorLog log;
  python_ = make_python_runtime(*in_force_, true);
  commands_ = make_command_runtime(*in_force_);
  const DaemonServices services = this->services(log);
  Result<std::unique_ptr<Daemon>> daemon = Daemon::start(std::move(settings), services);
  if (!daemon) {
    return report_.failed(exit_code_of(daemon.error()), describe(daemon.error()), diagnostics_);
  }
  report_.ready("the daemon serves at " + (*daemon)->socket() + " (pid " + std::to_string(::getpid()) + ")");
  signals.attach(**daemon);
  const Result<void> served = (*daemon)->run();
  signals.detach();
  const ExitCode code =
      served ? kExitSuccess
             : report_.failed(exit_code_of(served.error()), describe(served.error()), diagnostics_);
  // Runs that did not end use what this function owns, to the last moment.
  if ((*daemon)->leaves_threads()) ::_exit(code);
  return code;
}

}  // namespace

void set_up_serve(CommandSpec& command) {
  auto settings = std::make_shared<ServeSettings>();
  add_switch(command, "--detach", settings->detaches,
             "Go into the background once it serves; the log is daemon.log in the state directory");
  declare_setting_options(command, settings->flags, kServeSettings);
  declare_encoding(command, settings->flags);
  command.action = [settings](Diagnostics& diagnostics) {
    return ServeCommand(*settings, diagnostics).run();
  };
}

}  // namespace vnode
