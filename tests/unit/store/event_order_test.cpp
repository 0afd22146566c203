#include "store/event_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class EventOrders : public testing::Test {
 protected:
  void take(std::uint64_t seq) { order.take("event", {"node_log", seq, seq}, 10 * seq, accept); }
  std::vector<std::uint64_t> told() { return std::exchange(accepted, {}); }

  std::vector<std::uint64_t> accepted;
  EventOrder order;
  const EventOrder::Accept accept = [this](std::string_view, const EventHead& head, std::uint64_t end) {
    EXPECT_EQ(end, 10 * head.seq);
    accepted.push_back(head.seq);
  };
};

TEST_F(EventOrders, AreThatOfTheFile) {
  for (const std::uint64_t seq : {1U, 2U, 3U}) take(seq);
  EXPECT_THAT(told(), ElementsAre(1, 2, 3));
  EXPECT_EQ(order.last_seq(), 3U);
}

TEST_F(EventOrders, BelieveInAHoleOnceAsManyHaveFollowedAsAreMissing) {
  for (const std::uint64_t seq : {1U, 4U, 5U}) take(seq);
  EXPECT_THAT(told(), ElementsAre(1));
  take(6);
  EXPECT_THAT(told(), ElementsAre(4, 5, 6));
}

TEST_F(EventOrders, BelieveInAnyHoleAtTheEnd) {
  for (const std::uint64_t seq : {1U, 400U}) take(seq);
  EXPECT_THAT(told(), ElementsAre(1));
  order.settle(accept);
  EXPECT_THAT(told(), ElementsAre(400));
  take(401);
  EXPECT_THAT(told(), ElementsAre(401));
}

TEST_F(EventOrders, GiveUpNumbersThatSmallerOnesFollow) {
  for (const std::uint64_t seq : {1U, 500U, 501U, 502U, 3U, 4U}) take(seq);
  order.settle(accept);
  EXPECT_THAT(told(), ElementsAre(1, 3, 4));
}

TEST_F(EventOrders, PassOverWhatWasThereAlready) {
  for (const std::uint64_t seq : {1U, 2U, 1U, 2U}) take(seq);
  EXPECT_THAT(told(), ElementsAre(1, 2));
  order.take("gap", {"stream_gap", 5, 2}, 50, accept);
  order.settle(accept);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(EventOrders, KeepOnlySoMany) {
  take(1);
  for (std::uint64_t seq = 5'000'000; seq < 5'002'000; ++seq) take(seq);
  EXPECT_EQ(told().size(), 2001U);
}

}  // namespace
}  // namespace vnode::test
