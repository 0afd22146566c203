#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret_mask.h"
#include "daemon/run_life.h"
#include "engine/run.h"
#include "rpc/hook.h"
#include "store/run_row.h"
#include "tasks/retry_delay.h"
#include "validate/validate.h"

namespace vnode {

/// They have to fit into one line of the protocol (16 MiB).
inline constexpr std::size_t kMaxResultBytes = 15 * 1024 * 1024;

/// What a daemon needs to know. Made by the program (configuration, environment, options); those of the
/// second part may change while it runs (SIGHUP).
struct DaemonSettings {
  std::string version;          ///< of the program, for the greeting
  std::string state_directory;  ///< made if it is not there; absolute
  std::string socket;           ///< path of the Unix socket; its folder is made if it is not there
  std::string listen = {};      ///< HOST:PORT for TCP, with `token`; empty: none
  std::string token = {};
  /// Files in PEM form: with them TCP speaks TLS, and beyond this machine they are needed. Read again by a
  /// reload.
  std::string tls_certificate = {};
  std::string tls_key = {};
  std::string metrics = {};  ///< HOST:PORT for Prometheus; empty: none. Read again by a reload.
  /// Of workflow files that submissions name, where they are of another system; empty: UTF-8.
  std::string encoding = {};
  unsigned workers = 0;  ///< threads that blocking nodes share; 0: one a core

  std::vector<KnownExecutor> executors = {{.name = "local"}};  ///< that nodes can name

  // From here on: read again by a reload.
  std::map<std::string, std::size_t> queues = {};  ///< concurrency; "default": as many as cores
  ResourceAmounts resources = {};                  ///< how much there is of each
  Retention retention = {};
  std::vector<Hook> hooks = {};                                 ///< of every run
  Duration hook_timeout = std::chrono::seconds(30);             ///< of each try
  RetryDelay retry_delay = {.first = std::chrono::seconds(1)};  ///< of runs that have retries
  Duration shutdown_grace = std::chrono::seconds(5);            ///< what runs get to end by themselves
  std::size_t max_pending = 100'000;
  std::size_t max_clients = 4'096;
  LoggedErrors logged_errors = LoggedErrors::kFail;  ///< of runs that do not say
  NodeLimits limits = {};                            ///< of nodes of which nothing else says any
  std::shared_ptr<const PathMap> path_map = {};      ///< of runs that bring none; null: none
  /// How long a line of a client may be, and so a submission in it; and how large a file that it names.
  std::size_t max_submission_bytes = std::size_t{256} << 20;
  std::size_t max_value_bytes = 64 * 1024;                   ///< of values in events
  std::uint64_t max_event_bytes = std::uint64_t{1} << 30;    ///< of one run's events
  bool keeps_journals = true;                                ///< of runs that do not say
  std::uint64_t max_journal_bytes = std::uint64_t{1} << 30;  ///< of one run's; beyond, it has none
  OnInterrupt on_interrupt = OnInterrupt::kFail;             ///< of runs that do not say
  std::string cache = {};                                    ///< folder, of runs that do not say; empty: none
  std::uint64_t max_cache_bytes = std::uint64_t{1} << 30;
  /// What processes of a daemon that has gone away get before they are killed.
  Duration process_grace = std::chrono::seconds(5);
  /// Of all results of a run together, as they are kept (run_results.h); 0: none are. At most
  /// `kMaxResultBytes`.
  std::size_t max_result_bytes = 8 * 1024 * 1024;
  /// Secrets of every run, read again before each attempt, on its thread; null: there are none.
  std::function<Result<Secrets>()> read_secrets = {};
  std::vector<std::string> node_folders = {};  ///< looked at for changes before runs start
};

}  // namespace vnode
