#include "daemon/listening.h"

#include <sys/stat.h>
#include <unistd.h>

#include "async/sockets.h"
#include "daemon/daemon.h"
#include "daemon/instance_lock.h"
#include "daemon/look_times.h"
#include "daemon/metrics.h"
#include "daemon/server_socket.h"
#include "daemon/server_tls.h"
#include "daemon/sessions.h"
#include "daemon/settings.h"

namespace vnode {
namespace {

/// In the state directory, which is there as long as the daemon is.
constexpr std::string_view kSubstituteName = "/vnode.sock";

}  // namespace

/// One of the addresses for TCP.
struct Listening::TcpPlace {
  std::string_view option;
  std::string& setting;
  std::string& address;  ///< where it really is
  std::function<Result<void>(const std::string& wanted)> prepare;
  std::function<void(OwnedFd)> use;  ///< in place of the one before
  std::function<void()> leave;
};

Listening::FileIdentity Listening::identity_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return std::nullopt;
  return std::pair(status.st_dev, status.st_ino);
}

Result<void> Listening::open(const std::optional<TlsContext>& tls) {
  const DaemonSettings& settings = parts_.core.settings;
  if (parts_.core.services.inherited_sockets.empty()) {
    file_.path = settings.socket;
    Result<OwnedFd> opened = open_server_socket(file_.path);
    if (!opened) return opened.error();
    serve(file_, std::move(*opened));
    parts_.core.addresses.socket = file_.path;
  } else {
    inherit();
  }
  parts_.core.services.log.info("serving at " + parts_.core.addresses.socket);
  if (tls) parts_.sessions.use_tls(*tls);
  for (TcpPlace place : {clients(), metrics()}) {
    if (place.setting.empty()) continue;
    Result<OwnedFd> opened = listen_tcp(place.setting);
    if (!opened) return opened.error();
    place.use(std::move(*opened));
  }
  publish();
  return {};
}

void Listening::inherit() {
  DaemonRecord& addresses = parts_.core.addresses;
  for (const int fd : parts_.core.services.inherited_sockets) {
    const std::string address = local_address(fd);
    const std::uint64_t listener = parts_.sessions.listen(OwnedFd(fd), false);
    const bool is_unix = address.starts_with('/') || address.starts_with('@');
    if (!is_unix) {
      parts_.core.services.log.warning("the socket that was handed over for " + address +
                                       " serves nobody: over TCP the daemon listens with --listen");
    } else if (addresses.socket.empty()) {
      addresses.socket = address;
      if (address.front() == '/') file_ = {address, identity_of(address), listener};
    }
  }
}

void Listening::serve(SocketFile& file, OwnedFd listening) {
  file.identity = identity_of(file.path);
  file.is_own = true;
  const std::uint64_t former = file.listener;
  file.listener = parts_.sessions.listen(std::move(listening), false);
  parts_.sessions.stop_listening(former);
}

/// Never the file of somebody else that has come to its place.
void Listening::give_up(SocketFile& file) {
  parts_.sessions.stop_listening(file.listener);
  if (file.is_own && file.identity && identity_of(file.path) == file.identity) ::unlink(file.path.c_str());
  file = {};
}

void Listening::look() {
  DaemonCore& core = parts_.core;
  if (core.is_stopping) return;
  core.timers.cancel(std::exchange(timer_, 0));
  if (file_.path.empty()) return;
  if (!is_in_place()) make_again();
  watch();
  // (Between the two it may have gone again.)
  const SteadyTime now = core.services.clock.steady_now();
  const bool is_well = watch_ && is_in_place();
  timer_ = core.timers.add(is_well ? next_rare_look(now) : now + kOftenLooked, [this] { look(); });
}

void Listening::watch() {
  if (!is_in_place()) return watch_.reset();
  if (watch_ && watch_->is_whole()) return;
  watch_ = PathWatch::make(parts_.core.loop, file_.path, [this] { look(); });
}

void Listening::make_again() {
  DaemonCore& core = parts_.core;
  watch_.reset();
  Result<OwnedFd> opened = open_server_socket(file_.path);
  if (!opened) {
    if (!std::exchange(has_complained_, true)) {
      core.services.log.error("the file of the socket is gone, and cannot be made again: " +
                              describe(opened.error()));
    }
    return open_substitute();
  }
  has_complained_ = false;
  serve(file_, std::move(*opened));
  give_up(substitute_);
  core.addresses.socket = file_.path;
  publish();
  core.services.log.warning("the file of the socket was gone; serving again at " + file_.path);
}

