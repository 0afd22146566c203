#include "client/daemon_search.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <thread>

#include "async/sockets.h"
#include "base/owned_fd.h"
#include "rpc/daemon_record.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

/// Greets one client.
class GreetingServer {
 public:
  explicit GreetingServer(const std::string& path) : listening_(std::move(listen_unix(path).value())) {
    thread_ = std::thread([this] {
      pollfd entry{listening_.get(), POLLIN, 0};
      if (::poll(&entry, 1, 60'000) != 1) return;
      client_ = OwnedFd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const std::string line = rpc_notification("hello", Dict({{"vnode", "test"}, {"protocol", 1}})) + "\n";
      (void)!::write(client_.get(), line.data(), line.size());
    });
  }
  ~GreetingServer() { thread_.join(); }

 private:
  OwnedFd listening_, client_;
  std::thread thread_;
};

class DaemonSearches : public testing::Test {
 protected:
  /// As long as `lock_` is open, a daemon seems to be there.
  void be_there(const std::string& socket) {
    folder_.write("lock", record_text({.pid = 4321, .socket = socket}));
    lock_ = OwnedFd(::open(address_.lock_file.c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(mark_as_held(lock_.get()).ok());
  }
  CallError refusal() {
    auto found = find_daemon(address_);
    const CallError* error = std::get_if<CallError>(&found);
    return error ? *error : CallError{{.word = "connected"}};
  }

  ScratchFolder folder_;
  DaemonAddress address_{.socket = folder_.file("a"), .lock_file = folder_.file("lock")};
  OwnedFd lock_;
};

TEST_F(DaemonSearches, FindItWhereItListens) {
  be_there(folder_.file("b"));
  const GreetingServer server(folder_.file("b"));
  EXPECT_EQ(refusal().error.word, "connected");
}

TEST_F(DaemonSearches, LookAtTheSocketFirst) {
  be_there(folder_.file("nowhere"));
  const GreetingServer server(folder_.file("a"));
  EXPECT_EQ(refusal().error.word, "connected");
}

TEST_F(DaemonSearches, OfAChosenSocketSayWhereItListens) {
  address_.is_named = true;
  be_there(folder_.file("b"));
  const CallError error = refusal();
  EXPECT_EQ(error.error.word, "elsewhere");
  for (const std::string& text : {folder_.file("a"), folder_.file("b"), std::string("pid 4321")}) {
    EXPECT_THAT(error.error.message, HasSubstr(text));
  }
}

TEST_F(DaemonSearches, SayThatTheSocketIsGone) {
  for (const std::string& socket : {folder_.file("a"), folder_.file("b")}) {
    be_there(socket);
    const CallError error = refusal();
    EXPECT_EQ(error.error.word, "socket_gone");
    EXPECT_THAT(error.error.message, HasSubstr(socket));
  }
}

TEST_F(DaemonSearches, SayThatItDoesNotServeYet) {
  be_there("");
  EXPECT_EQ(refusal().error.word, "not_serving");
}

TEST_F(DaemonSearches, BelieveNoLockThatNobodyHolds) {
  EXPECT_EQ(refusal().error.word, "no_daemon");
  be_there(folder_.file("b"));
  lock_.reset();
  EXPECT_EQ(refusal().error.word, "no_daemon");
  address_.lock_file.clear();
  EXPECT_EQ(refusal().error.word, "no_daemon");
}

}  // namespace
}  // namespace vnode::test
