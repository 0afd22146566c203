#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vnode {

/// Whose process it is, as the process is told.
struct ProcessIdentity {
  std::string run_id;        ///< VNODE_RUN_ID
  std::string node_id;       ///< VNODE_NODE_ID; empty: none
  int attempt = 1;           ///< VNODE_ATTEMPT
  int try_number = 1;        ///< VNODE_TRY
  bool is_repeated = false;  ///< VNODE_REPEATED=1: it had begun in an earlier attempt
};

using Variables = std::vector<std::pair<std::string, std::string>>;

/// A name that is for the program alone that the service manager has started: NOTIFY_SOCKET and the like.
bool is_for_service_manager(std::string_view name);

/// This program's own environment, without what is for itself only: the service manager's sockets and the
/// places of its secrets. Reads `environ`: not while another thread changes it.
Variables own_variables();

/// The environment of a process: of a name that comes several times the last one counts, and the identity
/// over all. NOTIFY_SOCKET, LISTEN_... and WATCHDOG_... are never in it, wherever they come from (rules.md,
/// rule 3).
std::vector<std::string> child_environment(const Variables& variables, const ProcessIdentity& identity);
/// The same of a process that is told later whose it is.
std::vector<std::string> child_environment(const Variables& variables);

}  // namespace vnode
