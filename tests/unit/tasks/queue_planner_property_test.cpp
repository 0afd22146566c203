// The planner against one that looks at every task each time: rule 6.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tasks/queue_planner.h"

namespace vnode {
namespace {

constexpr int kCases = 40;
constexpr int kOperations = 250;
constexpr std::size_t kMostTasks = 30;

class SimplePlanner {
 public:
  struct Task {
    std::string queue;
    int priority = 0;
    Demands demands;
    bool is_running = false;
    bool is_held = false;
  };
  struct Queue {
    std::size_t concurrency = 1;
    bool is_paused = false;
  };

  std::map<std::string, Queue> queues;
  std::map<std::string, std::int64_t> totals;
  std::map<TaskKey, Task> tasks;

  std::optional<TaskKey> start_next() {
    std::map<std::string, std::int64_t> kept;
    std::set<std::string> held_up;
    std::set<std::pair<std::string, Demands>> seen;
    for (const TaskKey key : pending()) {
      Task& task = tasks.at(key);
      const Queue& queue = queues.at(task.queue);
      const bool has_room = running(task.queue) < queue.concurrency;
      const bool is_strict = queue.concurrency == 1;
      if (queue.is_paused || (is_strict && !has_room) || held_up.contains(task.queue)) continue;
      if (task.is_held) {
        if (is_strict) held_up.insert(task.queue);
        continue;
      }
      if (has_room && fits(task.demands, kept)) {
        task.is_running = true;
        return key;
      }
      if (is_strict) held_up.insert(task.queue);
      if (!has_room && !was_passed(key)) continue;
      if (!is_possible(task.demands) || !seen.emplace(task.queue, task.demands).second) continue;
      for (const auto& [name, amount] : task.demands) kept[name] += amount;
    }
    return std::nullopt;
  }

  bool comes_before(TaskKey a, TaskKey b) const {
    const int first = tasks.at(a).priority, second = tasks.at(b).priority;
    return first != second ? first > second : a < b;
  }
  std::vector<TaskKey> pending() const {
    std::vector<TaskKey> keys;
    for (const auto& [key, task] : tasks) {
      if (!task.is_running) keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end(), [this](TaskKey a, TaskKey b) { return comes_before(a, b); });
    return keys;
  }
  std::size_t running(const std::string& queue) const {
    return static_cast<std::size_t>(std::count_if(tasks.begin(), tasks.end(), [&](const auto& entry) {
      return entry.second.is_running && entry.second.queue == queue;
    }));
  }
  std::size_t pending(const std::string& queue) const {
    return static_cast<std::size_t>(std::count_if(tasks.begin(), tasks.end(), [&](const auto& entry) {
      return !entry.second.is_running && entry.second.queue == queue;
    }));
  }
  std::int64_t used(const std::string& resource) const {
    std::int64_t sum = 0;
    for (const auto& [key, task] : tasks) {
      if (task.is_running && task.demands.contains(resource)) sum += task.demands.at(resource);
    }
    return sum;
  }
  bool is_possible(const Demands& demands) const {
    return std::all_of(demands.begin(), demands.end(), [this](const auto& demand) {
      const auto total = totals.find(demand.first);
      return total != totals.end() && demand.second <= total->second;
    });
  }

 private:
  bool was_passed(TaskKey key) const {
    return std::any_of(tasks.begin(), tasks.end(), [&](const auto& entry) {
      return entry.second.is_running && entry.second.queue == tasks.at(key).queue &&
             comes_before(key, entry.first);
    });
  }
  bool fits(const Demands& demands, std::map<std::string, std::int64_t>& kept) const {
    return std::all_of(demands.begin(), demands.end(), [&](const auto& demand) {
      const auto total = totals.find(demand.first);
      if (total == totals.end()) return false;
      // What is kept holds off whoever needs any, even where running tasks have more than there is now.
      return demand.second <= total->second - used(demand.first) - kept[demand.first];
    });
  }
};

class PlannerPair {
 public:
  explicit PlannerPair(unsigned seed) : random_(seed) {
    for (const char* name : {"a", "b", "c"}) set_queue(name);
    for (const char* name : {"x", "y"}) set_resource(name);
  }

  void operate() {
    const int choice = pick(0, 99);
    if (choice < 45 && model_.tasks.size() < kMostTasks) {
      add(next_key_++);
    } else if (choice < 75) {
      remove(false);
    } else if (choice < 82) {
      remove(true);
    } else if (choice < 88) {
      set_queue(queue_name());
    } else if (choice < 94) {
      const std::string name = queue_name();
      const bool is_paused = pick(0, 2) == 0;
      model_.queues[name].is_paused = is_paused;
      planner_.set_paused(name, is_paused);
    } else if (choice < 98) {
      set_resource(resource_name());
    } else {
      const std::string name = resource_name();
      model_.totals.erase(name);
      planner_.remove_resource(name);
    }
  }

