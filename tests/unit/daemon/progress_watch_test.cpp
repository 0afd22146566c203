// How far runs are, as those who watch the table are told.
#include "daemon/progress_watch.h"

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using Progress = CallerFixture;

TEST_F(Progress, IsToldWhileARunGoesOn) {
  begin();
  const auto watcher = connect();
  watcher->call("run.watch");
  const std::string id = caller->submit(document(
      WorkflowBuilder().node("gate", "test_gate", {{"gate", "a"}}).node("quick", "test_pass", {{"in", 1}})));
  ASSERT_TRUE(gates.wait_for("a"));
  const auto has_ended_one = [](const Value& params) { return at(params, "run/progress/ended") == "1"; };
  const Value told = watcher->next("run.changed", has_ended_one);
  EXPECT_EQ(at(told, "run/id"), id);
  EXPECT_EQ(at(told, "run/progress"), R"({"nodes":2,"ended":1,"failed":0,"fraction":0.5,"slowest":null})");
  EXPECT_EQ(at(caller->get(id), "progress/ended"), "1");
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "progress"), "null") << "an end says it all";
}

TEST_F(Progress, IsToldToWhoComesLater) {
  begin();
  const std::string id = caller->submit(document(
      WorkflowBuilder().node("gate", "test_gate", {{"gate", "a"}}).node("quick", "test_pass", {{"in", 1}})));
  ASSERT_TRUE(gates.wait_for("a"));
  const auto watcher = connect();
  watcher->call("run.watch");
  watcher->next("run.changed", [](const Value& params) { return at(params, "run/progress/nodes") == "2"; });
  caller->cancel(id);
}

}  // namespace
}  // namespace vnode::test
