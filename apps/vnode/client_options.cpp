#include "apps/vnode/client_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Validators.hpp>

#include "apps/vnode/daemon_error.h"
#include "apps/vnode/print.h"
#include "apps/vnode/setting_options.h"
#include "model/json_writer.h"

namespace vnode {

void declare_client_options(CLI::App& app, ClientSettings& settings) {
  app.add_option("-o,--output", settings.format, "table (default) or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json"}));
  declare_setting_options(app, settings.flags, kPlaceSettings);
}

Result<DaemonAddress> daemon_address(const SettingFlags& flags) {
  const Result<Settings> settings = Settings::load(flags);
  if (!settings) return settings.error();
  DaemonAddress address{.socket = settings->socket()};
  if (address.socket.empty()) {
    return Error{ErrorCode::kUsage, "where is the daemon's socket? Set HOME, VNODE_SOCKET or --socket"};
  }
  return address;
}

ExitCode ask_daemon(const ClientSettings& settings, std::string_view method, const Dict& params, Value& reply,
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
