#include "apps/vnode/daemon_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "apps/vnode/reply_members.h"
#include "apps/vnode/state_places.h"
#include "base/duration_text.h"
#include "base/owned_fd.h"

namespace vnode {
namespace {

constexpr std::size_t kMostToken = 4096;
constexpr std::size_t kLeastToken = 16;

Error usage(const std::string& file, std::string message) {
  return {ErrorCode::kUsage, std::move(message), {.file = file}};
}

std::string text(const Settings& settings, std::string_view key) {
  const Value& value = settings.value(key);
  return value.is_text() ? std::string(value.as_text()) : std::string();
}

std::size_t count(const Settings& settings, std::string_view key) {
  return static_cast<std::size_t>(settings.value(key).as_int());
}

/// nullopt for "unlimited".
std::optional<std::int64_t> limit(const Settings& settings, std::string_view key) {
  const Value& value = settings.value(key);
  return value.is_int() ? std::optional(value.as_int()) : std::nullopt;
}

Duration duration(const Settings& settings, std::string_view key) {
  return parse_duration(text(settings, key)).value();
}

/// The word in the file, less the blanks around it. The file that is checked is the one that is read.
Result<std::string> read_token(const std::string& path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) {
    return usage(path, "cannot be read: " + std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return usage(path, "the token must be in a plain file");
  if (status.st_uid != ::geteuid()) return usage(path, "the token file belongs to another user");
  if ((status.st_mode & 077) != 0) {
    return usage(path, "others can read the token file; 'chmod 600 " + path + "' makes it private");
  }
  std::string token(kMostToken + 1, '\0');
  const ssize_t size = ::read(file.get(), token.data(), token.size());
  if (size < 0) return usage(path, "cannot be read: " + std::generic_category().message(errno));
  token.resize(static_cast<std::size_t>(size));
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = token.find_first_not_of(kBlanks);
  if (first == std::string::npos) return usage(path, "the token file is empty");
  token = token.substr(first, token.find_last_not_of(kBlanks) - first + 1);
  if (token.size() > kMostToken) return usage(path, "the token is too long");
  if (token.size() < kLeastToken) {
    return usage(path, "the token is too short: " + std::to_string(kLeastToken) + " characters at least");
  }
  return token;
}

Result<void> add_tcp(DaemonSettings& daemon, const Settings& settings) {
  daemon.listen = text(settings, "listen");
  daemon.metrics = text(settings, "metrics");
  if (daemon.listen.empty()) return {};
  const std::string file = text(settings, "token_file");
  if (file.empty())
    return Error{ErrorCode::kUsage, "--listen needs --token-file: TCP does not tell who calls"};
  Result<std::string> token = read_token(file);
  if (!token) return token.error();
  daemon.token = std::move(*token);
  return {};
}

void add_lists(DaemonSettings& daemon, const Settings& settings) {
  const auto entries = [&](std::string_view key) {
    const Value& value = settings.value(key);
    return value.is_dict() ? value.as_entries() : std::span<const DictEntry>();
  };
  for (const DictEntry& queue : entries("queues")) {
    daemon.queues[std::string(queue.key.as_text())] = static_cast<std::size_t>(queue.value.as_int());
  }
  for (const DictEntry& resource : entries("resources")) {
    daemon.resources[std::string(resource.key.as_text())] = resource.value.as_int();
  }
  const Value& hooks = settings.value("hooks");
  for (const Value& item : hooks.is_list() ? hooks.as_list() : std::span<const Value>()) {
    Hook hook{.url = text_member(item, "url")};
    for (const Value& word : list_member(item, "command")) hook.command.emplace_back(word.as_text());
    daemon.hooks.push_back(std::move(hook));
  }
}

}  // namespace

Result<DaemonSettings> make_daemon_settings(const Settings& settings) {
  DaemonSettings daemon;
  daemon.version = VNODE_VERSION;
  daemon.state_directory = settings.state_directory();
  daemon.socket = settings.socket();
  if (daemon.state_directory.empty() || daemon.socket.empty()) {
    return Error{ErrorCode::kUsage, "where is the daemon's state to be? Set HOME, or give --state-dir"};
  }
  if (const Result<void> added = add_tcp(daemon, settings); !added) return added.error();
  add_lists(daemon, settings);
  daemon.workers = settings.jobs();
  daemon.retention.runs = limit(settings, "keep_runs");
  daemon.retention.event_bytes = limit(settings, "keep_event_bytes");
  daemon.retention.age.reset();
  if (text(settings, "keep_age") != kUnlimited) daemon.retention.age = duration(settings, "keep_age");
  daemon.hook_timeout = duration(settings, "hook_timeout");
  daemon.shutdown_grace = duration(settings, "shutdown_grace");
  daemon.max_pending = count(settings, "max_pending");
  daemon.max_clients = count(settings, "max_clients");
  daemon.max_value_bytes = settings.max_value_bytes();
  for (const std::string& folder : settings.node_folders()) {
    daemon.node_folders.push_back(absolute_path(folder));
  }
  return daemon;
}

}  // namespace vnode
