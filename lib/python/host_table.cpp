#include "python/host_table.h"

#include <algorithm>
#include <utility>

namespace vnode {

HostNumber HostTable::add(std::function<void()> on_exit) {
  std::lock_guard lock(mutex_);
  hosts_[++last_].on_exit = std::move(on_exit);
  return last_;
}

void HostTable::set_forked(HostNumber host, pid_t pid) {
  std::lock_guard lock(mutex_);
  const auto found = hosts_.find(host);
  if (found != hosts_.end()) found->second.pid = pid;
}

void HostTable::set_exited(HostNumber host, int status) {
  std::unique_lock lock(mutex_);
  const auto found = hosts_.find(host);
  if (found == hosts_.end() || found->second.status) return;
  found->second.status = status;
  std::function<void()> on_exit = std::exchange(found->second.on_exit, nullptr);
  if (found->second.is_forgotten) hosts_.erase(found);
  if (!on_exit) return;
  called_ = host;
  calling_thread_ = std::this_thread::get_id();
  lock.unlock();
  on_exit();
  on_exit = nullptr;
  lock.lock();
  called_ = 0;
  call_ended_.notify_all();
}

void HostTable::end_all(int status) {
  std::vector<HostNumber> running;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [number, host] : hosts_) {
      if (!host.status) running.push_back(number);
    }
  }
  for (const HostNumber number : running) set_exited(number, status);
}

bool HostTable::has_running() const {
  std::lock_guard lock(mutex_);
  return std::any_of(hosts_.begin(), hosts_.end(), [](const auto& entry) { return !entry.second.status; });
}

std::vector<pid_t> HostTable::running_processes() const {
  std::lock_guard lock(mutex_);
  std::vector<pid_t> processes;
  for (const auto& [number, host] : hosts_) {
    if (host.pid > 0 && !host.status) processes.push_back(host.pid);
  }
  return processes;
}

std::optional<int> HostTable::exit_status(HostNumber host) const {
  std::lock_guard lock(mutex_);
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? std::nullopt : found->second.status;  // a forgotten one has none
}

void HostTable::forget(HostNumber host) {
  std::function<void()> on_exit;  // destroyed without the lock
  std::unique_lock lock(mutex_);
  if (const auto found = hosts_.find(host); found != hosts_.end()) {
    on_exit = std::exchange(found->second.on_exit, nullptr);
    found->second.is_forgotten = true;
    if (found->second.status) hosts_.erase(found);
  }
  if (called_ != host || calling_thread_ == std::this_thread::get_id()) return;
  call_ended_.wait(lock, [this, host] { return called_ != host; });
}

}  // namespace vnode
