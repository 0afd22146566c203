// Which runs a call stands for: ids, info, or both. Groups: method_groups_test.cpp.
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

class PickingRuns : public DaemonFixture {};

TEST_F(PickingRuns, TakesThoseWithThatInfo) {
  start();
  const auto caller = connect();
  caller->call("queue.pause", {{"name", "default"}});
  const auto of_shot = [](const char* shot) { return Dict{{"info", Dict{{"shot", shot}, {"take", 1}}}}; };
  const std::string first = caller->submit(quick_workflow(), of_shot("010"));
  const std::string other = caller->submit(quick_workflow(), of_shot("020"));
  const std::string second = caller->submit(quick_workflow(), of_shot("010"));
  const std::string without = caller->submit(quick_workflow());
  const Value reply = caller->call("run.cancel", {{"info", Dict{{"shot", "010"}, {"take", "1"}}}});
  EXPECT_THAT(each(part(reply, "cancelled"), ""), testing::ElementsAre(first, second));
  EXPECT_THAT(each(part(reply, "ended"), ""), testing::IsEmpty());
  EXPECT_EQ(caller->status(other), "pending");
  EXPECT_EQ(caller->status(without), "pending");
  const Value ids = Value::list({Value(without), Value(first), Value(other)});
  const Value named =
      caller->call("run.cancel", {{"ids", ids}, {"info", Dict{{"shot", "020"}, {"take", "1"}}}});
  EXPECT_THAT(each(part(named, "cancelled"), ""), testing::ElementsAre(other));
  EXPECT_THAT(each(part(named, "ended"), ""), testing::ElementsAre(first));
  EXPECT_THAT(each(part(named, "passed_over"), ""), testing::ElementsAre(without));
  const Value none = caller->call("run.cancel", {{"all", true}, {"info", Dict{{"shot", "030"}}}});
  EXPECT_THAT(each(part(none, "cancelled"), ""), testing::IsEmpty());
  EXPECT_EQ(caller->status(without), "pending") << "'all' with 'info' is all that have it";
}

}  // namespace
}  // namespace vnode::test
