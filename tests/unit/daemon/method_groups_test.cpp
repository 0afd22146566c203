// Rule 22: groups of runs.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class GroupsOfRuns : public CallerFixture {
 protected:
  void SetUp() override { begin(); }

  static Dict map_of(const std::vector<std::string>& values) {
    return {{"target", "test_gate.gate"},
            {"values", Value::list(std::vector<Value>(values.begin(), values.end()))}};
  }
  /// A run for each gate.
  Value submit(const std::vector<std::string>& gates_of_runs, Dict more = {}) {
    more.set("workflow", gate_workflow("none"));
    more.set("map", map_of(gates_of_runs));
    return caller->call("run.submit", std::move(more));
  }
  std::vector<std::string> runs_of(const std::string& group) {
    return each(part(caller->call("run.list", {{"group", group}, {"limit", 1000}}), "runs"), "id");
  }
  Value group(const std::string& id) { return caller->call("group.get", {{"id", id}}); }
  std::vector<std::string> groups() { return each(part(caller->call("group.list"), "groups"), "id"); }
  static Dict ids(const std::vector<std::string>& ids) {
    return {{"ids", Value::list(std::vector<Value>(ids.begin(), ids.end()))}};
  }
  void pause_queue() { caller->call("queue.pause", {{"name", "default"}}); }
  void resume_queue() { caller->call("queue.resume", {{"name", "default"}}); }
};

TEST_F(GroupsOfRuns, AreARunForEachValue) {
  for (const char* gate : {"a", "b", "c"}) gates.open(gate);
  const Value reply = submit({"a", "b", "c"}, {{"info", Dict{{"shot", "010"}}}, {"priority", 3}});
  EXPECT_EQ(at(reply, "runs"), "3");
  const std::string id = at(reply, "id");
  EXPECT_THAT(id, testing::MatchesRegex("g[0-9]+-[0-9a-z]+"));
  const Value ended = caller->call("group.wait", {{"id", id}});
  EXPECT_EQ(at(ended, "status"), "completed");
  EXPECT_EQ(at(ended, "size"), "3");
  EXPECT_EQ(at(ended, "counts/completed"), "3");
  EXPECT_EQ(at(ended, "counts/pending"), "0");
  EXPECT_EQ(at(ended, "parameter"), "test_gate.gate");
  EXPECT_EQ(at(ended, "info/shot"), "010");
  EXPECT_EQ(at(ended, "priority"), "3");
  EXPECT_THAT(gates.arrivals(), testing::UnorderedElementsAre("a", "b", "c"));
  const Value runs = part(caller->call("run.list", {{"group", id}}), "runs");
  EXPECT_THAT(each(runs, "group_value"), ElementsAre("c", "b", "a"));
  EXPECT_THAT(each(runs, "group"), ElementsAre(id, id, id));
  EXPECT_EQ("g" + at(runs, "2/id"), id) << "it is called as its first run";
  EXPECT_THAT(groups(), ElementsAre(id));
}

