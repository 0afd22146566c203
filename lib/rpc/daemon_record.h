#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"

namespace vnode {

/// What a daemon's lock file tells of the daemon that holds it: who it is and where it listens, as it really
/// is (sockets that were handed over, ports that the system has chosen).
struct DaemonRecord {
  std::int64_t pid = 0;
  std::string socket = {};   ///< path; empty: nowhere, it is starting or ending
  std::string listen = {};   ///< HOST:PORT of TCP
  std::string metrics = {};  ///< HOST:PORT for Prometheus

  bool operator==(const DaemonRecord&) const = default;
};

/// As it stands in the file: a line with the pid, and one of JSON with the addresses, if there are some.
std::string record_text(const DaemonRecord& record);
/// Lenient: what cannot be read is not there. nullopt: not even a pid.
std::optional<DaemonRecord> read_record_text(const std::string& text);
/// That of the file that is open there.
std::optional<DaemonRecord> read_record(int fd);

/// Locks the file that is open there for as long as it is, so that others can look whether it is held without
/// holding it for a moment themselves. Errors: kUnavailable (somebody else has), kIo (the file system knows
/// no such locks).
Result<void> mark_as_held(int fd);

/// The record of the daemon that holds that lock file at the moment. nullopt: nobody does, or the file
/// belongs to neither this user nor root, or cannot be read.
std::optional<DaemonRecord> find_daemon_record(const std::string& lock_file);

}  // namespace vnode
