#include "apps/vnode/service/service_manager.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "base/owned_fd.h"
#include "support/scratch_folder.h"
#include "unit/python/python_support.h"

namespace vnode {
namespace {

using test::EnvironmentEntry;
using test::ScratchFolder;

struct ServiceManagerTest : testing::Test {
  EnvironmentEntry notify{"NOTIFY_SOCKET", nullptr};
  EnvironmentEntry watchdog{"WATCHDOG_USEC", nullptr};
  EnvironmentEntry watchdog_pid{"WATCHDOG_PID", nullptr};
  EnvironmentEntry pid{"LISTEN_PID", nullptr};
  EnvironmentEntry fds{"LISTEN_FDS", nullptr};

  /// A socket that hears what is told to `name`, a path or @NAME.
  static OwnedFd listen(std::string name) {
    OwnedFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name[0] == '@') name[0] = '\0';
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    return socket;
  }

  static std::string heard(const OwnedFd& socket) {
    char text[100];
    const ssize_t size = ::recv(socket.get(), text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "(nothing)" : std::string(text, static_cast<std::size_t>(size));
  }
};

TEST_F(ServiceManagerTest, WithoutOneNothingHappens) {
  const ServiceManager manager = ServiceManager::take_from_environment();
  EXPECT_FALSE(manager.is_there());
  EXPECT_EQ(manager.watchdog(), Duration::zero());
  EXPECT_TRUE(manager.sockets().empty());
  manager.notify("READY=1");
}

TEST_F(ServiceManagerTest, TellsAPathAndAnAbstractName) {
  const ScratchFolder folder;
  for (const std::string& name : {folder.file("notify"), "@vnode-test-" + std::to_string(::getpid())}) {
    const OwnedFd socket = listen(name);
    notify.set(name.c_str());
    const ServiceManager manager = ServiceManager::take_from_environment();
    EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr) << "children must not get it";
    manager.notify("READY=1\nSTATUS=x");
    EXPECT_EQ(heard(socket), "READY=1\nSTATUS=x") << name;
  }
}

TEST_F(ServiceManagerTest, OddNotifySocketsAreNoTrouble) {
  const std::string too_long = "/" + std::string(200, 'x');
  for (const char* odd : {"", "relative", "@", "/", "/absent", too_long.c_str()}) {
    notify.set(odd);
    ServiceManager::take_from_environment().notify("READY=1");
  }
}

TEST_F(ServiceManagerTest, TheWatchdogIsForThisProcess) {
  watchdog.set("30000000");
  EXPECT_EQ(ServiceManager::take_from_environment().watchdog(), std::chrono::seconds(15));
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
  watchdog.set("30000000");
  watchdog_pid.set("1");
  EXPECT_EQ(ServiceManager::take_from_environment().watchdog(), Duration::zero());
  watchdog.set("often");
  EXPECT_EQ(ServiceManager::take_from_environment().watchdog(), Duration::zero());
}

TEST_F(ServiceManagerTest, SocketsAreForThisProcess) {
  pid.set("1");
  fds.set("1");
  EXPECT_TRUE(ServiceManager::take_from_environment().sockets().empty());
  EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
  for (const char* odd : {"0", "-1", "many", "1000000"}) {
    pid.set(std::to_string(::getpid()).c_str());
    fds.set(odd);
    EXPECT_TRUE(ServiceManager::take_from_environment().sockets().empty()) << odd;
  }
}

TEST_F(ServiceManagerTest, SocketsAreClosedInChildren) {
  constexpr int kFirst = 3;
  const OwnedFd former(::fcntl(kFirst, F_DUPFD_CLOEXEC, 10));
  const OwnedFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (socket.get() != kFirst) {
    ASSERT_EQ(::dup2(socket.get(), kFirst), kFirst);
  }
  pid.set(std::to_string(::getpid()).c_str());
  fds.set("1");
  EXPECT_EQ(ServiceManager::take_from_environment().sockets(), std::vector<int>{kFirst});
  EXPECT_EQ(::fcntl(kFirst, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  if (former) {
    ::dup2(former.get(), kFirst);
  } else if (socket.get() != kFirst) {
    ::close(kFirst);
  }
}

}  // namespace
}  // namespace vnode
