#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// Opening stream sockets. All are close-on-exec and non-blocking.

/// The longest path that the system takes for a Unix socket.
std::size_t max_socket_path();

/// Binds and listens: the file has mode 0600 from its first moment on. The path must be free. Errors: kUsage
/// for a path that is too long (says how long it may be), kIo.
Result<OwnedFd> listen_unix(const std::string& path);

/// Errors: kUsage (too long), kNotFound (no such file), kUnavailable (nobody listens there: a stale file),
/// kUnreadable (not allowed), kIo.
Result<OwnedFd> connect_unix(const std::string& path);

/// Two ends that are connected with each other. Errors: kIo.
Result<std::pair<OwnedFd, OwnedFd>> connected_pair();

/// `address`: HOST:PORT, an IPv6 host in brackets; port 0 takes a free one. Numeric hosts and "localhost".
/// Errors: kUsage, kUnavailable (somebody else listens there), kIo.
Result<OwnedFd> listen_tcp(const std::string& address);
/// Any host that can be looked up; each of its addresses is tried. Errors: kUsage, kNotFound (no such host),
/// and as above.
Result<OwnedFd> connect_tcp(const std::string& address);
/// "127.0.0.1:43210"; of a Unix socket its path, of one without a file '@' and its name; empty: it has none.
std::string local_address(int fd);
/// The same of the other side.
std::string remote_address(int fd);
/// What HOST:PORT says before the port, without brackets. Errors: kUsage.
Result<std::string> host_of(const std::string& address);
/// True for HOST:PORT whose host is a loopback address. Errors: kUsage; also for a name that is to be looked
/// up.
Result<bool> is_loopback(const std::string& address);

/// Who is at the other end of a Unix socket (SO_PEERCRED), as of its connect.
struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};
Result<Peer> peer_of(int fd);

}  // namespace vnode
