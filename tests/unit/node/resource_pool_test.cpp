#include "node/resource_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Asks a pool, and remembers who was granted what in which order.
class PoolUsers {
 public:
  explicit PoolUsers(ResourcePool& pool) : pool_(pool) {}

  /// Returns how it is called from then on.
  int ask(ResourceDemand demand) {
    const int user = static_cast<int>(numbers_.size());
    demands_.push_back(std::move(demand));
    const ResourcePool::Turn turn =
        pool_.take(demands_.back(), [this, user](ResourcePool::Number) { granted.push_back(user); });
    if (turn.is_granted) granted.push_back(user);
    numbers_.push_back(turn.number);
    return user;
  }
  void end(int user) { pool_.end(numbers_[static_cast<std::size_t>(user)]); }
  ResourcePool::Lack lack_of(int user) const {
    return pool_.lack_of(numbers_[static_cast<std::size_t>(user)]);
  }
  const ResourceDemand& demand(int user) const { return demands_[static_cast<std::size_t>(user)]; }

  std::vector<int> granted;

 private:
  ResourcePool& pool_;
  std::deque<ResourceDemand> demands_;  // stable addresses
  std::vector<ResourcePool::Number> numbers_;
};

const ResourceAmounts kLicense = {{"license", 1000}};

TEST(ResourcePool, GivesSlotsInTheOrderOfAsking) {
  ResourcePool pool(2, {});
  PoolUsers users(pool);
  for (int i = 0; i < 4; ++i) users.ask({});
  EXPECT_THAT(users.granted, ElementsAre(0, 1));
  EXPECT_EQ(users.lack_of(2).what, WaitFor::kSlot);
  users.end(0);
  users.end(1);
  EXPECT_THAT(users.granted, ElementsAre(0, 1, 2, 3));
}

TEST(ResourcePool, HasAtLeastOneSlot) {
  ResourcePool pool(0, {});
  PoolUsers users(pool);
  users.ask({});
  EXPECT_THAT(users.granted, ElementsAre(0));
}

TEST(ResourcePool, GivesAllTogetherOrNothing) {
  ResourcePool pool(2, {{"license", 1000}, {"gpu", 1000}});
  PoolUsers users(pool);
  users.ask({.amounts = kLicense});
  const int both = users.ask({.amounts = {{"license", 1000}, {"gpu", 500}}});
  EXPECT_EQ(users.lack_of(both).detail, "license: needs 1, 0 of 1 free");
  users.end(0);
  EXPECT_THAT(users.granted, ElementsAre(0, both));
}

TEST(ResourcePool, KeepsForTheFirstWhatItNeedsAndLetsOthersPass) {
  ResourcePool pool(4, {{"gpu", 1000}, {"mem", 8000}});
  PoolUsers users(pool);
  users.ask({.amounts = {{"gpu", 500}}});
  const int large = users.ask({.amounts = {{"gpu", 1000}, {"mem", 6000}}});
  const int small = users.ask({.amounts = {{"gpu", 500}}});  // there is as much, but it is kept
  const int without = users.ask({});
  const int little = users.ask({.amounts = {{"mem", 2000}}});
  EXPECT_THAT(users.granted, ElementsAre(0, without, little));
  EXPECT_EQ(users.lack_of(small).detail, "gpu=0.5: kept for who came before");
  users.end(0);
  EXPECT_THAT(users.granted, ElementsAre(0, without, little, large));
  users.end(large);
  EXPECT_EQ(users.granted.back(), small);
}

TEST(ResourcePool, ASlotDoesNotLieIdleForOneThatWaitsForALicense) {
  ResourcePool pool(2, {{"license", 1000}});
  PoolUsers users(pool);
  users.ask({.amounts = kLicense});
  const int second = users.ask({.amounts = kLicense});
  const int third = users.ask({});
  EXPECT_THAT(users.granted, ElementsAre(0, third));
  users.end(third);
  const int fourth = users.ask({});
  EXPECT_EQ(users.granted.back(), fourth);
  users.end(0);
  EXPECT_EQ(users.granted.back(), second);
}

TEST(ResourcePool, OneThatGivesUpKeepsNothingFromOthers) {
  ResourcePool pool(3, {{"license", 1000}});
  PoolUsers users(pool);
  users.ask({.amounts = {{"license", 500}}});
  const int all = users.ask({.amounts = kLicense});
  const int half = users.ask({.amounts = {{"license", 500}}});
  EXPECT_THAT(users.granted, ElementsAre(0));
  users.end(all);
  EXPECT_THAT(users.granted, ElementsAre(0, half));
  users.end(all);  // once more harms nothing
}

TEST(ResourcePool, WithoutASlotOnlyTheResourceCounts) {
  ResourcePool pool(1, {{"license", 1000}});
  PoolUsers users(pool);
  users.ask({});
  const int light = users.ask({.slot = false, .amounts = kLicense});
  EXPECT_THAT(users.granted, ElementsAre(0, light));
}

TEST(ResourcePool, IsShutWhileTheRunIsPaused) {
  ResourcePool pool(2, {});
  PoolUsers users(pool);
  users.ask({});
  pool.hold();
  for (int i = 1; i <= 3; ++i) users.ask({});
  EXPECT_EQ(users.lack_of(1).detail, "the run is paused");
  users.end(0);
  EXPECT_THAT(users.granted, ElementsAre(0));
  pool.release();
  EXPECT_THAT(users.granted, ElementsAre(0, 1, 2)) << "as many as there are";
  users.end(1);
  EXPECT_THAT(users.granted, ElementsAre(0, 1, 2, 3));
}

