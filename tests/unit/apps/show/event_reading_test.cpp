#include "apps/vnode/show/event_reading.h"

#include <gtest/gtest.h>

#include "events/event_json.h"
#include "model/json_reader.h"
#include "support/sample_events.h"

namespace vnode {
namespace {

std::string line_of(const Event& event) {
  std::string line;
  EventFormatter().append_line(line, event);
  return line;
}

/// Nothing shows outputs and why nodes start: they are not read.
bool is_read_completely(const Event& event) {
  return !std::holds_alternative<NodeOutput>(event.body) &&
         !std::holds_alternative<NodeStarted>(event.body) &&
         !std::holds_alternative<ExecutionFinished>(event.body);
}

TEST(EventReading, ReadsEveryTypeBack) {
  test::for_each_sample_event([](const Event& event) {
    const std::string line = line_of(event);
    const ReadEvent read(parse_json(line).value());
    ASSERT_TRUE(read.event()) << line;
    EXPECT_EQ(read.event()->body.index(), event.body.index()) << line;
    EXPECT_EQ(read.event()->seq, event.seq);
    EXPECT_EQ(read.event()->time, event.time);
    if (is_read_completely(event)) {
      EXPECT_EQ(line_of(*read.event()), line);
    }
  });
}

TEST(EventReading, ReadsTheEnd) {
  ExecutionFinished finished;
  finished.status = RunStatus::kTimeout;
  finished.exit_code = 124;
  finished.nodes.failed = 2;
  finished.error = "too long";
  const ReadEvent read(parse_json(line_of(test::sample_event(finished))).value());
  const auto& body = std::get<ExecutionFinished>(read.event()->body);
  EXPECT_EQ(body.status, RunStatus::kTimeout);
  EXPECT_EQ(body.exit_code, 124);
  EXPECT_EQ(body.nodes.failed, 2u);
  EXPECT_EQ(body.error, "too long");
}

TEST(EventReading, WhatIsNotKnownIsNoEvent) {
  for (const char* odd : {"{}", "[]", "1", R"({"type":"future_event","seq":1})", R"({"type":1})"}) {
    EXPECT_FALSE(ReadEvent(parse_json(odd).value()).event()) << odd;
  }
  EXPECT_TRUE(ReadEvent(parse_json(R"({"type":"node_log","node_id":"x","time":"?"})").value()).event());
}

}  // namespace
}  // namespace vnode