TEST_F(GroupsOfRuns, AreFoundByWhatPeopleKnowOfThem) {
  pause_queue();
  const std::string first = at(submit({"a"}, {{"info", Dict{{"shot", "010"}, {"take", "1"}}}}), "id");
  const std::string second = at(submit({"b"}, {{"info", Dict{{"shot", "020"}, {"take", "1"}}}}), "id");
  const std::string alone = caller->submit(quick_workflow(), {{"info", Dict{{"shot", "010"}}}});
  const auto listed = [this](const char* method, const char* list, Dict params) {
    return each(part(caller->call(method, std::move(params)), list), "id");
  };
  const Dict of_shot{{"shot", "010"}};
  EXPECT_THAT(listed("group.list", "groups", {{"info", of_shot}}), ElementsAre(first));
  EXPECT_THAT(listed("group.list", "groups", {{"info", Dict{{"take", "1"}}}}), ElementsAre(second, first));
  EXPECT_THAT(listed("group.list", "groups", {{"info", Dict{{"take", "2"}}}}), IsEmpty());
  EXPECT_THAT(listed("group.list", "groups", {{"statuses", Value::list({Value("running")})}}), IsEmpty());
  EXPECT_THAT(listed("group.list", "groups", {{"limit", 1}}), ElementsAre(second));
  EXPECT_THAT(listed("group.list", "groups", {{"before", second}}), ElementsAre(first));
  EXPECT_THAT(listed("run.list", "runs", {{"info", of_shot}}), ElementsAre(alone, first.substr(1)));
  EXPECT_THAT(listed("run.list", "runs", {{"alone", true}}), ElementsAre(alone));
  EXPECT_THAT(listed("run.list", "runs", {{"alone", true}, {"info", Dict{{"shot", "020"}}}}), IsEmpty());
  EXPECT_THAT(listed("run.list", "runs", {{"group", second}}), ElementsAre(second.substr(1)));
  EXPECT_EQ(at(caller->get(alone), "group"), "null");
  EXPECT_EQ(caller->refusal("group.get", {{"id", "g9"}}).word, "unknown_group");
  EXPECT_EQ(caller->refusal("group.get", {{"id", "g2"}}).word, "ambiguous_group");
  EXPECT_EQ(caller->refusal("run.list", {{"group", "g9"}}).word, "unknown_group");
  EXPECT_THAT(caller->refusal("run.get", {{"id", first}}).message, HasSubstr("is a group's id"));
}

TEST_F(GroupsOfRuns, AreAcceptedTogetherOrNotAtAll) {
  const Dict wrong{{"target", "test_gate.gaet"}, {"text", "a,b"}};
  const RpcError error = caller->refusal("run.submit", {{"workflow", gate_workflow("none")}, {"map", wrong}});
  EXPECT_EQ(error.word, "bad_parameters");
  const Value declared = document(WorkflowBuilder().node("x", "test_pass"));
  Dict with_count = declared.as_dict();
  with_count.set("metadata", Dict{{"parameters", Dict{{"count", Dict{{"type", "int"}}}}}});
  const RpcError second = caller->refusal(
      "run.submit",
      {{"workflow", with_count}, {"map", Dict{{"target", "count"}, {"text", "[1, 2, \"x\"]"}}}});
  EXPECT_EQ(second.word, "bad_parameters");
  EXPECT_THAT(second.message, HasSubstr("(count=x)"));
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", quick_workflow()}, {"map", Dict{}}}).word,
            "invalid_params");
  EXPECT_EQ(at(caller->call("daemon.info"), "runs"), "{}");
  EXPECT_THAT(groups(), IsEmpty());
  settings.max_pending = 2;
  again();
  pause_queue();
  EXPECT_EQ(
      caller->refusal("run.submit", {{"workflow", gate_workflow("none")}, {"map", map_of({"a", "b", "c"})}})
          .word,
      "queue_full");
  submit({"a", "b"});
}

TEST_F(GroupsOfRuns, AreTheSameUnderTheSameKey) {
  pause_queue();
  const std::string id = at(submit({"a", "b"}, {{"key", "k"}}), "id");
  const Value again = submit({"a", "b"}, {{"key", "k"}});
  EXPECT_EQ(at(again, "id"), id);
  EXPECT_EQ(at(again, "duplicate"), "true");
  EXPECT_EQ(at(again, "runs"), "2");
  const RpcError other = caller->refusal(
      "run.submit", {{"workflow", gate_workflow("none")}, {"map", map_of({"a", "c"})}, {"key", "k"}});
  EXPECT_EQ(other.word, "key_conflict");
  EXPECT_THAT(other.message, HasSubstr(id));
  EXPECT_THAT(runs_of(id), SizeIs(2));
}

