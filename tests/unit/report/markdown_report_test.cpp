#include "report/markdown_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/event_lines.h"

namespace vnode {
namespace {

using test::EventLines;
using test::kNode;
using test::report_of;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(MarkdownReport, BeginsWithTheOutcome) {
  EXPECT_THAT(report_of("markdown", EventLines().start().end("completed").text()),
              StartsWith("## \xE2\x9C\x85 w: completed after 1.5 s"));
}

TEST(MarkdownReport, HasFailuresWithTheirDetails) {
  const std::string text = report_of(
      "markdown", EventLines()
                      .start()
                      .node("node_error", kNode, R"("message":"no | licence","detail":"Traceback\n```\nx")")
                      .finished(kNode, "failed")
                      .end("failed")
                      .text());
  EXPECT_THAT(text, HasSubstr("| render 00000000 | no &#124; licence | 250 ms |"));
  EXPECT_THAT(text, HasSubstr("````text\nTraceback\n```\nx\n````"));
}

TEST(MarkdownReport, LetsNothingBeMarkup) {
  const std::string text = report_of(
      "markdown",
      EventLines()
          .start()
          .node("node_error", kNode,
                R"("message":"<script>alert(1)</script> [x](javascript:y) @team **b** \u202e\u001b[2J")")
          .finished(kNode, "failed")
          .end("failed")
          .text());
  for (const char* bad : {"<script", "[x](", "@team", "**", "\xE2\x80\xAE", "\x1B"})
    EXPECT_THAT(text, Not(HasSubstr(bad)));
}

TEST(MarkdownReport, FitsIntoASummaryOfAnyRun) {
  EventLines lines;
  lines.start();
  const std::string detail(50'000, 'x');
  for (int i = 0; i < 300; ++i) {
    char id[40];
    std::snprintf(id, sizeof id, "%08d-0000-4000-8000-000000000001", i);
    lines.node("node_error", id, R"("message":"no","detail":")" + detail + "\"").finished(id, "failed");
  }
  const std::string text = report_of("markdown", lines.end("failed").text());
  EXPECT_LT(text.size(), 1'000'000U);
  EXPECT_THAT(text, HasSubstr("and 250 more"));
}

}  // namespace
}  // namespace vnode
