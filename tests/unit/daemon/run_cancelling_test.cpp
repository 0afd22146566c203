// Cancelling many runs at once.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

class ManyRuns : public DaemonFixture {};

TEST_F(ManyRuns, AreCancelledAndNoneStartsMeanwhile) {
  start();
  const auto caller = connect();
  constexpr int kRuns = 1500;
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  const std::string first = caller->submit(gate_workflow("a"), {{"queue", "one"}});
  ASSERT_TRUE(gates.wait_for("a"));
  RawConnection raw = connect_raw();
  std::string lines;
  for (int i = 1; i <= kRuns; ++i) {
    lines += R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
             R"(,"method":"run.submit","params":{"queue":"one","workflow":)" + at(quick_workflow(), "") +
             "}}\n";
  }
  std::thread sending([&] { raw.send(lines); });
  std::vector<std::string> submitted;
  for (int i = 0; i < kRuns; ++i) submitted.push_back(at(raw.read_reply(), "result/id"));
  sending.join();
  const Value reply = caller->call("run.cancel", {{"all", true}});
  const std::vector<std::string> cancelled = each(part(reply, "cancelled"), "");
  ASSERT_EQ(cancelled.size(), kRuns + 1U);
  EXPECT_TRUE(std::is_sorted(cancelled.begin(), cancelled.end()));
  EXPECT_EQ(cancelled.front(), first);
  EXPECT_EQ(at(caller->wait(first), "status"), "cancelled");
  const Value page = caller->call("run.list", {{"limit", 1000}});
  for (const Value& run : part(page, "runs").as_list()) {
    ASSERT_EQ(at(run, "status"), "cancelled");
    ASSERT_EQ(at(run, "started_at"), "null");
  }
  EXPECT_EQ(at(caller->call("daemon.info"), "runs"), R"({"cancelled":1501})");
  EXPECT_EQ(at(caller->call("run.clear"), "removed"), "1501");
  EXPECT_EQ(at(caller->call("daemon.info"), "runs"), "{}");
}

TEST_F(ManyRuns, AreCancelledInTheOrderInWhichTheyWereNamed) {
  start();
  const auto caller = connect();
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  const std::string first = caller->submit(gate_workflow("a"), {{"queue", "one"}});
  ASSERT_TRUE(gates.wait_for("a"));
  const std::string second = caller->submit(gate_workflow("b"), {{"queue", "one"}});
  const std::string ended = caller->submit(quick_workflow());
  caller->wait(ended);
  const Value ids = Value::list({Value(first), Value(ended), Value(second)});
  const Value reply = caller->call("run.cancel", {{"ids", ids}});
  EXPECT_THAT(each(part(reply, "cancelled"), ""), testing::ElementsAre(first, second));
  EXPECT_THAT(each(part(reply, "ended"), ""), testing::ElementsAre(ended));
  EXPECT_EQ(at(caller->get(second), "started_at"), "null") << "it did not get the room of the first";
}

}  // namespace
}  // namespace vnode::test
