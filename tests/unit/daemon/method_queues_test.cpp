// Queues and resources: order, priorities, pausing, limits across queues, and what is kept over a restart.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Queues : public CallerFixture {
 protected:
  void SetUp() override {
    settings.queues = {{"default", 4}, {"one", 1}};
    settings.resources = {{"license", 2000}};
    begin();
  }
  Value queue(const std::string& name) {
    const Value list = part(caller->call("queue.list"), "queues");
    for (const Value& one : list.as_list()) {
      if (at(one, "name") == name) return one;
    }
    return {};
  }
  void pause(const std::string& name) { caller->call("queue.pause", {{"name", name}}); }
  void resume(const std::string& name) { caller->call("queue.resume", {{"name", name}}); }
  /// To the queue "one", through an open gate.
  std::string submit(const std::string& gate, Dict params = {}) {
    gates.open(gate);
    params.set("queue", "one");
    return caller->submit(gate_workflow(gate), std::move(params));
  }
};

TEST_F(Queues, OfOneKeepTheOrderOfSubmission) {
  pause("one");
  std::string last;
  for (const char* gate : {"a", "b", "c", "d"}) last = submit(gate);
  resume("one");
  caller->wait(last);
  EXPECT_THAT(gates.arrivals(), ElementsAre("a", "b", "c", "d"));
}

TEST_F(Queues, PreferHigherPriorities) {
  pause("one");
  submit("low", {{"priority", -1}});
  submit("first");
  submit("second");
  submit("high", {{"priority", 5}});
  resume("one");
  caller->wait(at(caller->call("run.list", {{"limit", 1}}), "runs/0/id"));
  for (const std::string& id : each(part(caller->call("run.list"), "runs"), "id")) caller->wait(id);
  EXPECT_THAT(gates.arrivals(), ElementsAre("high", "first", "second", "low"));
}

TEST_F(Queues, RunOneAtATime) {
  const std::string first = caller->submit(gate_workflow("a"), {{"queue", "one"}});
  ASSERT_TRUE(gates.wait_for("a"));
  const std::string second = caller->submit(gate_workflow("b"), {{"queue", "one"}});
  EXPECT_EQ(caller->status(second), "pending");
  EXPECT_EQ(at(queue("one"), "running"), "1");
  EXPECT_EQ(at(queue("one"), "pending"), "1");
  // Other queues go on.
  gates.open("c");
  EXPECT_EQ(at(caller->wait(caller->submit(gate_workflow("c"))), "status"), "completed");
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 2}});
  EXPECT_TRUE(gates.wait_for("b"));
  EXPECT_EQ(caller->status(second), "running");
  gates.open("a");
  gates.open("b");
  caller->wait(first);
  caller->wait(second);
}

TEST_F(Queues, StartNothingWhilePaused) {
  const std::string running = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(caller->call("queue.pause", {{"name", "default"}}), "paused"), "true");
  const std::string pending = caller->submit(gate_workflow("b"));
  EXPECT_EQ(at(caller->get(pending), "reason/code"), "queue_paused");
  gates.open("a");
  gates.open("b");
  EXPECT_EQ(at(caller->wait(running), "status"), "completed");
  EXPECT_EQ(caller->status(pending), "pending");
  resume("default");
  EXPECT_EQ(at(caller->wait(pending), "status"), "completed");
}

TEST_F(Queues, ThatClientsHaveSetAreKept) {
  const Value set = caller->call("queue.set", {{"name", "render"}, {"concurrency", 3}});
  EXPECT_EQ(at(set, "concurrency"), "3");
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 7}});
  pause("render");
  again();
  EXPECT_EQ(at(queue("render"), "concurrency"), "3");
  EXPECT_EQ(at(queue("render"), "paused"), "true");
  EXPECT_EQ(at(queue("one"), "concurrency"), "7");
  EXPECT_EQ(at(queue("default"), "concurrency"), "4");
  caller->call("queue.remove", {{"name", "render"}});
  EXPECT_EQ(at(queue("render"), ""), "null");
  again();
  EXPECT_EQ(at(queue("render"), ""), "null");
}

TEST_F(Queues, ThatWereOnlyPausedFollowTheConfiguration) {
  pause("one");
  settings.queues["one"] = 5;
  again();
  EXPECT_EQ(at(queue("one"), "paused"), "true");
  EXPECT_EQ(at(queue("one"), "concurrency"), "5");
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 2}});
  resume("one");
  again();
  EXPECT_EQ(at(queue("one"), "paused"), "false");
  EXPECT_EQ(at(queue("one"), "concurrency"), "2");
}

TEST_F(Queues, ThatNobodyKnewAreToldAsNew) {
  const Value made = caller->call("queue.set", {{"name", "defualt"}, {"concurrency", 3}});
  EXPECT_EQ(at(made, "new"), "true");
  EXPECT_EQ(at(made, "nearest"), "default");
  const Value again = caller->call("queue.set", {{"name", "defualt"}, {"concurrency", 4}});
  EXPECT_EQ(at(again, "new"), "(none)");
  EXPECT_EQ(at(again, "nearest"), "(none)");
  EXPECT_EQ(at(caller->call("queue.set", {{"name", "something"}, {"concurrency", 3}}), "nearest"), "(none)");
}

