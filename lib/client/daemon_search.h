#pragma once

#include "client/client.h"

namespace vnode {

/// `Client::connect`, and where nobody listens at the socket: looks into the daemon's lock file. One that
/// listens elsewhere (it was started with other XDG variables: cron, ssh, su) is used there, unless the
/// socket was chosen. Further errors: "elsewhere" (chosen, and the daemon listens at another one),
/// "socket_gone" (it is there, and makes its socket's file again within seconds), "not_serving" (it is
/// starting, or ending).
std::variant<std::unique_ptr<Client>, CallError> find_daemon(const DaemonAddress& address,
                                                             Duration timeout = std::chrono::seconds(10));

}  // namespace vnode