  void start_some() {
    for (int i = pick(0, 4); i > 0; --i) {
      const std::optional<TaskKey> expected = model_.start_next();
      ASSERT_EQ(planner_.start_next(), expected);
      if (!expected) return check_reasons();
    }
  }

  void check_views() {
    for (const QueueView& queue : planner_.queues()) {
      ASSERT_EQ(queue.running, model_.running(queue.name));
      ASSERT_EQ(queue.is_paused, model_.queues.at(queue.name).is_paused);
      ASSERT_EQ(queue.pending, model_.pending(queue.name));
    }
    std::size_t known = 0;
    for (const ResourceView& resource : planner_.resources()) {
      ASSERT_EQ(resource.total, model_.totals.at(resource.name));
      ASSERT_EQ(resource.used, model_.used(resource.name));
      ++known;
    }
    ASSERT_EQ(known, model_.totals.size());
  }

 private:
  int pick(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  std::string queue_name() { return std::string(1, static_cast<char>('a' + pick(0, 2))); }
  std::string resource_name() { return std::string(1, static_cast<char>('x' + pick(0, 2))); }

  void set_queue(const std::string& name) {
    const auto concurrency = static_cast<std::size_t>(pick(1, 3));
    model_.queues[name].concurrency = concurrency;
    planner_.set_queue(name, concurrency);
  }
  void set_resource(const std::string& name) {
    const int total = pick(0, 4);
    model_.totals[name] = total;
    planner_.set_resource(name, total);
  }
  void add(TaskKey key) {
    SimplePlanner::Task task{.queue = queue_name(), .priority = pick(-1, 1)};
    for (int i = pick(0, 2); i > 0; --i) task.demands[resource_name()] = pick(1, 3);
    planner_.add(key, task.queue, task.priority, task.demands);
    model_.tasks[key] = std::move(task);
  }
  /// A task that has ended; or one that is put back, as for a retry, at once or for later.
  void remove(bool is_put_back) {
    if (model_.tasks.empty()) return;
    auto at = std::next(model_.tasks.begin(), pick(0, static_cast<int>(model_.tasks.size()) - 1));
    planner_.remove(at->first);
    if (!is_put_back) {
      model_.tasks.erase(at);
      return;
    }
    at->second.is_running = false;
    at->second.is_held = pick(0, 1) == 0;
    if (at->second.is_held) return planner_.hold(at->first, at->second.queue, at->second.priority);
    planner_.add(at->first, at->second.queue, at->second.priority, at->second.demands);
  }
  /// When nothing may start, each pending task has something to wait for.
  void check_reasons() {
    for (const TaskKey key : model_.pending()) {
      const SimplePlanner::Task& task = model_.tasks.at(key);
      const WaitReason reason = planner_.why_waiting(key, [](TaskKey task) { return std::to_string(task); });
      ASSERT_NE(reason.code, "ready") << reason.text;
      ASSERT_FALSE(reason.text.empty());
      ASSERT_EQ(reason.code == "retry", task.is_held);
      if (task.is_held) continue;
      const SimplePlanner::Queue& queue = model_.queues.at(task.queue);
      ASSERT_EQ(reason.code == "queue_paused", queue.is_paused);
      if (queue.is_paused) continue;
      ASSERT_EQ(reason.code == "queue_full", model_.running(task.queue) >= queue.concurrency);
      if (reason.code == "no_such_resource") {
        ASSERT_FALSE(model_.is_possible(task.demands));
      }
      if (reason.code == "behind") {
        ASSERT_EQ(queue.concurrency, 1u);
      }
    }
  }

  std::mt19937 random_;
  SimplePlanner model_;
  QueuePlanner planner_;
  TaskKey next_key_ = 1;
};

TEST(QueuePlannerProperty, DecidesAsOneThatLooksAtEveryTask) {
  for (unsigned seed = 1; seed <= kCases; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    PlannerPair planners(seed);
    for (int i = 0; i < kOperations; ++i) {
      planners.operate();
      planners.start_some();
      planners.check_views();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(QueuePlannerProperty, ManyPendingTasksAreLookedAtAsOne) {
  constexpr TaskKey kTasks = 100'000;
  QueuePlanner planner;
  planner.set_queue("a", 10);
  planner.set_queue("b", 10);
  planner.set_resource("x", 3);
  for (TaskKey key = 1; key <= kTasks; ++key) {
    planner.add(key, key % 2 == 0 ? "a" : "b", static_cast<int>(key % 7), {{"x", key % 3}});
  }
  // Looking at each waiting task for each start would be ten thousand million looks.
  std::vector<TaskKey> running;
  std::size_t ended = 0;
  while (ended < kTasks) {
    while (auto key = planner.start_next()) running.push_back(*key);
    ASSERT_FALSE(running.empty());
    planner.remove(running.front());
    running.erase(running.begin());
    ++ended;
  }
  EXPECT_EQ(planner.start_next(), std::nullopt);
}

}  // namespace
}  // namespace vnode
