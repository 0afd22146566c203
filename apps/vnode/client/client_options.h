#pragma once

#include <string>

#include "apps/vnode/client/daemon_connection.h"
#include "apps/vnode/options/command_spec.h"
#include "apps/vnode/settings/settings.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"

namespace vnode {

/// What all commands that talk to a daemon are told.
struct ClientOptions {
  SettingFlags flags;
  std::string format = "table";

  bool is_json() const { return format == "json"; }
};

/// Declares the options that say where a daemon is, --config and -o; `settings` must live as long as
/// `command`.
void declare_client_options(CommandSpec& command, ClientOptions& settings);

/// The same without -o, for a command whose formats are its own.
void declare_place_options(CommandSpec& command, ClientOptions& settings);

/// Where the daemon is; of one that is reached over TCP with its token. Errors: those of `Settings::load` and
/// `read_token_file`; kUsage when nothing tells, or two things do.
Result<DaemonAddress> daemon_address(const SettingFlags& flags);

/// Connects, makes one call, and tells people what went wrong with it. `reply` is set when the code is
/// kExitSuccess.
ExitCode ask_daemon(const ClientOptions& settings, std::string_view method, const Dict& params, Value& reply,
                    Diagnostics& diagnostics);

/// Prints a reply as JSON, indented.
ExitCode print_json(const Value& value, Diagnostics& diagnostics);

}  // namespace vnode
