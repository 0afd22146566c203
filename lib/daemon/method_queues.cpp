#include <algorithm>
#include <array>

#include "base/spelling.h"
#include "daemon/core.h"
#include "daemon/methods.h"
#include "model/members.h"
#include "store/store_thread.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

Value queue_value(const QueueView& queue, const Dict& more = {}) {
  Dict value{{"name", queue.name},
             {"concurrency", static_cast<std::int64_t>(queue.concurrency)},
             {"paused", queue.is_paused},
             {"pending", static_cast<std::int64_t>(queue.pending)},
             {"running", static_cast<std::int64_t>(queue.running)}};
  for (const Dict::Entry& entry : more) value.set(entry.key, entry.value);
  return value;
}

/// What is said of a queue that nobody knew: its name may be mistyped.
Dict novelty(const DaemonCore& core, const std::string& name) {
  std::vector<std::string> known;
  for (const QueueView& queue : core.tasks.planner().queues()) known.push_back(queue.name);
  Dict found{{"new", Value(true)}};
  if (const std::string nearest = nearest_word(name, known); !nearest.empty()) found.set("nearest", nearest);
  return found;
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

/// Answers with the queue and `more` once it is durable. (A copy: it goes from the map when it says nothing
/// any more.)
void save(DaemonCore& core, QueueRow row, Reply reply, const Dict& more = {}) {
  Value answer = queue_value(*find_queue(core, row.name), more);
  const bool says_something = row.is_paused || row.concurrency > 0;
  const auto change = [row, says_something](RunStore& store) {
    return says_something ? store.save_queue(row) : store.remove_queue(row.name);
  };
  if (!says_something) core.saved_queues.erase(row.name);
  core.store.write(change, [answer = std::move(answer), reply](Result<void> saved) {
    if (saved) return reply.result(answer);
    reply.error(daemon_error("store_unavailable", describe(saved.error())));
  });
}

void set_paused(DaemonCore& core, const Dict& params, bool is_paused, const Reply& reply) {
  const std::string name = text_member(params, "name");
  if (!core.tasks.set_paused(name, is_paused)) return reply.error(unknown_queue(name));
  QueueRow& row = saved_queue(core, name);
  row.is_paused = is_paused;
  save(core, row, reply);
}

constexpr std::string_view kQueueResult = R"json({"$ref": "#/$defs/queue"})json";
constexpr std::string_view kQueuesResult = R"json({
  "required": ["queues", "resources"],
  "properties": {
    "queues": {"type": "array", "items": {"$ref": "#/$defs/queue"}},
    "resources": {"type": "array"}
  }
})json";

void queue_list(DaemonCore& core, Session&, const Dict&, Reply reply) {
  std::vector<Value> queues;
  for (const QueueView& queue : core.tasks.planner().queues()) queues.push_back(queue_value(queue));
  std::vector<Value> resources;
  for (const ResourceView& resource : core.tasks.planner().resources()) {
    resources.emplace_back(Dict{{"name", resource.name},
                                {"total", resource_amount_value(resource.total)},
                                {"used", resource_amount_value(resource.used)}});
  }
  reply.result(
      Dict{{"queues", Value::list(std::move(queues))}, {"resources", Value::list(std::move(resources))}});
}

constexpr ParamSpec kQueueName{
    .name = "name", .kind = ParamKind::kText, .is_required = true, .summary = "a queue's name"};
constexpr std::array kQueueParams = {kQueueName};
constexpr std::array kQueueSetParams = {
    kQueueName, ParamSpec{.name = "concurrency",
                          .kind = ParamKind::kCount,
                          .is_required = true,
                          .summary = "how many of its runs may run at the same time"}};

void queue_set(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  constexpr std::int64_t kWidest = 10'000;
  constexpr std::size_t kLongestName = 256;
  constexpr std::size_t kMostQueues = 1000;
  const std::string name = text_member(params, "name");
  const std::int64_t concurrency = integer_member(params, "concurrency").value_or(0);
  if (name.empty() || concurrency < 1 || concurrency > kWidest) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params",
                        name.empty() ? "name: must not be empty" : "concurrency: must be from 1 to 10000"});
  }
  Dict more;
  if (!core.tasks.planner().has_queue(name)) {
    if (name.size() > kLongestName) {
      return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "name: is longer than 256 bytes"});
    }
    if (core.tasks.planner().queues().size() >= kMostQueues) {
      return reply.error(daemon_error("too_busy", "there are 1,000 queues already"));
    }
    more = novelty(core, name);
  }
  core.tasks.set_queue(name, static_cast<std::size_t>(concurrency));
  QueueRow& row = saved_queue(core, name);
  row.concurrency = concurrency;
  save(core, row, reply, more);
}

void queue_pause(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  set_paused(core, params, true, reply);
}

void queue_resume(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  set_paused(core, params, false, reply);
}

void queue_remove(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  const std::string name = text_member(params, "name");
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

constexpr std::array kMethodsOfQueues = {
    Method{.spec = {.name = "queue.list", .summary = "queues and resources", .result = kQueuesResult},
           .handler = queue_list},
    Method{.spec = {.name = "queue.set",
                    .summary = "makes a queue, or changes its concurrency",
                    .params = kQueueSetParams,
                    .result = kQueueResult},
           .handler = queue_set},
    Method{.spec = {.name = "queue.pause",
                    .summary = "starts nothing of a queue any more; what runs goes on",
                    .params = kQueueParams,
                    .result = kQueueResult},
           .handler = queue_pause},
    Method{.spec = {.name = "queue.resume",
                    .summary = "starts runs of a paused queue again",
                    .params = kQueueParams,
                    .result = kQueueResult},
           .handler = queue_resume},
    Method{.spec = {.name = "queue.remove",
                    .summary = "removes an empty queue",
                    .params = kQueueParams,
                    .result = kQueueResult},
           .handler = queue_remove},
};

}  // namespace

std::span<const Method> queue_methods() { return kMethodsOfQueues; }

}  // namespace vnode
