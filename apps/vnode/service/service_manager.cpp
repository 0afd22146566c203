#include "apps/vnode/service/service_manager.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/owned_fd.h"

namespace vnode {
namespace {

constexpr int kFirstSocket = 3;
constexpr int kMostSockets = 64;

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value ? value : "";
  ::unsetenv(name);
  return text;
}

std::optional<std::int64_t> parse_number(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end && number > 0 ? std::optional(number) : std::nullopt;
}

bool is_me(const std::string& pid) { return parse_number(pid) == std::int64_t{::getpid()}; }

std::vector<int> take_sockets() {
  const std::string pid = take_variable("LISTEN_PID");
  const std::string count = take_variable("LISTEN_FDS");
  take_variable("LISTEN_FDNAMES");
  std::vector<int> sockets;
  if (!is_me(pid)) return sockets;
  const std::int64_t number = parse_number(count).value_or(0);
  for (int fd = kFirstSocket; fd < kFirstSocket + number && number <= kMostSockets; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags == -1) continue;
    ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    sockets.push_back(fd);
  }
  return sockets;
}

/// Half of what is allowed between two signs of life.
Duration take_watchdog() {
  const std::string pid = take_variable("WATCHDOG_PID");
  const std::optional<std::int64_t> limit = parse_number(take_variable("WATCHDOG_USEC"));
  if (!limit || (!pid.empty() && !is_me(pid))) return Duration::zero();
  return std::chrono::microseconds(*limit / 2);
}

}  // namespace

ServiceManager ServiceManager::take_from_environment() {
  ServiceManager manager;
  manager.notify_socket_ = take_variable("NOTIFY_SOCKET");
  manager.watchdog_ = take_watchdog();
  manager.sockets_ = take_sockets();
  return manager;
}

void ServiceManager::notify(std::string_view message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& path = notify_socket_;
  // A path, or a name in the abstract namespace, which begins with @ here and with a zero byte there.
  if (path.size() < 2 || (path[0] != '/' && path[0] != '@') || path.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const OwnedFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return;
  (void)!::sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), size);
}

}  // namespace vnode
