#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "store/run_row.h"

namespace vnode {

/// Something to do when a run has ended (rule 16): a command, which gets the run as JSON on its standard
/// input, or a URL that it is posted to.
struct Hook {
  std::vector<std::string> command = {};  ///< program and arguments, no shell; or
  std::string url = {};
};

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
  std::string metrics = {};  ///< HOST:PORT for Prometheus; empty: none
  unsigned workers = 0;      ///< threads that blocking nodes share; 0: one a core

  // From here on: read again by a reload.
  std::map<std::string, std::size_t> queues = {};      ///< concurrency; "default": as many as cores
  std::map<std::string, std::int64_t> resources = {};  ///< how much there is of each
  Retention retention = {};
  std::vector<Hook> hooks = {};                       ///< of every run
  Duration hook_timeout = std::chrono::seconds(30);   ///< of each try
  Duration shutdown_grace = std::chrono::seconds(5);  ///< what runs get to end by themselves
  std::size_t max_pending = 100'000;
  std::size_t max_clients = 4'096;
  std::size_t max_value_bytes = 64 * 1024;     ///< of values in events
  std::vector<std::string> node_folders = {};  ///< looked at for changes before runs start
};

}  // namespace vnode
