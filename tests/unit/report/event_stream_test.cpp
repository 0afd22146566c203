#include "report/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/event_lines.h"

namespace vnode {
namespace {

using test::EventLines;
using test::kNode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Reading {
  std::size_t events = 0;
  StreamSummary summary;
};

Reading read(std::string_view text, std::size_t block = 1'000'000) {
  Reading reading;
  EventStream stream([&reading](const ReportEvent&) { ++reading.events; }, false);
  for (std::size_t at = 0; at < text.size(); at += block) stream.feed(text.substr(at, block));
  reading.summary = stream.finish();
  return reading;
}

std::string whole_run() {
  return EventLines().start().started(kNode).finished(kNode, "success").end("completed").text();
}

TEST(EventStream, TellsEventsHoweverTheyArrive) {
  for (const std::size_t block : {1UL, 7UL, 100UL, 1'000'000UL}) {
    const Reading reading = read(whole_run(), block);
    EXPECT_EQ(reading.events, 4U);
    EXPECT_THAT(reading.summary.warnings(), IsEmpty());
  }
}

TEST(EventStream, TellsWhatIsThereOfAFileThatIsCutAnywhere) {
  const std::string text = whole_run();
  for (std::size_t size = 1; size < text.size() - 2; ++size) {
    const Reading reading = read(text.substr(0, size));
    EXPECT_LE(reading.events, 3U) << size;
    EXPECT_FALSE(reading.summary.has_ended) << size;
    EXPECT_THAT(reading.summary.warnings(), testing::SizeIs(1)) << size;
  }
}

TEST(EventStream, TakesALastLineWithoutItsEnd) {
  std::string text = whole_run();
  text.pop_back();
  EXPECT_THAT(read(text).summary.warnings(), IsEmpty());
}

TEST(EventStream, PassesOverWhatIsNoEvent) {
  const Reading reading = read("junk\n" + whole_run() + "{\"type\":\"x\"}\n[]\n\n");
  EXPECT_EQ(reading.events, 4U);
  EXPECT_EQ(reading.summary.bad_lines, 3U);
  EXPECT_THAT(reading.summary.warnings(), ElementsAre("3 lines are no events, the first is line 1"));
}

TEST(EventStream, KnowsNoEventInAnythingElse) {
  for (const char* foreign : {"", "\n\n", "{\"nodes\": []}\n", "PK\x03\x04 binary", "null", "[1,2]"}) {
    EXPECT_EQ(read(foreign).summary.events, 0U) << foreign;
  }
}

TEST(EventStream, SaysThatItIsOfANewerVersion) {
  const std::string text =
      EventLines().start(1, "vnode.event/2").line("node_dreamt", "\"of\":1").end("completed").text();
  const Reading reading = read(text);
  EXPECT_EQ(reading.events, 3U);
  EXPECT_THAT(reading.summary.warnings(), ElementsAre(HasSubstr("vnode.event/2")));
}

TEST(EventStream, CountsAttemptsAndGaps) {
  const std::string text =
      EventLines().start(1).line("stream_gap", "\"from\":2,\"to\":9").start(2).end("completed").text();
  EXPECT_THAT(read(text).summary.warnings(),
              ElementsAre(HasSubstr("2 attempts"), HasSubstr("missing in 1 place")));
}

TEST(EventStream, DoesNotReadOutputsThatNobodyWants) {
  std::string text = EventLines().start().text();
  text += R"({"type":"node_output","seq":2,"run_id":"r1","output":{"x":)" + std::string("not JSON") + "}}\n";
  const Reading reading = read(text);
  EXPECT_EQ(reading.events, 1U);
  EXPECT_EQ(reading.summary.bad_lines, 0U);
}

TEST(EventStream, HoldsNoLineWithoutAnEnd) {
  EventStream stream([](const ReportEvent&) {}, true);
  const std::string block(1024 * 1024, 'x');
  for (int i = 0; i < 70; ++i) stream.feed(block);
  stream.feed("\n" + whole_run());
  EXPECT_EQ(stream.finish().events, 4U);
  EXPECT_EQ(stream.finish().bad_lines, 1U);
}

}  // namespace
}  // namespace vnode
