#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "apps/vnode/terminal/time_text.h"
#include "base/size_text.h"
#include "base/utc_time.h"
#include "journal/cache_folder.h"
#include "journal/cached_record.h"

namespace vnode {
namespace {

struct CacheSettings {
  SettingFlags flags;
  std::string format = "table";
  std::optional<Duration> older_than;
};

/// The folder that the settings name, as they are in force. The exit code is told in `code`.
std::unique_ptr<CacheFolder> open_cache(const CacheSettings& settings, ExitCode& code,
                                        Diagnostics& diagnostics) {
  code = kExitUsage;
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return code = report_usage_error(in_force.error(), diagnostics), nullptr;
  const std::string folder = in_force->text_of("cache");
  if (folder.empty()) {
    diagnostics.error("which cache? Give --cache DIR, or say cache: DIR in vnode.yaml");
    return nullptr;
  }
  Result<std::unique_ptr<CacheFolder>> cache = CacheFolder::open(folder, in_force->max_cache_bytes());
  if (!cache) return code = report_usage_error(cache.error(), diagnostics), nullptr;
  code = kExitSuccess;
  return std::move(*cache);
}

/// How many there are of each node type; what cannot be read counts as "".
std::map<std::string, std::int64_t> types_in(CacheFolder& cache) {
  std::map<std::string, std::int64_t> types;
  for (const std::string& key : cache.keys()) {
    const OwnedFd file = cache.look(key);
    if (!file) continue;
    const Result<CachedRecord> record = CachedRecord::read_head(file.get(), key);
    ++types[record ? record->type : std::string()];
  }
  return types;
}

ExitCode show(const CacheSettings& settings, Diagnostics& diagnostics) {
  ExitCode code = kExitSuccess;
  const std::unique_ptr<CacheFolder> cache = open_cache(settings, code, diagnostics);
  if (!cache) return code;
  const CacheFolder::Use use = cache->use();
  const std::map<std::string, std::int64_t> types = types_in(*cache);
  if (settings.format == "json") {
    Dict of_types;
    for (const auto& [type, count] : types) of_types.set(Value(type), Value(count));
    return print_json(Value(Dict{{"directory", cache->path()},
                                 {"records", static_cast<std::int64_t>(use.records)},
                                 {"bytes", static_cast<std::int64_t>(use.bytes)},
                                 {"limit", static_cast<std::int64_t>(std::min<std::uint64_t>(
                                               cache->most(), std::numeric_limits<std::int64_t>::max()))},
                                 {"oldest", use.oldest ? Value(time_text(*use.oldest)) : Value()},
                                 {"types", std::move(of_types)}}),
                      diagnostics);
  }
  TextRows rows = {{"directory", harmless_line(cache->path())},
                   {"records", std::to_string(use.records)},
                   {"on disk", size_text(use.bytes) + " of " + size_text(cache->most())}};
  if (use.oldest)
    rows.push_back({"last used", "since " + ago_text(*use.oldest, std::chrono::system_clock::now())});
  for (const auto& [type, count] : types)
    rows.push_back({"type", harmless_line(type) + ": " + std::to_string(count)});
  return print(table_text(rows, ""), diagnostics);
}

ExitCode clear(const CacheSettings& settings, Diagnostics& diagnostics) {
  ExitCode code = kExitSuccess;
  const std::unique_ptr<CacheFolder> cache = open_cache(settings, code, diagnostics);
  if (!cache) return code;
  const WallTime now = std::chrono::system_clock::now();
  const WallTime before = settings.older_than
                              ? now - std::chrono::duration_cast<WallTime::duration>(*settings.older_than)
                              : WallTime::max();
  const std::size_t removed = cache->clear(before);
  if (settings.format == "json")
    return print_json(Value(Dict{{"removed", static_cast<std::int64_t>(removed)}}), diagnostics);
  return print("removed " + std::to_string(removed) + (removed == 1 ? " record\n" : " records\n"),
               diagnostics);
}

void declare_cache_options(CommandSpec& command, CacheSettings& settings) {
  declare_setting_options(command, settings.flags, kCacheSettings);
  add_choice(command, "-o,--format", settings.format, {"table", "json"}, "table (default) or json");
}

}  // namespace

void set_up_cache(CommandSpec& command) {
  auto settings = std::make_shared<CacheSettings>();
  CommandSpec& shown = command.subcommands.emplace_back(CommandSpec{
      .name = "show", .summary = "How many executions it has, of which nodes, and what they take"});
  declare_cache_options(shown, *settings);
  shown.action = [settings](Diagnostics& diagnostics) { return show(*settings, diagnostics); };
  CommandSpec& cleared = command.subcommands.emplace_back(
      CommandSpec{.name = "clear", .summary = "Remove what was not used for some time, or all of it"});
  add_duration(cleared, "--older-than", "Only what was last used longer ago than that: 12h, 7d",
               [settings = settings.get()](Duration age) { settings->older_than = age; });
  declare_cache_options(cleared, *settings);
  cleared.action = [settings](Diagnostics& diagnostics) { return clear(*settings, diagnostics); };
}

}  // namespace vnode
