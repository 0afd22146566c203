// Lists that are long enough to be written down on another thread.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

class LongLists : public DaemonFixture {};

TEST_F(LongLists, AreWholeAndInOrder) {
  start();
  const auto caller = connect();
  caller->call("queue.pause", {{"name", "default"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(caller->submit(quick_workflow(), {{"info", Dict{{"n", i}}}}));
  const Value list = caller->call("run.list");
  EXPECT_EQ(each(part(list, "runs"), "id"), std::vector<std::string>(ids.rbegin(), ids.rend()));
  EXPECT_EQ(at(list, "runs/0/info/n"), "39");
  EXPECT_EQ(at(list, "runs/0/reason/code"), "queue_paused");
  EXPECT_EQ(at(list, "more"), "false");
}

TEST_F(LongLists, OfTheTableComeBeforeItsChanges) {
  start();
  const auto caller = connect();
  caller->call("queue.pause", {{"name", "default"}});
  for (int i = 0; i < 40; ++i) caller->submit(quick_workflow());
  RawConnection watching = connect_raw();
  watching.read_line();
  // What changes while the list is being written down is told behind it.
  watching.send(R"({"jsonrpc":"2.0","id":1,"method":"run.watch"})"
                "\n");
  for (int i = 0; i < 5; ++i) caller->submit(quick_workflow());
  const std::optional<std::string> first = watching.read_line();
  ASSERT_TRUE(first);
  EXPECT_THAT(*first, testing::HasSubstr(R"("id":1,"result":{"subscription":1)"));
}

}  // namespace
}  // namespace vnode::test