TEST_F(GroupsOfRuns, KeepTheirPlaceInTheOrderOfSubmission) {
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  caller->call("queue.pause", {{"name", "one"}});
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("g" + std::to_string(i));
  const auto other = connect();
  Dict request{{"workflow", gate_workflow("none")}, {"map", map_of(names)}, {"queue", "one"}};
  const std::string id = at(caller->call("run.submit", request), "id");
  const std::string behind = other->submit(gate_workflow("behind"), {{"queue", "one"}});
  EXPECT_EQ(at(caller->get(behind), "reason/code"), "queue_paused");
  for (const std::string& name : names) gates.open(name);
  gates.open("behind");
  caller->call("queue.resume", {{"name", "one"}});
  caller->wait(behind);
  names.emplace_back("behind");
  EXPECT_EQ(gates.arrivals(), names);
  EXPECT_EQ(at(group(id), "counts/completed"), "200");
}

TEST_F(GroupsOfRuns, AreCancelledByTheirId) {
  gates.open("a");
  const std::string id = at(submit({"a", "b", "c"}), "id");
  ASSERT_TRUE(gates.wait_for("b"));
  caller->wait(id.substr(1));
  const Value reply = caller->call("run.cancel", ids({id}));
  EXPECT_THAT(each(part(reply, "cancelled"), ""), ElementsAre(id));
  const Value ended = caller->call("group.wait", {{"id", id}});
  EXPECT_EQ(at(ended, "status"), "cancelled");
  EXPECT_EQ(at(ended, "counts/cancelled"), "2");
  EXPECT_EQ(at(ended, "counts/completed"), "1");
  EXPECT_THAT(each(part(caller->call("run.cancel", ids({id})), "ended"), ""), ElementsAre(id));
  EXPECT_EQ(caller->refusal("run.cancel", ids({id, "g9"})).word, "unknown_group");
}

TEST_F(GroupsOfRuns, ArePausedAndCancelledByTheirInfo) {
  pause_queue();
  const Dict info{{"shot", "010"}};
  const std::string id = at(submit({"a", "b"}, {{"info", info}}), "id");
  const std::string other = at(submit({"c"}), "id");
  const std::vector<std::string> runs = runs_of(id);
  const Value paused = caller->call("run.pause", {{"info", info}});
  EXPECT_THAT(each(part(paused, "paused"), ""), ElementsAre(runs[1], runs[0]));
  EXPECT_NE(at(caller->get(runs[0]), "paused"), "null");
  EXPECT_EQ(at(caller->get(runs_of(other).front()), "paused"), "null");
  Dict named = ids({id, other});
  named.set("info", info);
  const Value unpaused = caller->call("run.unpause", named);
  EXPECT_THAT(each(part(unpaused, "unpaused"), ""), ElementsAre(id));
  EXPECT_THAT(each(part(unpaused, "passed_over"), ""), ElementsAre(other));
  EXPECT_EQ(at(caller->get(runs[0]), "paused"), "null");
  EXPECT_THAT(each(part(caller->call("run.cancel", named), "cancelled"), ""), ElementsAre(id));
  EXPECT_EQ(at(group(id), "counts/cancelled"), "2");
  EXPECT_EQ(at(group(other), "counts/pending"), "1");
  EXPECT_THAT(each(part(caller->call("run.cancel", named), "ended"), ""), ElementsAre(id));
}

TEST_F(GroupsOfRuns, ArePausedByTheirId) {
  std::vector<std::string> names;
  for (int i = 0; i < 150; ++i) names.push_back("p" + std::to_string(i));
  pause_queue();
  const std::string id = at(submit(names), "id");
  EXPECT_THAT(each(part(caller->call("run.pause", ids({id})), "paused"), ""), ElementsAre(id));
  resume_queue();
  gates.open("other");
  caller->wait(caller->submit(gate_workflow("other")));
  EXPECT_EQ(at(group(id), "counts/pending"), "150");
  crash();
  EXPECT_EQ(at(group(id), "counts/pending"), "150") << "a pause outlives the daemon";
  for (const std::string& name : names) gates.open(name);
  EXPECT_THAT(each(part(caller->call("run.unpause", ids({id})), "unpaused"), ""), ElementsAre(id));
  EXPECT_EQ(at(caller->call("group.wait", {{"id", id}}), "counts/completed"), "150");
  EXPECT_THAT(each(part(caller->call("run.pause", ids({id})), "ended"), ""), ElementsAre(id));
}