TEST_F(Queues, AreRemovedOnlyWhenTheyAreEmpty) {
  const std::string id = caller->submit(gate_workflow("a"), {{"queue", "one"}});
  EXPECT_EQ(caller->refusal("queue.remove", {{"name", "one"}}).word, "queue_in_use");
  gates.open("a");
  caller->wait(id);
  EXPECT_EQ(at(caller->call("queue.remove", {{"name", "one"}}), "name"), "one");
  EXPECT_EQ(caller->refusal("queue.remove", {{"name", "one"}}).word, "unknown_queue");
  EXPECT_EQ(caller->refusal("queue.remove", {{"name", "default"}}).word, "queue_in_use");
}

TEST_F(Queues, ThatAreNotThereOrMakeNoSenseAreRefused) {
  EXPECT_EQ(caller->refusal("queue.pause", {{"name", "other"}}).word, "unknown_queue");
  EXPECT_EQ(caller->refusal("queue.resume", {{"name", "other"}}).word, "unknown_queue");
  EXPECT_EQ(caller->refusal("queue.set", {{"name", "x"}, {"concurrency", 0}}).word, "invalid_params");
  EXPECT_EQ(caller->refusal("queue.set", {{"name", ""}, {"concurrency", 1}}).word, "invalid_params");
  EXPECT_EQ(caller->refusal("queue.set", {{"name", "x"}, {"concurrency", 10'001}}).word, "invalid_params");
}

TEST_F(Queues, OfAnEarlierConfigurationKeepTheirRuns) {
  settings.queues["two"] = 2;
  again();
  caller->submit(gate_workflow("a"), {{"resources", Dict{{"license", 2}}}});
  ASSERT_TRUE(gates.wait_for("a"));
  gates.open("b");
  const std::string id =
      caller->submit(gate_workflow("b"), {{"queue", "two"}, {"resources", Dict{{"license", 1}}}});
  EXPECT_EQ(caller->status(id), "pending");
  settings.queues.erase("two");
  again();
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(at(queue("two"), "concurrency"), "1");
}

TEST_F(Queues, ShareResources) {
  const Dict both{{"resources", Dict{{"license", 2}}}};
  const std::string first = caller->submit(gate_workflow("a"), both);
  ASSERT_TRUE(gates.wait_for("a"));
  const std::string second =
      caller->submit(gate_workflow("b"), {{"queue", "one"}, {"resources", Dict{{"license", 1}}}});
  const Value waits = caller->get(second);
  EXPECT_EQ(at(waits, "status"), "pending");
  EXPECT_EQ(at(waits, "resources/license"), "1");
  EXPECT_EQ(at(waits, "reason/code"), "resource");
  EXPECT_THAT(at(waits, "reason/text"), HasSubstr(first));
  EXPECT_EQ(at(caller->call("queue.list"), "resources/0/used"), "2");
  gates.open("a");
  gates.open("b");
  caller->wait(first);
  EXPECT_EQ(at(caller->wait(second), "status"), "completed");
  EXPECT_EQ(at(caller->call("queue.list"), "resources/0/used"), "0");
  EXPECT_EQ(at(caller->call("queue.list"), "resources/0/total"), "2");
}

/// A workflow of one node that waits at the gate, and needs that.
Value needing_gate(const char* gate, Dict resources) {
  Value workflow = gate_workflow(gate);
  Dict document = workflow.as_dict();
  Dict node = document.find(std::string_view("nodes"))->as_list()[0].as_dict();
  Dict parameters = node.find(std::string_view("parameters"))->as_dict();
  parameters.set("__vnode__", Value(Dict{{"resources", Value(std::move(resources))}}));
  node.set("parameters", Value(std::move(parameters)));
  document.set("nodes", Value::list({Value(std::move(node))}));
  return Value(std::move(document));
}

TEST_F(Queues, NodesOfRunsWithoutAReservationShareWhatThereIs) {
  const std::string first = caller->submit(needing_gate("a", {{"license", 2}}));
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(caller->call("queue.list"), "resources/0/used"), "2");
  gates.open("b");
  const std::string second = caller->submit(needing_gate("b", {{"license", 1}}), {{"queue", "one"}});
  Value waits = caller->get(second);
  while (at(waits, "status") != "running" || at(waits, "reason/code") != "resource") {
    ASSERT_NE(at(waits, "status"), "completed");
    std::this_thread::yield();
    waits = caller->get(second);
  }
  EXPECT_THAT(at(waits, "reason/text"), HasSubstr(first));
  gates.open("a");
  EXPECT_EQ(at(caller->wait(second), "status"), "completed");
  caller->wait(first);
  while (at(caller->call("queue.list"), "resources/0/used") != "0") std::this_thread::yield();
}

TEST_F(Queues, NodesOfRunsWithAReservationShareThatAlone) {
  const Dict reserved{{"resources", Dict{{"license", 1}}}};
  gates.open("a");
  EXPECT_EQ(at(caller->wait(caller->submit(needing_gate("a", {{"license", 1}}), reserved)), "status"),
            "completed");
  for (const Dict& needs : {Dict{{"license", 2}}, Dict{{"gpu", 1}}}) {
    Dict params = reserved;
    params.set("workflow", needing_gate("b", needs));
    const auto refused = caller->refusal("run.submit", params);
    EXPECT_EQ(refused.word, "invalid_workflow");
    EXPECT_THAT(refused.message, HasSubstr("the run's reservation"));
  }
}

TEST_F(Queues, WhatTheDaemonDoesNotHaveIsRefused) {
  EXPECT_THAT(caller->refusal("run.submit", {{"workflow", needing_gate("b", {{"gpu", 1}})}}).message,
              HasSubstr("which the daemon does not have"));
}

}  // namespace
}  // namespace vnode::test
