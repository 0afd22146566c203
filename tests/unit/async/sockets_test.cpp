#include "async/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/scratch_folder.h"
#include "support/socket_pair.h"
#include "support/without_root_rights.h"

namespace vnode::test {
namespace {

ErrorCode code_of(const Result<OwnedFd>& result) {
  EXPECT_FALSE(result.ok());
  return result ? ErrorCode::kInternal : result.error().code;
}

void expect_flags(const OwnedFd& fd) {
  EXPECT_TRUE(::fcntl(fd.get(), F_GETFL) & O_NONBLOCK);
  EXPECT_TRUE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC);
}

OwnedFd accepted(const OwnedFd& listening) {
  pollfd entry{listening.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&entry, 1, 20'000), 1);
  return OwnedFd(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

/// What is sent from one end arrives at the other.
void expect_connected(const OwnedFd& from, const OwnedFd& to) {
  ASSERT_EQ(::send(from.get(), "x", 1, 0), 1);
  pollfd entry{to.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&entry, 1, 20'000), 1);
  char byte = 0;
  EXPECT_EQ(::recv(to.get(), &byte, 1, 0), 1);
  EXPECT_EQ(byte, 'x');
}

TEST(Sockets, ListensOnAPathThatOnlyTheOwnerMayUse) {
  const ScratchFolder folder;
  for (const mode_t mask : {0000, 0022, 0077, 0777}) {
    const std::string path = folder.file("socket" + std::to_string(mask));
    const mode_t former = ::umask(mask);
    const Result<OwnedFd> listening = listen_unix(path);
    ::umask(former);
    ASSERT_TRUE(listening.ok()) << listening.error().message;
    struct stat status {};
    EXPECT_EQ(local_address(listening->get()), path);
    ASSERT_EQ(::lstat(path.c_str(), &status), 0);
    EXPECT_TRUE(S_ISSOCK(status.st_mode));
    EXPECT_EQ(status.st_mode & 07777, 0600u);
    expect_flags(*listening);
    const Result<OwnedFd> connected = connect_unix(path);
    ASSERT_TRUE(connected.ok()) << connected.error().message;
    expect_flags(*connected);
    expect_connected(*connected, accepted(*listening));
  }
}

TEST(Sockets, ThePathMustBeFree) {
  const ScratchFolder folder;
  const std::string path = folder.write("there", "content");
  EXPECT_EQ(code_of(listen_unix(path)), ErrorCode::kIo);
  EXPECT_EQ(folder.read("there"), "content");
  EXPECT_EQ(code_of(listen_unix(folder.file("no folder/socket"))), ErrorCode::kIo);
}

TEST(Sockets, APathThatIsTooLongIsRefusedWithItsLimit) {
  const ScratchFolder folder;
  const std::string start = folder.file("");
  const std::string longest = start + std::string(max_socket_path() - start.size(), 'x');
  const Result<OwnedFd> listening = listen_unix(longest);
  ASSERT_TRUE(listening.ok()) << listening.error().message;
  EXPECT_TRUE(connect_unix(longest).ok());

  const Result<OwnedFd> refused = listen_unix(longest + "x");
  EXPECT_EQ(code_of(refused), ErrorCode::kUsage);
  EXPECT_NE(refused.error().message.find(std::to_string(max_socket_path())), std::string::npos);
  EXPECT_NE(refused.error().message.find(longest), std::string::npos);
  EXPECT_EQ(code_of(connect_unix(longest + "x")), ErrorCode::kUsage);
  EXPECT_EQ(code_of(connect_unix("")), ErrorCode::kUsage);
  EXPECT_EQ(code_of(listen_unix(std::string("a\0b", 3))), ErrorCode::kUsage);
}

TEST(Sockets, TellsWhyItCannotConnect) {
  const ScratchFolder folder;
  EXPECT_EQ(code_of(connect_unix(folder.file("nothing"))), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(connect_unix(folder.write("file", "") + "/socket")), ErrorCode::kNotFound);
  const std::string stale = folder.file("stale");
  { const Result<OwnedFd> gone = listen_unix(stale); }
  const Result<OwnedFd> refused = connect_unix(stale);
  EXPECT_EQ(code_of(refused), ErrorCode::kUnavailable);
  EXPECT_NE(refused.error().message.find(stale), std::string::npos);
}

TEST(Sockets, TellsThatItMayNotConnect) {
  const WithoutRootRights rights;
  const ScratchFolder folder;
  const std::string path = folder.file("socket");
  const Result<OwnedFd> listening = listen_unix(path);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  EXPECT_EQ(code_of(connect_unix(path)), ErrorCode::kUnreadable);
}

TEST(Sockets, KnowsWhoConnected) {
  const SocketPair pair;
  const Result<Peer> peer = peer_of(pair.near.get());
  ASSERT_TRUE(peer.ok());
  EXPECT_EQ(peer.value().pid, ::getpid());
  EXPECT_EQ(peer.value().uid, ::geteuid());
  EXPECT_EQ(peer.value().gid, ::getegid());
  EXPECT_FALSE(peer_of(-1).ok());
}

TEST(Sockets, ConnectsOverTcp) {
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]"}) {
    const Result<OwnedFd> listening = listen_tcp(host + ":0");
    if (host == "[::1]" && !listening) continue;  // a machine without IPv6
    ASSERT_TRUE(listening.ok()) << listening.error().message;
    const std::string address = local_address(listening.value().get());
    EXPECT_TRUE(address.starts_with(host == "localhost" ? "127.0.0.1:" : host + ":")) << address;
    EXPECT_FALSE(address.ends_with(":0"));
    expect_flags(*listening);
    const Result<OwnedFd> connected = connect_tcp(address);
    ASSERT_TRUE(connected.ok()) << connected.error().message;
    expect_flags(*connected);
    const OwnedFd other = accepted(*listening);
    expect_connected(*connected, other);
    EXPECT_FALSE(peer_of(other.get()).ok());
    EXPECT_EQ(code_of(listen_tcp(address)), ErrorCode::kUnavailable);
  }
}

TEST(Sockets, NobodyListensOnATcpPort) {
  std::string address;
  {
    const Result<OwnedFd> listening = listen_tcp("127.0.0.1:0");
    ASSERT_TRUE(listening.ok());
    address = local_address(listening.value().get());
  }
  EXPECT_EQ(code_of(connect_tcp(address)), ErrorCode::kUnavailable);
}

TEST(Sockets, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8x",
        "example.org:80", "::1:80", "[::1:80", "[]:80", "[127.0.0.1]:80", "127.1:80", " 127.0.0.1:80"}) {
    const Result<OwnedFd> refused = listen_tcp(text);
    EXPECT_EQ(code_of(refused), ErrorCode::kUsage) << text;
    EXPECT_NE(refused.error().message.find("'" + std::string(text) + "'"), std::string::npos);
    // A name is something to connect to.
    if (std::string(text) != "example.org:80") {
      EXPECT_EQ(code_of(connect_tcp(text)), ErrorCode::kUsage) << text;
    }
    EXPECT_FALSE(is_loopback(text).ok()) << text;
  }
}

TEST(Sockets, KnowsLoopback) {
  for (const char* text : {"127.0.0.1:1", "127.9.8.7:1", "localhost:1", "[::1]:1", "[::ffff:127.0.0.1]:1"})
    EXPECT_TRUE(is_loopback(text).value()) << text;
  for (const char* text : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "[::2]:1", "[::ffff:10.0.0.1]:1"})
    EXPECT_FALSE(is_loopback(text).value()) << text;
}

