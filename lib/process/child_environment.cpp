#include "process/child_environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

namespace vnode {
namespace {

/// Who has them speaks to the service manager in the place of the program that it started.
constexpr std::array<std::string_view, 6> kOfServiceManager{
    "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID"};
constexpr std::array<std::string_view, 2> kOfSecrets{"VNODE_TOKEN_FILE", "CREDENTIALS_DIRECTORY"};

template <std::size_t kSize>
bool has(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_for_service_manager(std::string_view name) { return has(kOfServiceManager, name); }

Variables own_variables() {
  Variables variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t sign = text.find('=');
    if (sign == std::string_view::npos || has(kOfSecrets, text.substr(0, sign))) continue;
    variables.emplace_back(text.substr(0, sign), text.substr(sign + 1));
  }
  return variables;
}

std::vector<std::string> child_environment(const Variables& variables) {
  std::vector<std::string> entries;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto& [name, value] : variables) {
    if (is_for_service_manager(name)) continue;
    std::string entry = name + "=" + value;
    const auto [place, is_new] = places.emplace(name, entries.size());
    if (is_new) {
      entries.push_back(std::move(entry));
    } else {
      entries[place->second] = std::move(entry);
    }
  }
  return entries;
}

std::vector<std::string> child_environment(const Variables& variables, const ProcessIdentity& identity) {
  Variables all = variables;
  all.emplace_back("VNODE_RUN_ID", identity.run_id);
  if (!identity.node_id.empty()) all.emplace_back("VNODE_NODE_ID", identity.node_id);
  all.emplace_back("VNODE_ATTEMPT", std::to_string(identity.attempt));
  all.emplace_back("VNODE_TRY", std::to_string(identity.try_number));
  // Around this program there may be another one, whose own node is repeated.
  std::erase_if(all, [](const auto& variable) { return variable.first == "VNODE_REPEATED"; });
  if (identity.is_repeated) all.emplace_back("VNODE_REPEATED", "1");
  return child_environment(all);
}

}  // namespace vnode
