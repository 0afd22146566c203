// run.events and run.watch: everything once and in order, whatever the reader does.
#include "model/json_reader.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Events : public CallerFixture {
 protected:
  Events() { begin(); }
  /// A run with many events, which waits at the gate "middle" among them.
  std::string submit_long(int lines) {
    WorkflowBuilder builder;
    builder.node("before", "test_speak", {{"count", lines}})
        .node("gate", "test_gate", {{"gate", "middle"}})
        .node("after", "test_speak", {{"count", lines}})
        .exec("before", "gate")
        .exec("gate", "after");
    return caller->submit(document(builder));
  }
};

TEST_F(Events, AreThereAfterTheEnd) {
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  const std::vector<Value> all = caller->events(id);
  EXPECT_EQ(caller->end_status(), "completed");
  EXPECT_TRUE(are_in_order(all));
  ASSERT_GE(all.size(), 4U);
  EXPECT_EQ(at(all.front(), "type"), "execution_started");
  EXPECT_EQ(at(all.front(), "attempt"), "1");
  EXPECT_EQ(at(all.back(), "type"), "execution_finished");
  EXPECT_EQ(at(all.back(), "status"), "completed");
  for (const Value& event : all) EXPECT_EQ(at(event, "run_id"), id);
}

TEST_F(Events, BeginBehindTheOneThatIsKnown) {
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  const std::vector<Value> all = caller->events(id);
  for (std::size_t since = 0; since <= all.size() + 1; ++since) {
    const std::vector<Value> rest = caller->events(id, static_cast<std::int64_t>(since));
    EXPECT_EQ(rest.size(), since < all.size() ? all.size() - since : 0U);
    EXPECT_TRUE(are_in_order(rest, static_cast<std::int64_t>(since) + 1));
    EXPECT_EQ(caller->end_status(), "completed");
  }
}

TEST_F(Events, AreFollowedWhileTheyCome) {
  const std::string id = submit_long(3);
  ASSERT_TRUE(gates.wait_for("middle"));
  const std::int64_t subscription = caller->follow(id);
  // What was said before the run began to wait is told while it waits.
  caller->next("run.event", [](const Value& params) {
    return at(params, "event/type") == "node_started" && at(params, "event/seq") != "2";
  });
  EXPECT_EQ(caller->status(id), "running");
  gates.open("middle");
  const std::vector<Value> rest = caller->events_of(subscription);
  EXPECT_EQ(at(rest.back(), "type"), "execution_finished");
  EXPECT_EQ(caller->end_status(), "completed");
}

TEST_F(Events, OfANodeThatKeepsItsThreadAreToldMeanwhile) {
  WorkflowBuilder builder;
  builder.node("busy", "test_busy", {{"gate", "busy"}});
  const std::string id = caller->submit(document(builder));
  ASSERT_TRUE(gates.wait_for("busy"));
  const std::int64_t subscription = caller->follow(id);
  caller->next("run.event", [](const Value& params) { return at(params, "event/type") == "node_started"; });
  gates.open("busy");
  caller->events_of(subscription);
  EXPECT_EQ(caller->end_status(), "completed");
}

TEST_F(Events, AreToldToManyClientsOnceAndInOrder) {
  constexpr int kClients = 6;
  const std::string id = submit_long(300);
  ASSERT_TRUE(gates.wait_for("middle"));
  std::vector<std::vector<Value>> all(kClients);
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      const auto own = connect();
      const std::int64_t since = i * 40;
      const std::int64_t subscription = own->follow(id, since);
      if (i == 0) gates.open("middle");
      all[i] = own->events_of(subscription);
      EXPECT_TRUE(are_in_order(all[i], since + 1));
      EXPECT_EQ(own->end_status(), "completed");
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_FALSE(all[0].empty());
  for (int i = 0; i < kClients; ++i) {
    EXPECT_EQ(all[i].size(), all[0].size() - static_cast<std::size_t>(i) * 40);
    EXPECT_EQ(at(all[i].back(), ""), at(all[0].back(), ""));
  }
}

TEST_F(Events, OfAPendingRunComeWhenItRuns) {
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(quick_workflow());
  const std::int64_t subscription = caller->follow(id);
  caller->call("queue.resume", {{"name", "default"}});
  const std::vector<Value> all = caller->events_of(subscription);
  EXPECT_TRUE(are_in_order(all));
  EXPECT_EQ(at(all.front(), "type"), "execution_started");
  EXPECT_EQ(caller->end_status(), "completed");
}

TEST_F(Events, OfARunThatWasCancelledBeforeItBeganAreItsEnd) {
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(quick_workflow());
  const std::int64_t subscription = caller->follow(id);
  caller->cancel(id);
  const std::vector<Value> all = caller->events_of(subscription);
  EXPECT_THAT(types_of(all), ElementsAre("execution_started", "execution_finished"));
  EXPECT_EQ(at(all.back(), "status"), "cancelled");
  EXPECT_EQ(at(all.back(), "exit_code"), "130");
  EXPECT_TRUE(are_in_order(all));
  EXPECT_EQ(caller->end_status(), "cancelled");
  EXPECT_EQ(types_of(caller->events(id)).size(), 2U);
}

