#include "async/listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include "async/sockets.h"
#include "support/loop_wait.h"
#include "support/no_descriptors.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

class Listeners : public testing::Test {
 protected:
  void listen() {
    Result<OwnedFd> listening = listen_unix(path);
    ASSERT_TRUE(listening.ok()) << listening.error().message;
    listener = std::make_unique<Listener>(loop, std::move(*listening),
                                          [this](OwnedFd fd) { accepted.push_back(std::move(fd)); });
  }
  OwnedFd connect() {
    Result<OwnedFd> connected = connect_unix(path);
    EXPECT_TRUE(connected.ok());
    return connected ? std::move(*connected) : OwnedFd();
  }
  bool accepts(std::size_t count) {
    return serve_until(loop, [&] { return accepted.size() >= count; });
  }

  ScratchFolder folder;
  std::string path = folder.file("socket");
  EventLoop loop;
  std::unique_ptr<Listener> listener;
  std::vector<OwnedFd> accepted;
};

TEST_F(Listeners, AcceptsConnections) {
  listen();
  std::vector<OwnedFd> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(connect());
  EXPECT_TRUE(accepted.empty());
  ASSERT_TRUE(accepts(200));
  const OwnedFd late = connect();
  ASSERT_TRUE(accepts(201));
  ASSERT_EQ(::send(late.get(), "x", 1, 0), 1);
  char byte = 0;
  EXPECT_EQ(::recv(accepted.back().get(), &byte, 1, 0), 1);
}

TEST_F(Listeners, OneThatIsGoneListensNoMore) {
  listen();
  const OwnedFd waiting = connect();
  listener = nullptr;
  serve_ready(loop);
  EXPECT_TRUE(accepted.empty());
  EXPECT_FALSE(connect_unix(path).ok());
}

TEST_F(Listeners, MayBeDestroyedByItsCallback) {
  Result<OwnedFd> listening = listen_unix(path);
  const auto held = std::make_shared<int>(7);
  int calls = 0;
  listener = std::make_unique<Listener>(loop, std::move(*listening), [this, held, &calls](OwnedFd) {
    ++calls;
    listener = nullptr;
    EXPECT_EQ(*held, 7);
  });
  const OwnedFd first = connect();
  const OwnedFd second = connect();
  ASSERT_TRUE(serve_until(loop, [&] { return calls > 0; }));
  serve_ready(loop);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(Listeners, AnInheritedSocketIsClosedNotShutDown) {
  Result<OwnedFd> inherited = listen_unix(path);
  ASSERT_TRUE(inherited.ok());
  const OwnedFd kept(::dup(inherited->get()));
  listener = std::make_unique<Listener>(loop, std::move(*inherited), [](OwnedFd) {});
  listener = nullptr;
  const OwnedFd client = connect();
  EXPECT_TRUE(OwnedFd(::accept(kept.get(), nullptr, nullptr)));
}

TEST_F(Listeners, TurnsConnectionsAwayWhenThereAreNoDescriptors) {
  if (!NoDescriptors::kIsPossible) GTEST_SKIP() << "the sanitizer needs descriptors";
  listen();
  serve_ready(loop);
  std::vector<OwnedFd> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(connect());
  const auto is_turned_away = [](const OwnedFd& client) {
    char byte = 0;
    return ::recv(client.get(), &byte, 1, MSG_DONTWAIT) == 0;
  };
  {
    const NoDescriptors none;
    ASSERT_TRUE(serve_until(loop, [&] { return is_turned_away(clients.back()); }));
    for (const OwnedFd& client : clients) EXPECT_TRUE(is_turned_away(client));
    EXPECT_TRUE(accepted.empty());
  }
  const OwnedFd late = connect();
  EXPECT_TRUE(accepts(1));
}

TEST_F(Listeners, LeavesASocketThatGivesOnlyErrorsAlone) {
  // Not one that listens: accept fails each time.
  OwnedFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  listener = std::make_unique<Listener>(loop, std::move(fd), [](OwnedFd) { ADD_FAILURE(); });
  serve_ready(loop);
}

}  // namespace
}  // namespace vnode::test