/// The folder may belong to a login session, which has ended.
void Listening::open_substitute() {
  DaemonCore& core = parts_.core;
  const std::string path = core.settings.state_directory + std::string(kSubstituteName);
  if (path == file_.path) return;
  if (substitute_.identity && identity_of(path) == substitute_.identity) return;
  Result<OwnedFd> opened = open_server_socket(path);
  if (!opened) return;
  substitute_.path = path;
  serve(substitute_, std::move(*opened));
  core.addresses.socket = path;
  publish();
  core.services.log.warning("serving at " + path + " until it can be made again");
}

void Listening::publish() {
  parts_.core.addresses.pid = ::getpid();
  parts_.lock.tell(parts_.core.addresses);
}

Listening::TcpPlace Listening::clients() {
  DaemonCore& core = parts_.core;
  const auto prepare = [this, &core](const std::string& wanted) -> Result<void> {
    DaemonSettings settings = core.settings;
    settings.listen = wanted;
    const Result<std::optional<TlsContext>> tls = load_server_tls(settings);
    if (!tls) return tls.error();
    if (*tls) parts_.sessions.use_tls(**tls);
    return {};
  };
  const auto use = [this, &core](OwnedFd listening) {
    core.addresses.listen = local_address(listening.get());
    parts_.sessions.stop_listening(std::exchange(tcp_listener_, 0));
    tcp_listener_ = parts_.sessions.listen(std::move(listening), true);
    core.services.log.info("serving at " + core.addresses.listen +
                           (parts_.sessions.uses_tls() ? " with TLS" : ""));
  };
  const auto leave = [this] { parts_.sessions.stop_listening(std::exchange(tcp_listener_, 0)); };
  return {"listen", core.settings.listen, core.addresses.listen, prepare, use, leave};
}

Listening::TcpPlace Listening::metrics() {
  DaemonCore& core = parts_.core;
  const auto prepare = [](const std::string&) { return Result<void>(); };
  const auto use = [this, &core](OwnedFd listening) {
    core.addresses.metrics = local_address(listening.get());
    parts_.metrics.listen(std::move(listening));
    core.services.log.info("metrics are at " + core.addresses.metrics);
  };
  const auto leave = [this] { parts_.metrics.stop_listening(); };
  return {"metrics", core.settings.metrics, core.addresses.metrics, prepare, use, leave};
}

void Listening::take(const std::string& listen, const std::string& metrics_address) {
  move(clients(), listen);
  move(metrics(), metrics_address);
  publish();
}

void Listening::move(TcpPlace place, const std::string& wanted) {
  if (wanted == place.setting) return;
  DaemonLog& log = parts_.core.services.log;
  if (wanted.empty()) {
    place.leave();
    log.info("not serving at " + place.address + " any more");
    place.address.clear();
    place.setting.clear();
    return;
  }
  Result<void> moved = place.prepare(wanted);
  if (moved) moved = reopen(place, wanted);
  if (moved) {
    place.setting = wanted;
  } else {
    log.error(std::string(place.option) + " stays as it was: " + describe(moved.error()));
  }
}

Result<void> Listening::reopen(TcpPlace& place, const std::string& wanted) {
  Result<OwnedFd> opened = listen_tcp(wanted);
  if (!opened && opened.error().code == ErrorCode::kUnavailable && !place.address.empty()) {
    // It may be in its own way: another host with the same port.
    place.leave();
    opened = listen_tcp(wanted);
    if (!opened) {
      if (Result<OwnedFd> back = listen_tcp(place.address)) place.use(std::move(*back));
    }
  }
  if (!opened) return opened.error();
  place.use(std::move(*opened));
  return {};
}

void Listening::close() {
  DaemonCore& core = parts_.core;
  core.timers.cancel(timer_);
  watch_.reset();
  // Now, while the lock says that they are ours.
  give_up(file_);
  give_up(substitute_);
  parts_.sessions.stop_listening();
  parts_.lock.tell({.pid = ::getpid()});
}

}  // namespace vnode
