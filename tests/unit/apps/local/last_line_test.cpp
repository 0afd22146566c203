#include "apps/vnode/local/last_line.h"

#include <gtest/gtest.h>

#include "events/sink.h"

namespace vnode::test {
namespace {

struct CountingSink final : EventSink {
  void on_event(const Event&) override { ++events; }
  int events = 0;
};

Event finished(int exit_code) {
  return {1, WallTime(), "run", std::nullopt, ExecutionFinished{.exit_code = exit_code}};
}

TEST(LastLine, TellsTheCodeOfTheRunsOwnEnd) {
  CountingSink sink;
  LastLine line(sink);
  EXPECT_FALSE(line.exit_code());
  line.on_event(finished(0));
  EXPECT_EQ(line.cut_off(130, [] { FAIL() << "it is too late"; }), 0);
  EXPECT_EQ(line.exit_code(), 0);
  EXPECT_EQ(sink.events, 1);
}

TEST(LastLine, IsToldOnceWhenTheRunIsCutOff) {
  CountingSink sink;
  LastLine line(sink);
  int told = 0;
  EXPECT_EQ(line.cut_off(130, [&told] { ++told; }), 130);
  line.on_event(finished(0));
  EXPECT_EQ(line.cut_off(130, [&told] { ++told; }), 130);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(sink.events, 0);
}

}  // namespace
}  // namespace vnode::test
