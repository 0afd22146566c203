#include <algorithm>

#include "daemon/methods.h"
#include "store/store_thread.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

Value queue_value(const QueueView& queue) {
  return Dict{{"name", queue.name},
              {"concurrency", static_cast<std::int64_t>(queue.concurrency)},
              {"paused", queue.is_paused},
              {"pending", static_cast<std::int64_t>(queue.pending)},
              {"running", static_cast<std::int64_t>(queue.running)}};
}

std::optional<QueueView> find_queue(const DaemonCore& core, const std::string& name) {
  for (QueueView& queue : core.tasks.planner().queues()) {
    if (queue.name == name) return std::move(queue);
  }
  return std::nullopt;
}

RpcError unknown_queue(const std::string& name) {
  return daemon_error("unknown_queue", "there is no queue '" + name + "'");
}

/// What clients have said of that queue so far.
QueueRow& saved_queue(DaemonCore& core, const std::string& name) {
  QueueRow& row = core.saved_queues[name];
  row.name = name;
  return row;
}

/// Answers once it is durable. (A copy: it goes from the map when it says nothing any more.)
void save(DaemonCore& core, QueueRow row, Reply reply) {
  const QueueView queue = *find_queue(core, row.name);
  const bool says_something = row.is_paused || row.concurrency > 0;
  const auto change = [row, says_something](RunStore& store) {
    return says_something ? store.save_queue(row) : store.remove_queue(row.name);
  };
  if (!says_something) core.saved_queues.erase(row.name);
  core.store.write(change, [queue, reply](Result<void> saved) {
    if (saved) return reply.result(queue_value(queue));
    reply.error(daemon_error("store_unavailable", describe(saved.error())));
  });
}

void set_paused(DaemonCore& core, const Dict& params, bool is_paused, const Reply& reply) {
  const std::string name = text_param(params, "name");
  if (!core.tasks.set_paused(name, is_paused)) return reply.error(unknown_queue(name));
  QueueRow& row = saved_queue(core, name);
  row.is_paused = is_paused;
  save(core, row, reply);
}

}  // namespace

void queue_list(DaemonCore& core, Session&, const Dict&, Reply reply) {
  std::vector<Value> queues;
  for (const QueueView& queue : core.tasks.planner().queues()) queues.push_back(queue_value(queue));
  std::vector<Value> resources;
  for (const ResourceView& resource : core.tasks.planner().resources()) {
    resources.emplace_back(Dict{{"name", resource.name}, {"total", resource.total}, {"used", resource.used}});
  }
  reply.result(
      Dict{{"queues", Value::list(std::move(queues))}, {"resources", Value::list(std::move(resources))}});
}

void queue_set(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  constexpr std::int64_t kWidest = 10'000;
  const std::string name = text_param(params, "name");
  const std::int64_t concurrency = number_param(params, "concurrency").value_or(0);
  if (name.empty() || concurrency < 1 || concurrency > kWidest) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params",
                        name.empty() ? "name: must not be empty" : "concurrency: must be from 1 to 10000"});
  }
  core.tasks.set_queue(name, static_cast<std::size_t>(concurrency));
  QueueRow& row = saved_queue(core, name);
  row.concurrency = concurrency;
  save(core, row, reply);
}

void queue_pause(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  set_paused(core, params, true, reply);
}

void queue_resume(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  set_paused(core, params, false, reply);
}

void queue_remove(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const std::string name = text_param(params, "name");
  const std::optional<QueueView> queue = find_queue(core, name);
  if (!queue) return reply.error(unknown_queue(name));
  if (name == "default" || queue->pending + queue->running > 0) {
    return reply.error(daemon_error("queue_in_use", name == "default"
                                                        ? "the queue 'default' cannot be removed"
                                                        : "the queue '" + name + "' is not empty"));
  }
  core.tasks.remove_queue(name);
  core.saved_queues.erase(name);
  core.store.write([name](RunStore& store) { return store.remove_queue(name); },
                   [name, reply](Result<void> removed) {
                     if (removed) return reply.result(Dict{{"name", name}});
                     reply.error(daemon_error("store_unavailable", describe(removed.error())));
                   });
}

}  // namespace vnode
