#include "async/fd_watcher.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/owned_fd.h"

namespace vnode {
namespace {

std::uint32_t events_of(FdWatcher::Readiness readiness) {
  std::uint32_t events = EPOLLONESHOT;
  if (readiness != FdWatcher::Readiness::kWritable) events |= EPOLLIN;
  if (readiness != FdWatcher::Readiness::kReadable) events |= EPOLLOUT;
  return events;
}

[[noreturn]] void throw_system_error(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

constexpr std::uint64_t kWakeUp = 0;

}  // namespace

/// Each watch has a number of its own: an event that the system reported before the watch was replaced or
/// forgotten is told from those of its successor, even when the descriptor's number has been used again.
struct FdWatcher::State {
  struct Watch {
    int fd;
    std::function<void()> ready;
  };

  void start();
  bool add(int fd, Readiness readiness, std::uint64_t number);
  std::function<void()> take_watch(int fd);
  bool is_own_thread() const { return std::this_thread::get_id() == thread.get_id(); }
  void wake() const;
  void work();
  void call(std::unique_lock<std::mutex>& lock, std::uint64_t number);

  std::mutex mutex;
  OwnedFd epoll;
  OwnedFd wake_up;
  std::thread thread;
  std::uint64_t last_number = kWakeUp;
  std::unordered_map<std::uint64_t, Watch> watches;
  std::unordered_map<int, std::uint64_t> number_of;  ///< of the last watch of a descriptor
  std::deque<std::uint64_t> ready_at_once;
  int called_fd = -1;              ///< whose `ready` is running
  bool is_call_forgotten = false;  ///< that one may not watch again
  std::condition_variable call_ended;
  bool is_ending = false;
};

/// With the lock.
void FdWatcher::State::start() {
  if (thread.joinable()) return;
  epoll = OwnedFd(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) throw_system_error("epoll_create1");
  wake_up = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_up) throw_system_error("eventfd");
  epoll_event event{EPOLLIN, {.u64 = kWakeUp}};
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake_up.get(), &event) != 0) throw_system_error("epoll_ctl");
  thread = std::thread([this] { work(); });
}

/// With the lock. False when the system cannot watch it.
bool FdWatcher::State::add(int fd, Readiness readiness, std::uint64_t number) {
  epoll_event event{events_of(readiness), {.u64 = number}};
  // A descriptor stays registered after its event, disarmed.
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_MOD, fd, &event) == 0) return true;
  return errno == ENOENT && ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

/// With the lock. What it returns is to be destroyed without: it may hold things that call the watcher.
std::function<void()> FdWatcher::State::take_watch(int fd) {
  const auto number = number_of.find(fd);
  if (number == number_of.end()) return nullptr;
  std::function<void()> ready;
  if (const auto watch = watches.find(number->second); watch != watches.end()) {
    ready = std::move(watch->second.ready);
    watches.erase(watch);
  }
  number_of.erase(number);
  return ready;
}

void FdWatcher::State::wake() const {
  const std::uint64_t one = 1;
  while (::write(wake_up.get(), &one, sizeof one) < 0 && errno == EINTR) continue;
}

void FdWatcher::State::work() {
  std::array<epoll_event, 64> events;
  std::unique_lock lock(mutex);
  while (!is_ending) {
    const int timeout = ready_at_once.empty() ? -1 : 0;
    lock.unlock();
    const int count = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), timeout);
    lock.lock();
    for (int i = 0; i < count && !is_ending; ++i) {
      const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
      if (number == kWakeUp) {
        std::uint64_t calls = 0;
        (void)!::read(wake_up.get(), &calls, sizeof calls);
      } else {
        call(lock, number);
      }
    }
    for (std::deque<std::uint64_t> numbers = std::exchange(ready_at_once, {}); !numbers.empty() && !is_ending;
         numbers.pop_front()) {
      call(lock, numbers.front());
    }
  }
}

/// With the lock, which is released meanwhile.
void FdWatcher::State::call(std::unique_lock<std::mutex>& lock, std::uint64_t number) {
  const auto found = watches.find(number);
  if (found == watches.end()) return;
  std::function<void()> ready = std::move(found->second.ready);
  called_fd = found->second.fd;
  watches.erase(found);
  lock.unlock();
  ready();
  ready = nullptr;  // what it holds may be waited for by `forget`
  lock.lock();
  called_fd = -1;
  is_call_forgotten = false;
  call_ended.notify_all();
}

FdWatcher::FdWatcher() : state_(std::make_unique<State>()) {}

FdWatcher::~FdWatcher() {
  {
    std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
    if (!state_->thread.joinable()) return;
  }
  state_->wake();
  state_->thread.join();
}

void FdWatcher::watch(int fd, Readiness readiness, std::function<void()> ready) {
  std::function<void()> former;  // outlives the lock
  std::lock_guard lock(state_->mutex);
  state_->start();
  if (state_->is_call_forgotten && state_->called_fd == fd && state_->is_own_thread()) return;
  former = state_->take_watch(fd);
  const std::uint64_t number = ++state_->last_number;
  state_->watches.emplace(number, State::Watch{fd, std::move(ready)});
  state_->number_of[fd] = number;
  if (state_->add(fd, readiness, number)) return;
  state_->ready_at_once.push_back(number);
  state_->wake();
}

void FdWatcher::forget(int fd) {
  std::function<void()> former;  // outlives the lock
  std::unique_lock lock(state_->mutex);
  if (!state_->thread.joinable()) return;
  former = state_->take_watch(fd);
  epoll_event unused{};
  ::epoll_ctl(state_->epoll.get(), EPOLL_CTL_DEL, fd, &unused);
  if (state_->called_fd != fd) return;
  state_->is_call_forgotten = true;
  if (state_->is_own_thread()) return;
  state_->call_ended.wait(lock, [this, fd] { return state_->called_fd != fd; });
}

}  // namespace vnode
