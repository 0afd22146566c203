#include "apps/vnode/client/client_options.h"

#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/settings/token_file.h"
#include "apps/vnode/terminal/print.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// The later of the layers that name a daemon says how it is reached; in one layer, TCP.
Result<bool> goes_over_tcp(const Settings& settings) {
  using Kind = SettingSource::Kind;
  if (settings.text_of("connect").empty()) return false;
  const Kind connect = settings.source("connect").kind;
  for (const std::string_view key : {"socket", "state_dir"}) {
    const Kind place = settings.source(key).kind;
    if (place > connect) return false;
    if (place == Kind::kFlag) {
      return usage_error("--connect and " + std::string(find_setting(key).option()) +
                         " name two daemons: only one of them can be meant");
    }
  }
  return true;
}

Result<DaemonAddress> tcp_address(const Settings& settings) {
  DaemonAddress address{.tcp = settings.text_of("connect"), .tls_ca = settings.text_of("tls_ca")};
  const std::string file = settings.text_of("token_file");
  if (file.empty())
    return usage_error("--connect needs --token-file (VNODE_TOKEN_FILE): TCP does not tell who calls");
  Result<std::string> token = read_token_file(file);
  if (!token) return token.error();
  address.token = std::move(*token);
  return address;
}

}  // namespace

void declare_client_options(CommandSpec& command, ClientOptions& settings) {
  add_choice(command, "-o,--format", settings.format, {"table", "json"}, "table (default) or json");
  declare_place_options(command, settings);
}

void declare_place_options(CommandSpec& command, ClientOptions& settings) {
  CommandSpec place;
  declare_setting_options(place, settings.flags, kPlaceSettings);
  for (OptionSpec& option : place.options) {
    option.section = "Where the daemon is";
    command.options.push_back(std::move(option));
  }
}

Result<DaemonAddress> daemon_address(const SettingFlags& flags) {
  const Result<Settings> settings = Settings::load(flags);
  if (!settings) return settings.error();
  const Result<bool> is_over_tcp = goes_over_tcp(*settings);
  if (!is_over_tcp) return is_over_tcp.error();
  if (*is_over_tcp) return tcp_address(*settings);
  for (const std::string_view key : {"token_file", "tls_ca"}) {
    if (settings->source(key).kind == SettingSource::Kind::kFlag) {
      return usage_error(std::string(find_setting(key).option()) +
                         " is for a daemon that is reached by --connect");
    }
  }
  DaemonAddress address{.socket = settings->socket()};
  if (address.socket.empty()) {
    return usage_error("where is the daemon's socket? Set HOME, VNODE_SOCKET or --socket");
  }
  const std::string state_directory = settings->state_directory();
  if (!state_directory.empty()) address.lock_file = state_directory + "/lock";
  address.is_named = settings->source("socket").kind != SettingSource::Kind::kDefault;
  return address;
}

ExitCode ask_daemon(const ClientOptions& settings, std::string_view method, const Dict& params, Value& reply,
                    Diagnostics& diagnostics) {
  const Result<DaemonAddress> address = daemon_address(settings.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  DaemonConnection connection(*address);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  std::variant<Value, CallError> result = connection.call(method, params);
  if (const auto* error = std::get_if<CallError>(&result)) return report_call_error(*error, "", diagnostics);
  reply = std::get<Value>(std::move(result));
  return kExitSuccess;
}

ExitCode print_json(const Value& value, Diagnostics& diagnostics) {
  std::string out;
  append_json_pretty(out, value, 2, NonFinite::kQuoted);
  return print(out + "\n", diagnostics);
}

}  // namespace vnode
