#include "apps/vnode/show/error_printer.h"

#include <gtest/gtest.h>

#include "support/pipe.h"

namespace vnode::test {
namespace {

Event event_of(EventBody body) { return Event{1, WallTime(), "run", std::nullopt, std::move(body)}; }

TEST(ErrorPrinterTest, WritesErrorsAndNothingElse) {
  Pipe pipe;
  ErrorPrinter printer(pipe.writer(), false);
  printer.on_event(event_of(NodeLog{LogLevel::kWarning, "careful"}));
  printer.on_event(event_of(NodeLog{LogLevel::kError, "broken\x1b[2J"}));
  printer.on_event(
      event_of(ExecutionFinished{.status = RunStatus::kFailed, .exit_code = 1, .error = "broken"}));
  EXPECT_TRUE(printer.close());
  EXPECT_EQ(pipe.read_some(), "vnode: error: broken\\x1b[2J\n");
}

TEST(ErrorPrinterTest, SaysThatItWasCutOff) {
  Pipe pipe;
  ErrorPrinter printer(pipe.writer(), true);
  const ExecutionFinished last{.status = RunStatus::kCancelled, .exit_code = 130, .error = "ended at once"};
  EXPECT_TRUE(printer.cut_off(last, std::chrono::seconds(20)));
  printer.on_event(event_of(last));
  EXPECT_TRUE(printer.close());
  EXPECT_EQ(pipe.read_some(), "vnode: \x1b[1m\x1b[31merror\x1b[0m: ended at once\n");
}

TEST(ErrorPrinterTest, CallsNodesByTheirNames) {
  Pipe pipe;
  ErrorPrinter printer(pipe.writer(), false);
  Event event = event_of(NodeError{"no such file"});
  const std::int64_t item = 3;
  event.node = NodeRef{.instance_id = *Uuid::parse("1b4e28ba-2fa1-11d2-883f-b9a761bde3fb"),
                       .node_type = "run_command",
                       .name = "render",
                       .iteration = {&item, 1}};
  printer.on_event(event);
  event.node->name = {};
  event.node->iteration = {};
  printer.on_event(event);
  EXPECT_TRUE(printer.close());
  EXPECT_EQ(pipe.read_some(),
            "vnode: error: render[3]: no such file\nvnode: error: run_command 1b4e28ba: no such file\n");
}

}  // namespace
}  // namespace vnode::test