TEST_F(GroupsOfRuns, AreThereAfterACrash) {
  gates.open("a");
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  caller->call("queue.pause", {{"name", "one"}});
  const Dict request{{"key", "k"}, {"queue", "one"}};
  const std::string id = at(submit({"a", "b", "c"}, request), "id");
  crash();
  EXPECT_EQ(at(group(id), "counts/pending"), "3");
  EXPECT_EQ(at(submit({"a", "b", "c"}, request), "duplicate"), "true");
  caller->call("queue.resume", {{"name", "one"}});
  EXPECT_EQ(at(caller->wait(id.substr(1)), "status"), "completed");
  ASSERT_TRUE(gates.wait_for("b"));
  crash();
  EXPECT_EQ(at(group(id), "counts/completed"), "1");
  EXPECT_EQ(at(group(id), "status"), "running");
  gates.open("b");
  gates.open("c");
  const Value ended = caller->call("group.wait", {{"id", id}});
  EXPECT_EQ(at(ended, "status"), "interrupted") << "b was running";
}

TEST_F(GroupsOfRuns, AreClearedWithTheirRuns) {
  gates.open("a");
  gates.open("b");
  const std::string id = at(submit({"a", "b"}), "id");
  const std::string open = at(submit({"c"}), "id");
  caller->call("group.wait", {{"id", id}});
  EXPECT_EQ(caller->refusal("run.clear", ids({open})).word, "not_ended");
  EXPECT_EQ(at(caller->call("run.clear", ids({id.substr(1)})), "removed"), "1");
  EXPECT_EQ(at(group(id), "size"), "2");
  EXPECT_EQ(at(group(id), "counts/completed"), "1") << "of those that are there still";
  EXPECT_EQ(at(caller->call("run.clear", ids({id})), "removed"), "1");
  EXPECT_THAT(groups(), ElementsAre(open));
  again();
  EXPECT_THAT(groups(), ElementsAre(open));
}

TEST_F(GroupsOfRuns, AreToldAsTheyAreWhenTheTimeIsOver) {
  const std::string id = at(submit({"a"}), "id");
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(caller->call("group.wait", {{"id", id}, {"timeout", 0}}), "status"), "running");
}

TEST_F(GroupsOfRuns, ShareTheSecretsOfTheirSubmission) {
  gates.open("***");
  pause_queue();
  const std::string id =
      at(submit({"hunter2hunter2"}, {{"secrets", Dict{{"TOKEN", "hunter2hunter2"}}}}), "id");
  const Value runs = part(caller->call("run.list", {{"group", id}}), "runs");
  EXPECT_EQ(at(runs, "0/group_value"), "***");
}

TEST_F(GroupsOfRuns, TellWhatTheyWereSubmittedWith) {
  for (const char* gate : {"a", "b"}) gates.open(gate);
  const std::string id = at(submit({"a", "b"}, {{"retries", 2}, {"description", "d"}}), "id");
  caller->call("group.wait", {{"id", id}});
  EXPECT_EQ(at(group(id), "submitted/retries"), "2");
  const Value run = caller->get(runs_of(id).front());
  EXPECT_EQ(at(run, "submitted/retries"), "2");
  EXPECT_EQ(at(run, "submitted/params/0/target"), "test_gate.gate");
  EXPECT_THAT(at(run, "submitted/params"), HasSubstr("\"b\"")) << "its own, behind what all have in common";
}

TEST_F(GroupsOfRuns, TellWhenTheyHaveEnded) {
  const std::string id = at(submit({"a", "b"}), "id");
  gates.open("a");
  caller->wait(runs_of(id).back());
  EXPECT_EQ(at(group(id), "completed_at"), "null") << "one of them has not";
  gates.open("b");
  caller->call("group.wait", {{"id", id}});
  const std::string ended = at(group(id), "completed_at");
  EXPECT_EQ(ended, at(caller->get(runs_of(id).front()), "completed_at"));
  again();
  EXPECT_EQ(at(group(id), "completed_at"), ended);
}

}  // namespace
}  // namespace vnode::test
