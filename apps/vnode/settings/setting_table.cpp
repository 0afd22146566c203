#include "apps/vnode/settings/setting_table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/spelling.h"
#include "daemon/settings.h"

namespace vnode {
namespace {

constexpr std::array kTable = {
    SettingEntry{
        .key = "python",
        .kind = SettingKind::kProgram,
        .options = "--python",
        .variable = "VNODE_PYTHON",
        .standard = "python3",
        .type_name = "EXE",
        .summary = "The Python interpreter, by name or path, for definitions that do not name their own"},
    SettingEntry{.key = "memory",
                 .kind = SettingKind::kSize,
                 .options = "--memory",
                 .standard_text = "no limit",
                 .type_name = "SIZE",
                 .summary = "Memory that a Python process of a run may use: 512M, 2G, 1.5GiB",
                 .least = 16 << 20},
    SettingEntry{.key = "grace",
                 .kind = SettingKind::kDuration,
                 .options = "--grace",
                 .standard = "5s",
                 .type_name = "TIME",
                 .summary = "What Python code has to give way when the run is stopped, before it is killed"},
    SettingEntry{.key = "nodes",
                 .kind = SettingKind::kFolders,
                 .options = "--nodes",
                 .variable = "v_nodes_dir, VNODE_PATH",
                 .standard_text = "none",
                 .type_name = "DIR",
                 .summary = "Load node definitions from that folder as well (repeatable)"},
    SettingEntry{.key = "prefer_native",
                 .kind = SettingKind::kSwitch,
                 .options = "--prefer-native",
                 .standard = "false",
                 .summary = "Use the native node where a definition has the same id"},
    SettingEntry{.key = "jobs",
                 .kind = SettingKind::kCount,
                 .options = "-j,--jobs",
                 .standard_text = "one a core",
                 .type_name = "N",
                 .summary = "Worker threads, and blocking Python nodes of a run, that are at work at once",
                 .least = 1,
                 .most = 4096},
    SettingEntry{.key = "logged_errors",
                 .kind = SettingKind::kChoice,
                 .options = "--logged-errors",
                 .standard = "fail",
                 .type_name = "fail|report",
                 .summary = "What errors that nodes log make of a run: it fails, or only says how many",
                 .choices = "fail|report"},
    SettingEntry{.key = "limits",
                 .kind = SettingKind::kLimits,
                 .standard_text = "none",
                 .summary =
                     "Of nodes that say nothing themselves: {timeout: 2h, idle_timeout: 5m, retries: 1, "
                     "backoff: 5s, backoff_max: 10m, retry_on: [failed, timeout]}"},
    SettingEntry{
        .key = "executors",
        .kind = SettingKind::kExecutors,
        .standard_text = "local: this machine",
        .summary = "Where commands can run that name one of them: {name: {kind: wrap, words: [ssh, box2, --, "
                   "\"{quoted}\"], stop: [...]}}"},
    SettingEntry{.key = "path_map",
                 .kind = SettingKind::kPath,
                 .options = "--path-map",
                 .standard_text = "none",
                 .type_name = "FILE",
                 .summary =
                     "How paths of other machines are called here: rules as Open Job Description has them "
                     "(pathmapping-1.0), for inputs that name files"},
    SettingEntry{.key = "secrets",
                 .kind = SettingKind::kFiles,
                 .standard_text = "none",
                 .summary =
                     "Files with secrets of every run, as --secret-file takes them; only you may be able to "
                     "read them"},
    SettingEntry{.key = "max_value_bytes",
                 .kind = SettingKind::kCount,
                 .options = "--max-value-bytes",
                 .standard = "65536",
                 .type_name = "BYTES",
                 .summary = "Values whose JSON is longer are shortened in events",
                 .most = std::uint64_t{1} << 40},
    SettingEntry{
        .key = "cache",
        .kind = SettingKind::kPath,
        .options = "--cache",
        .standard_text = "none",
        .type_name = "DIR",
        .summary =
            "Do not repeat what that folder has of nodes whose definition says \"cache\": true, and put "
            "there what they do; of any run and workflow"},
    SettingEntry{
        .key = "max_cache_bytes",
        .kind = SettingKind::kSize,
        .standard = "1G",
        .summary = "What the cache may take on the disk; what was used longest ago goes first; or unlimited",
        .may_be_unlimited = true},
    SettingEntry{.key = "state_dir",
                 .kind = SettingKind::kPath,
                 .options = "--state-dir",
                 .variable = "VNODE_STATE_DIR",
                 .standard_text = "$XDG_STATE_HOME/vnode",
                 .type_name = "DIR",
                 .summary = "Where the daemon keeps its runs"},
    SettingEntry{.key = "socket",
                 .kind = SettingKind::kPath,
                 .options = "--socket",
                 .variable = "VNODE_SOCKET",
                 .standard_text = "$XDG_RUNTIME_DIR/vnode/vnode.sock",
                 .type_name = "PATH",
                 .summary = "The Unix socket at which the daemon is reached"},
    SettingEntry{.key = "listen",
                 .kind = SettingKind::kText,
                 .options = "--listen",
                 .standard_text = "none",
                 .type_name = "HOST:PORT",
                 .summary = "Serve there over TCP as well; needs --token-file, and beyond this machine TLS"},
    SettingEntry{.key = "token_file",
                 .kind = SettingKind::kPath,
                 .options = "--token-file",
                 .variable = "VNODE_TOKEN_FILE",
                 .standard_text = "none",
                 .type_name = "FILE",
                 .summary = "The file with the word that TCP clients have to know; nobody else may read it"},
    SettingEntry{.key = "tls_certificate",
                 .kind = SettingKind::kPath,
                 .options = "--tls-certificate",
                 .standard_text = "none",
                 .type_name = "FILE",
                 .summary =
                     "The daemon's certificate, and those between it and an authority (PEM): TCP speaks "
                     "TLS; needs --tls-key"},
    SettingEntry{.key = "tls_key",
                 .kind = SettingKind::kPath,
                 .options = "--tls-key",
                 .standard_text = "none",
                 .type_name = "FILE",
                 .summary = "The private key of that certificate (PEM); nobody else may read it"},
    SettingEntry{
        .key = "connect",
        .kind = SettingKind::kText,
        .options = "--connect",
        .variable = "VNODE_CONNECT",
        .standard_text = "none",
        .type_name = "HOST:PORT",
        .summary = "Where the daemon is reached over TCP, instead of the socket; needs --token-file"},
    SettingEntry{.key = "tls_ca",
                 .kind = SettingKind::kPath,
                 .options = "--tls-ca",
                 .variable = "VNODE_TLS_CA",
                 .standard_text = "what the system trusts",
                 .type_name = "FILE",
                 .summary = "With --connect: the certificates of the authorities to trust (PEM)"},
    SettingEntry{.key = "metrics",
                 .kind = SettingKind::kText,
                 .options = "--metrics",
                 .standard_text = "none",
                 .type_name = "HOST:PORT",
                 .summary = "Serve metrics for Prometheus there"},
    SettingEntry{.key = "queues",
                 .kind = SettingKind::kCountMap,
                 .standard_text = "default: one run a core",
                 .summary = "Queues, and how many runs of each may be running: {name: number}",
                 .least = 1,
                 .most = 10'000},
    SettingEntry{.key = "resources",
                 .kind = SettingKind::kAmountMap,
                 .standard_text = "cpus and mem of the machine",
                 .summary =
                     "What runs and their nodes can ask for, and how much there is of each: {name: number or "
                     "size}"},
    SettingEntry{.key = "keep_age",
                 .kind = SettingKind::kDuration,
                 .standard = "30d",
                 .summary = "How long runs that have ended are kept; or unlimited",
                 .may_be_unlimited = true},
    SettingEntry{.key = "keep_runs",
                 .kind = SettingKind::kCount,
                 .standard = "10000",
                 .summary = "How many runs that have ended are kept; or unlimited",
                 .most = std::uint64_t{1} << 53,
                 .may_be_unlimited = true},
    SettingEntry{.key = "keep_event_bytes",
                 .kind = SettingKind::kSize,
                 .standard = "2G",
                 .summary =
                     "What events and results of runs that have ended may take on the disk (the one that "
                     "ended last is kept in any case); or unlimited",
                 .may_be_unlimited = true},
    SettingEntry{.key = "max_result_bytes",
                 .kind = SettingKind::kSize,
                 .standard = "8M",
                 .summary =
                     "How much of a run's results the daemon keeps; values that do not fit are shortened (0: "
                     "none are kept)",
                 .most = kMaxResultBytes},
    SettingEntry{.key = "max_event_bytes",
                 .kind = SettingKind::kSize,
                 .standard = "1G",
                 .summary =
                     "What the events of one run may take on the disk; further ones are counted, and only "
                     "the last is kept; or unlimited",
                 .may_be_unlimited = true},
    SettingEntry{.key = "journal",
                 .kind = SettingKind::kSwitch,
                 .standard = "true",
                 .summary =
                     "Whether runs of the daemon keep a journal, from which another attempt goes on, where "
                     "they do not say"},
    SettingEntry{.key = "max_journal_bytes",
                 .kind = SettingKind::kSize,
                 .standard = "1G",
                 .summary = "What the journal of one run may take on the disk; a run that needs more goes on "
                            "without one; or unlimited",
                 .may_be_unlimited = true},
    SettingEntry{.key = "on_interrupt",
                 .kind = SettingKind::kChoice,
                 .standard = "fail",
                 .type_name = "fail|retry|resume",
                 .summary =
                     "What becomes of runs that do not say when the daemon goes away: they end, begin again, "
                     "or go on from their journals",
                 .choices = "fail|retry|resume"},
    SettingEntry{.key = "hooks",
                 .kind = SettingKind::kHooks,
                 .standard_text = "none",
                 .summary =
                     "What the daemon does when a run has ended: list of {command: [program, argument...]} "
                     "(gets the run as JSON on its standard input) and {url: ...} (it is posted to)"},
    SettingEntry{.key = "hook_timeout",
                 .kind = SettingKind::kDuration,
                 .standard = "30s",
                 .summary = "What each try of a hook may take"},
    SettingEntry{.key = "retry_delay",
                 .kind = SettingKind::kDuration,
                 .standard = "1s",
                 .summary =
                     "What a run that has failed waits before it is tried again (--retries); twice as long "
                     "each further time (0s: nothing)"},
    SettingEntry{.key = "max_retry_delay",
                 .kind = SettingKind::kDuration,
                 .standard = "5m",
                 .summary = "The longest of these waits"},
    SettingEntry{.key = "shutdown_grace",
                 .kind = SettingKind::kDuration,
                 .standard = "5s",
                 .summary = "What runs get to end by themselves when the daemon is shut down"},
    SettingEntry{.key = "max_pending",
                 .kind = SettingKind::kCount,
                 .standard = "100000",
                 .summary = "How many runs may wait; submitting more is refused",
                 .least = 1,
                 .most = 10'000'000},
    SettingEntry{.key = "max_clients",
                 .kind = SettingKind::kCount,
                 .standard = "4096",
                 .summary = "How many clients the daemon serves at a time",
                 .least = 1,
                 .most = 1'000'000},
    SettingEntry{.key = "max_submission_bytes",
                 .kind = SettingKind::kSize,
                 .standard = "256M",
                 .summary = "How large a submission may be, sent or named as a file",
                 .least = 64 * 1024,
                 .most = 512 << 20},
};

}  // namespace

std::vector<std::string> setting_choices(const SettingEntry& entry) {
  std::vector<std::string> words;
  for (std::string_view rest = entry.choices; !rest.empty();) {
    const std::size_t end = std::min(rest.find('|'), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

std::span<const SettingEntry> setting_table() { return kTable; }

const SettingEntry& find_setting(std::string_view key) {
  return *std::find_if(kTable.begin(), kTable.end(),
                       [key](const SettingEntry& entry) { return entry.key == key; });
}

std::string advise_setting(std::string_view wrong_key) {
  std::vector<std::string> keys;
  for (const SettingEntry& entry : kTable) keys.emplace_back(entry.key);
  return spelling_advice(wrong_key, keys, "there are");
}

}  // namespace vnode