TEST(Sockets, OnlyTcpSocketsHaveAnAddress) {
  EXPECT_EQ(local_address(SocketPair().near.get()), "");
  EXPECT_EQ(local_address(-1), "");
  EXPECT_EQ(remote_address(SocketPair().near.get()), "");
  EXPECT_EQ(remote_address(-1), "");
}

TEST(Sockets, KnowTheAddressOfTheOtherSide) {
  const Result<OwnedFd> listening = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  const Result<OwnedFd> connected = connect_tcp(local_address(listening->get()));
  ASSERT_TRUE(connected.ok());
  EXPECT_EQ(remote_address(connected->get()), local_address(listening->get()));
  EXPECT_EQ(remote_address(accepted(*listening).get()), local_address(connected->get()));
}

TEST(Sockets, NoticeThatTheOtherMachineHasGone) {
  const Result<OwnedFd> listening = listen_tcp("127.0.0.1:0");
  ASSERT_TRUE(listening.ok());
  const Result<OwnedFd> connected = connect_tcp(local_address(listening->get()));
  ASSERT_TRUE(connected.ok());
  const OwnedFd other = accepted(*listening);
  for (const int fd : {connected->get(), other.get()}) {
    int value = 0;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
    EXPECT_EQ(value, 1);
    EXPECT_EQ(::getsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &value, &size), 0);
    EXPECT_EQ(value, 60);
  }
}

TEST(Sockets, LookUpTheNamesOfHosts) {
  const std::string name(300, 'x');  // longer than any can be
  const Result<OwnedFd> connected = connect_tcp(name + ":1");
  ASSERT_FALSE(connected.ok());
  EXPECT_NE(connected.error().code, ErrorCode::kUsage);
  EXPECT_NE(connected.error().message.find("cannot find the host"), std::string::npos);
  EXPECT_EQ(code_of(connect_tcp("example.org:http")), ErrorCode::kUsage);
}

TEST(Sockets, TakeTheHostOutOfAnAddress) {
  EXPECT_EQ(host_of("127.0.0.1:80").value(), "127.0.0.1");
  EXPECT_EQ(host_of("[::1]:80").value(), "::1");
  EXPECT_EQ(host_of("farm.example.org:80").value(), "farm.example.org");
  EXPECT_EQ(host_of("farm").error().code, ErrorCode::kUsage);
}

TEST(Sockets, MakeAPair) {
  const Result<std::pair<OwnedFd, OwnedFd>> pair = connected_pair();
  ASSERT_TRUE(pair.ok());
  expect_flags(pair->first);
  expect_flags(pair->second);
  expect_connected(pair->first, pair->second);
}

}  // namespace
}  // namespace vnode::test
