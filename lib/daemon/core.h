#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "rpc/daemon_record.h"

namespace vnode {

class EventLoop;
class NodeCatalog;
class RunBook;
class StoreThread;
class TaskTable;
class TimerQueue;
class WorkerPool;
struct DaemonServices;
struct DaemonSettings;
struct QueueRow;

/// What the handlers of calls work on: the parts of one daemon. Owner's thread, but for what its parts allow.
struct DaemonCore {
  const DaemonServices& services;
  DaemonSettings& settings;
  EventLoop& loop;
  TimerQueue& timers;
  StoreThread& store;
  TaskTable& tasks;
  RunBook& book;
  NodeCatalog& catalog;
  WorkerPool& background;  ///< for what is not for the loop's thread: reading, parsing, removing files
  WorkerPool& large;       ///< the same for large submissions: one at a time, and nobody else waits for them
  /// What clients have set, over the configuration.
  std::map<std::string, QueueRow>& saved_queues;
  SteadyTime started;
  DaemonRecord addresses = {};  ///< where it listens (Listening)
  bool is_stopping = false;
  std::function<void(std::optional<Duration> grace)> shut_down = {};
  std::function<std::size_t()> count_clients = {};
};

}  // namespace vnode
