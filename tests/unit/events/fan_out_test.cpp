#include "events/fan_out.h"

#include <gtest/gtest.h>

#include "support/sample_events.h"

namespace vnode::test {
namespace {

class CountingSink final : public EventSink {
 public:
  explicit CountingSink(bool wants, Result<void> at_close = {})
      : wants_(wants), at_close_(std::move(at_close)) {}
  void on_event(const Event&) override { ++events; }
  bool wants_node_events() const override { return wants_; }
  void flush() override { ++flushes; }
  Result<void> close() override {
    ++closes;
    return at_close_;
  }
  int events = 0;
  int flushes = 0;
  int closes = 0;

 private:
  bool wants_;
  Result<void> at_close_;
};

TEST(FanOut, GivesEverySinkEverything) {
  CountingSink a(true);
  CountingSink b(false);
  FanOut all;
  all.add(a);
  all.add(b);
  all.on_event(sample_event(StreamGap{}));
  all.flush();
  EXPECT_TRUE(all.close());
  for (const CountingSink* sink : {&a, &b}) {
    EXPECT_EQ(sink->events, 1);
    EXPECT_EQ(sink->flushes, 1);
    EXPECT_EQ(sink->closes, 1);
  }
}

TEST(FanOut, WantsNodeEventsWhenAnyDoes) {
  CountingSink yes(true);
  CountingSink no(false);
  FanOut all;
  all.add(no);
  EXPECT_FALSE(all.wants_node_events());
  all.add(yes);
  EXPECT_TRUE(all.wants_node_events());
}

TEST(FanOut, ClosesAllAndReturnsTheFirstError) {
  CountingSink a(true, Error{ErrorCode::kIo, "first"});
  CountingSink b(true, Error{ErrorCode::kIo, "second"});
  FanOut all;
  all.add(a);
  all.add(b);
  const Result<void> closed = all.close();
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().message, "first");
  EXPECT_EQ(b.closes, 1);
}

}  // namespace
}  // namespace vnode::test