TEST_F(Events, WithoutFollowingEndWithWhatIsThere) {
  const std::string id = submit_long(1);
  ASSERT_TRUE(gates.wait_for("middle"));
  caller->events_of(caller->follow(id, 0, false));
  EXPECT_EQ(caller->end_status(), "null");
  gates.open("middle");
  caller->wait(id);
  EXPECT_EQ(types_of(caller->events_of(caller->follow(id, 0, false))).back(), "execution_finished");
  EXPECT_EQ(caller->end_status(), "completed");
}

TEST_F(Events, EndWithTheirSubscription) {
  const std::string id = submit_long(1);
  ASSERT_TRUE(gates.wait_for("middle"));
  const std::int64_t first = caller->follow(id);
  const std::int64_t second = caller->follow(id);
  EXPECT_NE(first, second);
  EXPECT_EQ(at(caller->call("run.unsubscribe", {{"subscription", first}}), "ended"), "true");
  EXPECT_EQ(at(caller->call("run.unsubscribe", {{"subscription", first}}), "ended"), "false");
  gates.open("middle");
  caller->events_of(second);
  EXPECT_EQ(caller->end_status(), "completed");
}

TEST_F(Events, OfAnUnknownRunAreNone) {
  EXPECT_EQ(caller->refusal("run.events", {{"id", "990101-00001"}}).word, "unknown_run");
}

TEST_F(Events, OfARunAreToldBeforeItsEndIsKnownAnywhere) {
  // Who has seen that a run is over finds its last event.
  for (int i = 0; i < 20; ++i) {
    const std::string id = caller->submit(quick_workflow());
    caller->wait(id);
    EXPECT_EQ(types_of(caller->events_of(caller->follow(id, 0, false))).back(), "execution_finished");
  }
}

class Watching : public Events {
 protected:
  /// "status attempt" of a run, as it changes, to its end.
  std::vector<std::string> changes_of(Caller& watcher, const std::string& id) {
    std::vector<std::string> changes;
    while (true) {
      const Value run =
          part(watcher.next("run.changed", [&](const Value& params) { return at(params, "run/id") == id; }),
               "run");
      const std::string status = at(run, "status");
      if (changes.empty() || changes.back() != status) changes.push_back(status);
      if (status != "pending" && status != "running") return changes;
    }
  }
};

TEST_F(Watching, BeginsWithTheRunsThatHaveNotEnded) {
  caller->wait(caller->submit(quick_workflow()));
  const std::string live = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  const Value reply = caller->call("run.watch");
  EXPECT_THAT(each(part(reply, "runs"), "id"), ElementsAre(live));
  EXPECT_THAT(each(part(reply, "runs"), "status"), ElementsAre("running"));
  gates.open("a");
  EXPECT_EQ(changes_of(*caller, live).back(), "completed");
}

TEST_F(Watching, TellsWhatChanges) {
  const auto watcher = connect();
  EXPECT_THAT(each(part(watcher->call("run.watch"), "runs"), "id"), IsEmpty());
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(gate_workflow("a"));
  const Value pending = watcher->next("run.changed");
  EXPECT_EQ(at(pending, "run/status"), "pending");
  EXPECT_EQ(at(pending, "subscription"), "1");
  caller->call("queue.resume", {{"name", "default"}});
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(watcher->next("run.changed"), "run/status"), "running");
  caller->cancel(id);
  EXPECT_EQ(changes_of(*watcher, id).back(), "cancelled");
  caller->call("run.clear", {{"ids", Value::list({Value(id)})}});
  EXPECT_THAT(each(part(watcher->next("run.removed"), "ids"), ""), ElementsAre(id));
}

TEST_F(Watching, EndsWithItsSubscription) {
  const auto watcher = connect();
  const Value number = part(watcher->call("run.watch"), "subscription");
  EXPECT_EQ(at(watcher->call("run.unsubscribe", {{"subscription", number}}), "ended"), "true");
  caller->wait(caller->submit(quick_workflow()));
  // Nothing comes in front of the reply.
  watcher->call("daemon.info");
  EXPECT_FALSE(watcher->client().next_notification(std::chrono::steady_clock::now()));
}

TEST_F(Watching, GivesASlowReaderTheNewestState) {
  RawConnection slow = connect_raw();
  slow.send(R"({"jsonrpc":"2.0","id":1,"method":"run.watch"})"
            "\n");
  EXPECT_EQ(at(slow.read_reply(), "id"), "1");
  std::string last;
  const Dict info{{"much", std::string(20'000, 'd')}};
  for (int i = 0; i < 60; ++i) {
    last = caller->submit(quick_workflow(), {{"info", info}});
  }
  for (const std::string& id : each(part(caller->call("run.list"), "runs"), "id")) caller->wait(id);
  std::map<std::string, std::string> newest;
  while (newest.size() < 60 || newest[last] != "completed") {
    const std::optional<std::string> line = slow.read_line();
    ASSERT_TRUE(line);
    const Value note = *parse_json(*line);
    newest[at(note, "params/run/id")] = at(note, "params/run/status");
  }
  const std::size_t changed = newest.size();
  EXPECT_EQ(changed, 60U);
}

}  // namespace
}  // namespace vnode::test
