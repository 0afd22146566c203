#include "apps/vnode/service/daemon_settings.h"

#include "apps/vnode/settings/path_map_file.h"
#include "apps/vnode/settings/run_resources.h"
#include "apps/vnode/settings/secret_options.h"
#include "apps/vnode/settings/state_places.h"
#include "apps/vnode/settings/token_file.h"
#include "base/duration_text.h"
#include "model/members.h"

namespace vnode {
namespace {

std::size_t count_setting(const Settings& settings, std::string_view key) {
  return static_cast<std::size_t>(settings.value(key).as_int());
}

/// nullopt for "unlimited".
std::optional<std::int64_t> limit(const Settings& settings, std::string_view key) {
  const Value& value = settings.value(key);
  return value.is_int() ? std::optional(value.as_int()) : std::nullopt;
}

Duration duration(const Settings& settings, std::string_view key) {
  return parse_duration(settings.text_of(key)).value();
}

Result<void> add_tcp(DaemonSettings& daemon, const Settings& settings) {
  daemon.listen = settings.text_of("listen");
  daemon.metrics = settings.text_of("metrics");
  daemon.tls_certificate = settings.text_of("tls_certificate");
  daemon.tls_key = settings.text_of("tls_key");
  if (daemon.tls_certificate.empty() != daemon.tls_key.empty()) {
    return Error{ErrorCode::kUsage, "--tls-certificate and --tls-key go together: only one of them is given"};
  }
  if (daemon.listen.empty()) return {};
  const std::string file = settings.text_of("token_file");
  if (file.empty())
    return Error{ErrorCode::kUsage, "--listen needs --token-file: TCP does not tell who calls"};
  Result<std::string> token = read_token_file(file);
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
  daemon.resources = machine_resources();
  for (const DictEntry& resource : entries("resources")) {
    daemon.resources[std::string(resource.key.as_text())] = resource_amount_of(resource.value).value_or(0);
  }
  const Value& hooks = settings.value("hooks");
  for (const Value& item : hooks.is_list() ? hooks.as_list() : std::span<const Value>()) {
    Hook hook{.url = text_member(item, "url")};
    for (const Value& word : list_member(item, "command")) hook.command.emplace_back(word.as_text());
    daemon.hooks.push_back(std::move(hook));
  }
}

void add_journals(DaemonSettings& daemon, const Settings& settings) {
  daemon.keeps_journals = settings.value("journal").as_bool();
  const std::optional<std::int64_t> most = limit(settings, "max_journal_bytes");
  daemon.max_journal_bytes = most ? static_cast<std::uint64_t>(*most) : ~std::uint64_t{0};
  const std::string on_interrupt = settings.text_of("on_interrupt");
  if (on_interrupt == "retry") daemon.on_interrupt = OnInterrupt::kRetry;
  if (on_interrupt == "resume") daemon.on_interrupt = OnInterrupt::kResume;
  daemon.process_grace = settings.grace();
  daemon.cache = settings.text_of("cache");
  daemon.max_cache_bytes = settings.max_cache_bytes();
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
  if (settings.text_of("keep_age") != kUnlimited) daemon.retention.age = duration(settings, "keep_age");
  const std::optional<std::int64_t> most = limit(settings, "max_event_bytes");
  daemon.max_event_bytes = most ? static_cast<std::uint64_t>(*most) : ~std::uint64_t{0};
  add_journals(daemon, settings);
  daemon.hook_timeout = duration(settings, "hook_timeout");
  daemon.retry_delay = {duration(settings, "retry_delay"), duration(settings, "max_retry_delay")};
  daemon.shutdown_grace = duration(settings, "shutdown_grace");
  daemon.max_pending = count_setting(settings, "max_pending");
  daemon.max_clients = count_setting(settings, "max_clients");
  daemon.encoding = settings.encoding();
  daemon.max_submission_bytes = count_setting(settings, "max_submission_bytes");
  daemon.max_value_bytes = settings.max_value_bytes();
  daemon.logged_errors = settings.logged_errors();
  daemon.limits = settings.limits();
  daemon.executors.clear();
  for (const std::string& name : settings.executors().names()) daemon.executors.push_back({.name = name});
  Result<std::shared_ptr<const PathMap>> path_map = load_path_map(settings);
  if (!path_map) return path_map.error();
  daemon.path_map = std::move(*path_map);
  daemon.max_result_bytes = count_setting(settings, "max_result_bytes");
  if (const std::vector<std::string> files = settings.secret_files(); !files.empty()) {
    // A mistake in them is better told now than by every run.
    if (const Result<Secrets> secrets = read_secret_files(files); !secrets) return secrets.error();
    daemon.read_secrets = [files] { return read_secret_files(files); };
  }
  for (const std::string& folder : settings.node_folders()) {
    daemon.node_folders.push_back(absolute_path(folder));
  }
  return daemon;
}

}  // namespace vnode
