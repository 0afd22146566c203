#include "async/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

namespace vnode {
namespace {

constexpr int kBacklog = 4096;  // the system has a limit of its own
constexpr int kConnectSeconds = 10;
constexpr mode_t kOwnerOnly = 0600;

Error system_error(ErrorCode code, const std::string& what, int error_number) {
  return {code, what + ": " + std::generic_category().message(error_number)};
}

/// Any address, in the form that the system's functions take.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  template <class Kind>
  Kind& as() {
    size = sizeof(Kind);
    return reinterpret_cast<Kind&>(storage);
  }
};

Result<Address> unix_address(const std::string& path) {
  if (path.empty()) return Error{ErrorCode::kUsage, "the path of a socket may not be empty"};
  if (path.find('\0') != path.npos)
    return Error{ErrorCode::kUsage, "the path of a socket may not hold a NUL"};
  if (path.size() > max_socket_path()) {
    return Error{ErrorCode::kUsage, "the socket's path is too long: it has " + std::to_string(path.size()) +
                                        " bytes, the system allows " + std::to_string(max_socket_path()) +
                                        ": " + path};
  }
  Address address;
  auto& form = address.as<sockaddr_un>();
  form.sun_family = AF_UNIX;
  std::memcpy(form.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Error bad_address(const std::string& text, const std::string& why) {
  return {ErrorCode::kUsage, "'" + text + "' is no address: " + why};
}

Result<std::uint16_t> read_port(const std::string& text, std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return bad_address(text, "the port has to be a number from 0 to 65535");
  return port;
}

Result<Address> tcp_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return bad_address(text, "expected HOST:PORT");
  const Result<std::uint16_t> port = read_port(text, std::string_view(text).substr(colon + 1));
  if (!port) return port.error();
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  Address address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    auto& form = address.as<sockaddr_in6>();
    form.sin6_family = AF_INET6;
    form.sin6_port = htons(*port);
    if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &form.sin6_addr) == 1) return address;
    return bad_address(text, "what is in brackets is no IPv6 address");
  }
  auto& form = address.as<sockaddr_in>();
  form.sin_family = AF_INET;
  form.sin_port = htons(*port);
  if (::inet_pton(AF_INET, host.c_str(), &form.sin_addr) == 1) return address;
  if (host.find(':') != host.npos) return bad_address(text, "an IPv6 host has to be in brackets");
  return bad_address(text, "the host has to be a number such as 127.0.0.1, or 'localhost'");
}

/// Something that may be looked up, rather than a number that has gone wrong.
bool is_name(std::string_view host) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kOthers = "0123456789-_.";
  const bool has_letter = host.find_first_of(kLetters) != host.npos;
  const std::string all = std::string(kLetters) + std::string(kOthers);
  return has_letter && host != "localhost" && host.find_first_not_of(all) == host.npos;
}