/// Whatever order users come and go in: never more than there is, and everyone has a turn.
TEST(ResourcePool, NeverGivesMoreThanThereIsAndForgetsNobody) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const ResourceAmounts total = {{"gpu", 2000}, {"license", 1000}};
    ResourcePool pool(2, total);
    PoolUsers users(pool);
    std::vector<int> holders;
    std::size_t seen = 0;
    const auto look = [&] {
      for (; seen < users.granted.size(); ++seen) holders.push_back(users.granted[seen]);
      ResourceAmounts used;
      int slots = 0;
      for (const int holder : holders) {
        slots += users.demand(holder).slot ? 1 : 0;
        for (const auto& [name, amount] : users.demand(holder).amounts) used[name] += amount;
      }
      EXPECT_LE(slots, 2);
      for (const auto& [name, amount] : used) EXPECT_LE(amount, total.at(name));
    };
    const auto end_one = [&] {
      const std::size_t at = random() % holders.size();
      const int holder = holders[at];
      holders.erase(holders.begin() + static_cast<std::ptrdiff_t>(at));
      users.end(holder);
      look();
    };
    int asked = 0;
    for (; asked < 60; ++asked) {
      ResourceDemand demand{.slot = random() % 4 != 0};
      if (random() % 2 == 0) demand.amounts["gpu"] = 500 * (1 + random() % 4);
      if (random() % 3 == 0) demand.amounts["license"] = 1000;
      users.ask(std::move(demand));
      look();
      if (random() % 2 == 0 && !holders.empty()) end_one();
    }
    while (!holders.empty()) end_one();
    EXPECT_EQ(users.granted.size(), static_cast<std::size_t>(asked));
  }
}

/// Lends when it is told to.
class SlowLender final : public ResourceLender {
 public:
  bool is_possible(const ResourceAmounts& amounts) const override { return has_all(kLicense, amounts); }
  std::uint64_t borrow(const ResourceAmounts&, std::function<void()> granted) override {
    asked.push_back(std::move(granted));
    return asked.size();
  }
  void end(std::uint64_t loan) override { ended.push_back(loan); }
  std::string lack_of(const ResourceAmounts& amounts) const override {
    return resource_amounts_text(amounts);
  }

  std::vector<std::function<void()>> asked;
  std::vector<std::uint64_t> ended;
};

TEST(ResourcePool, BorrowsBeforeItTakesASlotAndThenComesFirst) {
  SlowLender lender;
  ResourcePool pool(1, {}, &lender, [](const std::function<void()>& work) { work(); });
  PoolUsers users(pool);
  const int borrower = users.ask({.amounts = kLicense});
  EXPECT_EQ(users.lack_of(borrower).what, WaitFor::kResource);
  EXPECT_EQ(users.lack_of(borrower).detail, "license=1");
  const int first = users.ask({});
  const int next = users.ask({});
  EXPECT_THAT(users.granted, ElementsAre(first)) << "nobody holds a slot that waits";
  lender.asked.at(0)();
  EXPECT_EQ(users.lack_of(borrower).what, WaitFor::kSlot);
  users.end(first);
  EXPECT_THAT(users.granted, ElementsAre(first, borrower));
  EXPECT_THAT(lender.ended, IsEmpty());
  users.end(borrower);
  EXPECT_THAT(lender.ended, ElementsAre(1));
  EXPECT_EQ(users.granted.back(), next);
}

TEST(ResourcePool, KnowsWhatCouldNeverBeGranted) {
  const ResourcePool own(1, kLicense);
  SlowLender lender;
  const ResourcePool borrowing(1, {}, &lender, [](const std::function<void()>& work) { work(); });
  for (const ResourcePool* pool : {&own, &borrowing}) {
    EXPECT_TRUE(pool->is_possible(kLicense));
    EXPECT_FALSE(pool->is_possible({{"license", 1001}}));
    EXPECT_FALSE(pool->is_possible({{"gpu", 1}}));
  }
}

TEST(ResourcePool, ALoanIsNotKeptOverAPause) {
  SlowLender lender;
  ResourcePool pool(1, {}, &lender, [](const std::function<void()>& work) { work(); });
  PoolUsers users(pool);
  const int slot = users.ask({});
  users.ask({.amounts = kLicense});
  lender.asked.at(0)();  // has it, and waits for the slot
  users.ask({.amounts = kLicense});
  pool.hold();
  EXPECT_THAT(lender.ended, ElementsAre(1, 2));
  lender.asked.at(1)();
  const int given_up = users.ask({.amounts = kLicense});
  users.end(given_up);
  EXPECT_EQ(lender.asked.size(), 2u) << "nothing is asked for meanwhile";
  pool.release();
  EXPECT_EQ(lender.asked.size(), 4u);
  lender.asked.at(1)();  // late
  lender.asked.at(2)();
  users.end(slot);
  EXPECT_THAT(users.granted, ElementsAre(0, 1));
}

TEST(ResourcePool, ALoanThatComesTooLateIsLeftAlone) {
  SlowLender lender;
  std::vector<std::function<void()>> posted;
  {
    ResourcePool pool(1, {}, &lender,
                      [&posted](std::function<void()> work) { posted.push_back(std::move(work)); });
    PoolUsers users(pool);
    const int given_up = users.ask({.amounts = kLicense});
    users.ask({.amounts = kLicense});
    lender.asked.at(0)();
    users.end(given_up);
    posted.at(0)();
    EXPECT_THAT(users.granted, IsEmpty());
    lender.asked.at(1)();
  }
  posted.at(1)();  // the pool is gone
  EXPECT_THAT(lender.ended, ElementsAre(1, 2));
}

}  // namespace
}  // namespace vnode::test
