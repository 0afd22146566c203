#include "store/event_line.h"

#include <gtest/gtest.h>

#include "events/event_json.h"
#include "support/sample_events.h"

namespace vnode::test {
namespace {

std::string line_of(const Event& event) {
  std::string line;
  EventFormatter().append_line(line, event);
  return line;
}

TEST(EventLine, KnowsWhatTheEngineWrites) {
  for_each_sample_event([](const Event& event) {
    if (std::holds_alternative<StreamGap>(event.body)) return;
    std::string line = line_of(event);
    EXPECT_EQ(parse_event_seq(line), 7U) << line;
    line.pop_back();
    const auto head = parse_event_line(line);
    ASSERT_TRUE(head) << line;
    EXPECT_EQ(head->seq, 7U);
    EXPECT_EQ(head->from, 7U);
    EXPECT_EQ(head->type, type_name(event.body));
  });
}

TEST(EventLine, AGapIsWrittenAsTheEngineWritesIt) {
  for (const auto& [from, to] : {std::pair(1, 1), std::pair(7, 4'000'000)}) {
    Event event = sample_event(StreamGap{static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to)});
    event.seq = static_cast<std::uint64_t>(to);
    event.run_id = "a \"run\"";
    const std::string line = stream_gap_line(
        "a \"run\"", event.seq - event.seq + static_cast<std::uint64_t>(from), event.seq, event.time);
    EXPECT_EQ(line, line_of(event));
    const auto head = parse_event_line(std::string_view(line).substr(0, line.size() - 1));
    ASSERT_TRUE(head);
    EXPECT_EQ(head->from, static_cast<std::uint64_t>(from));
    EXPECT_EQ(head->seq, event.seq);
  }
}

TEST(EventLine, TheStartOfALineTellsItsSeq) {
  EXPECT_EQ(parse_event_seq(R"({"type":"node_log","seq":18446744073709551615,"ti)"), 18446744073709551615U);
  EXPECT_EQ(parse_event_seq(R"({"type":"node_log","seq":3})"), 3U);
  for (const char* text :
       {"", "{", R"({"type":"node_log)", R"({"type":"node_log","seq":)", R"({"type":"node_log","seq":12)",
        R"({"type":"node_log","seq":-1,)", R"({"type":"node_log","seq":"1",)",
        R"({"seq":1,"type":"node_log"})", R"({"type":"node_log","seq":99999999999999999999,)"}) {
    EXPECT_FALSE(parse_event_seq(text)) << text;
  }
}

TEST(EventLine, OtherOrdersAndSpacesAreEventsToo) {
  const auto head =
      parse_event_line(R"({ "seq": 4, "deep": {"seq": 9, "l": [{"type": "x"}]}, "type": "node_log" })");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->seq, 4U);
  EXPECT_EQ(head->type, "node_log");
}

TEST(EventLine, EverythingElseIsNone) {
  for (const std::string text :
       {"", "{}", "[]", "7", "null", R"({"type":"a"})", R"({"seq":1})", R"({"type":"a","seq":0})",
        R"({"type":"a","seq":1.0})", R"({"type":"a","seq":1)", R"({"type":"a","seq":1}})",
        R"([{"type":"a","seq":1}])", R"({"type":"stream_gap","seq":2})",
        R"({"type":"stream_gap","seq":2,"from":1,"to":3})",
        R"({"type":"stream_gap","seq":2,"from":3,"to":2})",
        R"({"type":"stream_gap","seq":2,"from":0,"to":2})", "{\"type\":\"a\",\"seq\":1,\"t\":\"\xff\"}"}) {
    EXPECT_FALSE(parse_event_line(text)) << text;
  }
}

}  // namespace
}  // namespace vnode::test
