#include "async/signal_watcher.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

namespace vnode {
namespace {

TEST(SignalWatcher, ReportsSignalsOfTheProcess) {
  std::promise<int> signal;
  const SignalWatcher watcher({SIGUSR1, SIGUSR2}, [&](int number) { signal.set_value(number); });
  ::kill(::getpid(), SIGUSR2);
  EXPECT_EQ(signal.get_future().get(), SIGUSR2);
}

TEST(SignalWatcher, ReportsThemAlsoWhenTheyWereIgnored) {
  const auto former = std::signal(SIGUSR1, SIG_IGN);
  std::promise<int> signal;
  const SignalWatcher watcher({SIGUSR1}, [&](int number) { signal.set_value(number); });
  ::kill(::getpid(), SIGUSR1);
  EXPECT_EQ(signal.get_future().get(), SIGUSR1);
  std::signal(SIGUSR1, former);
}

TEST(SignalWatcher, EndsWithoutASignalAndRestoresTheMask) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  int calls = 0;
  {
    const SignalWatcher watcher({SIGUSR1}, [&](int) { ++calls; });
  }
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGUSR1), sigismember(&after, SIGUSR1));
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace vnode