Result<std::vector<Address>> look_up(const std::string& text, const std::string& host) {
  const Result<std::uint16_t> port = read_port(text, std::string_view(text).substr(host.size() + 1));
  if (!port) return port.error();
  const addrinfo hints{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(*port).c_str(), &hints, &found);
  if (failure != 0) {
    return Error{failure == EAI_NONAME ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 "cannot find the host '" + host + "': " + ::gai_strerror(failure)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* one = found; one; one = one->ai_next) {
    Address& address = addresses.emplace_back();
    address.size = one->ai_addrlen;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
  }
  return addresses;
}

/// What connect_tcp is to try, one after the other.
Result<std::vector<Address>> addresses_of(const std::string& text) {
  const std::string host = text.substr(0, text.rfind(':'));
  if (host.size() < text.size() && is_name(host)) return look_up(text, host);
  const Result<Address> address = tcp_address(text);
  if (!address) return address.error();
  return std::vector<Address>{*address};
}

void set_option(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

/// Sockets that are accepted take all of it over. A peer whose machine has gone is noticed within minutes: it
/// says nothing by itself, and those who wait for the end of a run say nothing for hours.
void set_up_tcp(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

/// 0, or why not. The wait is of the kind that a busy peer needs, not one that answers nothing.
int wait_until_connected(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  int ready = 0;
  while ((ready = ::poll(&entry, 1, kConnectSeconds * 1000)) < 0 && errno == EINTR) continue;
  if (ready == 0) return ETIMEDOUT;
  int error_number = 0;
  socklen_t size = sizeof error_number;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size) != 0) return errno;
  return error_number;
}

/// A socket's path; '@' and a name in the abstract namespace.
std::string unix_text(Address& address) {
  const auto& form = address.as<sockaddr_un>();
  const char* path = form.sun_path;
  return *path == '\0' && path[1] != '\0' ? std::string("@") + (path + 1) : std::string(path);
}

/// "127.0.0.1:80", a path, or nothing for other families.
std::string text_of(Address& address) {
  if (address.storage.ss_family == AF_UNIX) return unix_text(address);
  char host[INET6_ADDRSTRLEN] = {};
  if (address.storage.ss_family == AF_INET) {
    const auto& form = address.as<sockaddr_in>();
    ::inet_ntop(AF_INET, &form.sin_addr, host, sizeof host);
    return std::string(host) + ":" + std::to_string(ntohs(form.sin_port));
  }
  if (address.storage.ss_family != AF_INET6) return {};
  const auto& form = address.as<sockaddr_in6>();
  ::inet_ntop(AF_INET6, &form.sin6_addr, host, sizeof host);
  return "[" + std::string(host) + "]:" + std::to_string(ntohs(form.sin6_port));
}

ErrorCode connect_code(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case ECONNREFUSED:
      return ErrorCode::kUnavailable;
    case EACCES:
    case EPERM:
      return ErrorCode::kUnreadable;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

std::size_t max_socket_path() { return sizeof(sockaddr_un::sun_path) - 1; }

Result<OwnedFd> listen_unix(const std::string& path) {
  Result<Address> address = unix_address(path);
  if (!address) return address.error();
  const std::string what = "cannot listen on " + path;
  OwnedFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return system_error(ErrorCode::kIo, what, errno);
  // Linux makes the file with the mode that the socket has.
  if (::fchmod(fd.get(), kOwnerOnly) != 0) return system_error(ErrorCode::kIo, what, errno);
  if (::bind(fd.get(), address->get(), address->size) != 0) return system_error(ErrorCode::kIo, what, errno);
  // The process may have a mask that takes even more away, and other systems know nothing of the above;
  // nobody can connect before it listens.
  struct stat status {};
  const bool is_right = ::lstat(path.c_str(), &status) == 0 && (status.st_mode & 0777) == kOwnerOnly;
  if ((!is_right && ::chmod(path.c_str(), kOwnerOnly) != 0) || ::listen(fd.get(), kBacklog) != 0) {
    const int error_number = errno;
    ::unlink(path.c_str());
    return system_error(ErrorCode::kIo, what, error_number);
  }
  return fd;
}

Result<OwnedFd> connect_unix(const std::string& path) {
  Result<Address> address = unix_address(path);
  if (!address) return address.error();
  const std::string what = "cannot connect to " + path;
  OwnedFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return system_error(ErrorCode::kIo, what, errno);
  // Blocking, for a peer whose queue of connections is full.
  const timeval patience{kConnectSeconds, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  int status = 0;
  while ((status = ::connect(fd.get(), address->get(), address->size)) != 0 && errno == EINTR) continue;
  if (status != 0) {
    const int error_number = errno == EAGAIN ? ETIMEDOUT : errno;
    return system_error(connect_code(error_number), what, error_number);
  }
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  return fd;
}

Result<OwnedFd> listen_tcp(const std::string& address_text) {
  Result<Address> address = tcp_address(address_text);
  if (!address) return address.error();
  const std::string what = "cannot listen on " + address_text;
  OwnedFd fd(::socket(address->get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return system_error(ErrorCode::kIo, what, errno);
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  set_up_tcp(fd.get());
  if (::bind(fd.get(), address->get(), address->size) != 0 || ::listen(fd.get(), kBacklog) != 0)
    return system_error(errno == EADDRINUSE ? ErrorCode::kUnavailable : ErrorCode::kIo, what, errno);
  return fd;
}

Result<OwnedFd> connect_tcp(const std::string& address_text) {
  Result<std::vector<Address>> addresses = addresses_of(address_text);
  if (!addresses) return addresses.error();
  const std::string what = "cannot connect to " + address_text;
  int error_number = EADDRNOTAVAIL;
  for (Address& address : *addresses) {
    OwnedFd fd(::socket(address.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
      error_number = errno;
      continue;
    }
    set_up_tcp(fd.get());
    error_number = ::connect(fd.get(), address.get(), address.size) == 0 ? 0 : errno;
    if (error_number == EINPROGRESS || error_number == EINTR) error_number = wait_until_connected(fd.get());
    if (error_number == 0) return fd;
  }
  return system_error(connect_code(error_number), what, error_number);
}

Result<std::pair<OwnedFd, OwnedFd>> connected_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return system_error(ErrorCode::kIo, "cannot make a pair of sockets", errno);
  return std::pair(OwnedFd(ends[0]), OwnedFd(ends[1]));
}

std::string local_address(int fd) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.size) != 0) return {};
  return text_of(address);
}

std::string remote_address(int fd) {
  Address address;
  address.size = sizeof address.storage;
  if (::getpeername(fd, address.get(), &address.size) != 0) return {};
  return text_of(address);
}

Result<std::string> host_of(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos) return bad_address(address, "expected HOST:PORT");
  const std::string host = address.substr(0, colon);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return has_brackets ? host.substr(1, host.size() - 2) : host;
}

Result<bool> is_loopback(const std::string& address_text) {
  Result<Address> address = tcp_address(address_text);
  if (!address) return address.error();
  if (address->storage.ss_family == AF_INET)
    return (ntohl(address->as<sockaddr_in>().sin_addr.s_addr) >> 24) == 127;
  const in6_addr& host = address->as<sockaddr_in6>().sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&host) || (IN6_IS_ADDR_V4MAPPED(&host) && host.s6_addr[12] == 127);
}

Result<Peer> peer_of(int fd) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  // Sockets of other families have an answer too, one that means nothing.
  int family = 0;
  socklen_t family_size = sizeof family;
  if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &family_size) != 0 ||
      ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return system_error(ErrorCode::kIo, "cannot tell who the other side is", errno);
  if (family != AF_UNIX)
    return Error{ErrorCode::kIo, "cannot tell who the other side is: it is no Unix socket"};
  return Peer{credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace vnode
