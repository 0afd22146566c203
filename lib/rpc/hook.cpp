#include "rpc/hook.h"

#include <string_view>

namespace vnode {
namespace {

/// Whatever its case.
bool begins_with(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// With a host.
bool is_http(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!begins_with(url, scheme)) continue;
    const std::string_view rest = url.substr(scheme.size());
    return rest.substr(0, rest.find_first_of("/?#")).size() > 0;
  }
  return false;
}

}  // namespace

std::string problem_of(const Hook& hook) {
  if (hook.command.empty() == hook.url.empty()) return "each entry needs either a program or a URL";
  if (!hook.command.empty() && hook.command.front().empty()) return "the program of a command is empty";
  if (!hook.url.empty() && !is_http(hook.url)) return "'" + hook.url + "' is no http:// or https:// URL";
  return {};
}

}  // namespace vnode
