#include "report/chrome_report.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "model/json_reader.h"
#include "model/members.h"
#include "unit/report/event_lines.h"

namespace vnode {
namespace {

using test::EventLines;
using test::kNode;
using test::kOther;

/// The complete events of a trace, but for that of the run itself.
std::vector<Value> slices(const std::string& json) {
  const Result<Value> trace = parse_json(json);
  EXPECT_TRUE(trace) << json;
  std::vector<Value> found;
  if (!trace) return found;
  for (const Value& event : list_member(*trace, "traceEvents")) {
    if (text_view(event, "ph") == "X" && text_view(event, "cat") != "run") found.push_back(event);
  }
  return found;
}

std::string trace_of(const EventLines& lines) { return test::report_of("chrome", lines.text()); }

TEST(ChromeReport, HasASliceAnExecution) {
  const auto found =
      slices(trace_of(EventLines().start().started(kNode).finished(kNode, "success").end("completed")));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(text_member(found[0], "name"), "render");
  EXPECT_EQ(integer_member(found[0], "ts"), 1000);
  EXPECT_EQ(integer_member(found[0], "dur"), 1000);
}

TEST(ChromeReport, PutsWhatFollowsOnOneTrackAndWhatIsAtOnceOnSeveral) {
  EventLines lines;
  lines.start().started(kNode).started(kOther).finished(kOther, "success").finished(kNode, "success");
  lines.started(kOther).finished(kOther, "success").end("completed");
  const auto found = slices(trace_of(lines));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(integer_member(found[0], "tid"), 2);
  EXPECT_EQ(integer_member(found[1], "tid"), 1);
  EXPECT_EQ(integer_member(found[2], "tid"), 1);
}

TEST(ChromeReport, HasTracksOfMapsAndProcessesOfHosts) {
  EventLines lines;
  lines.start()
      .started(kNode, R"(,"iteration":[0],"host":"farm1")")
      .started(kNode, R"(,"iteration":[1],"host":"farm2")");
  lines.finished(kNode, "success", R"(,"iteration":[0])").finished(kNode, "success", R"(,"iteration":[1])");
  const auto found = slices(trace_of(lines));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(text_member(found[0], "name"), "render [0]");
  EXPECT_NE(integer_member(found[0], "pid"), integer_member(found[1], "pid"));
  EXPECT_GT(integer_member(found[0], "tid"), 10'000);
}

TEST(ChromeReport, EndsWhatWasCutOff) {
  const auto found = slices(trace_of(EventLines().start().started(kNode)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(text_member(*member(found[0], "args"), "status"), "the events end here");
}

TEST(ChromeReport, HasAllAttempts) {
  EventLines lines;
  lines.start(1).started(kNode).start(2).started(kNode).finished(kNode, "success").end("completed");
  EXPECT_EQ(slices(trace_of(lines)).size(), 2U);
}

TEST(ChromeReport, OfNothingIsATrace) { EXPECT_TRUE(slices(test::report_of("chrome", "")).empty()); }

}  // namespace
}  // namespace vnode
