// Rule 42: what a run tells, and what it keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;

RunOptions with_secret() { return {.environment = {.secrets = {{"TOKEN", "hunter2"}}}}; }

TEST(SecretsOfARun, AreInNothingThatItTells) {
  WorkflowBuilder w;
  w.node("a", "test_value", {{"in", "a hunter2"}})
      .node("fails", "test_fail", {{"message", "hunter2 was refused"}})
      .node("print", "console_print")
      .data("a.value", "print.data")
      .exec("print", "fails");
  RunHarness run(w, with_secret());
  run.run();
  EXPECT_THAT(run.sink().lines, Each(Not(HasSubstr("hunter2"))));
  EXPECT_TRUE(run.sink().has("output a value='a ***'"));
  EXPECT_THAT(run.outcome().error, HasSubstr("*** was refused"));
  EXPECT_EQ(run.result("a", "value"), "'a ***'");
  EXPECT_EQ(run.get().results(w.id("a")).find("value")->as_text(), "a ***");
}

TEST(SecretsOfARun, StayInValuesBetweenNodes) {
  WorkflowBuilder w;
  w.node("a", "test_value", {{"in", "hunter2"}})
      .node("length", "string_length")
      .data("a.value", "length.text");
  RunHarness run(w, with_secret());
  run.run();
  EXPECT_EQ(run.result("length", "length"), "7");
}

TEST(SecretsOfARun, AreInNoRefusal) {
  const FakeClock clock;
  struct Last final : EventSink {
    void on_event(const Event& event) override {
      if (const auto* end = std::get_if<ExecutionFinished>(&event.body)) message = end->problems[0].message;
    }
    std::string message;
  } last;
  report_refusal(last, clock, with_secret(), nullptr, {{.code = "x", .message = "no hunter2"}});
  EXPECT_EQ(last.message, "no ***");
}

}  // namespace
}  // namespace vnode::test
