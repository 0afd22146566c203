#include "report/junit_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/event_lines.h"

namespace vnode {
namespace {

using test::EventLines;
using test::kNode;
using test::kOther;
using test::report_of;
using testing::HasSubstr;
using testing::Not;

TEST(JunitReport, HasATestCaseANode) {
  const std::string xml = report_of(
      "junit",
      EventLines()
          .start()
          .started(kNode)
          .node("node_error", kNode, R"("message":"no licence","detail":"line 1\nline 2","code":"failed")")
          .finished(kNode, "failed")
          .finished(kOther, "skipped", R"(,"cause":"its source failed")")
          .end("failed")
          .text());
  EXPECT_THAT(xml,
              HasSubstr(R"(<testsuite name="w" tests="2" failures="1" errors="0" skipped="1" time="1.500")"));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"no licence\" type=\"failed\">line 1\nline 2</failure>"));
  EXPECT_THAT(xml, HasSubstr(R"(<skipped message="its source failed"/>)"));
}

TEST(JunitReport, IsNeverGoodForARunThatIsNot) {
  for (const char* status : {"timeout", "cancelled", "interrupted", "failed", "invalid", "something new"}) {
    const std::string xml =
        report_of("junit", EventLines().start().finished(kNode, "success").end(status).text());
    EXPECT_THAT(xml, HasSubstr("errors=\"1\"")) << status;
    EXPECT_THAT(xml, HasSubstr("<error message=")) << status;
  }
  EXPECT_THAT(report_of("junit", EventLines().start().finished(kNode, "success").text()),
              HasSubstr("errors=\"1\""));
  EXPECT_THAT(report_of("junit", EventLines().start().finished(kNode, "success").end("completed").text()),
              HasSubstr("errors=\"0\""));
}

TEST(JunitReport, TellsTheProblemsOfAWorkflowThatWasRefused) {
  const std::string xml = report_of(
      "junit", EventLines()
                   .start()
                   .end("invalid",
                        R"(,"problems":[{"severity":"error","message":"no such type","pointer":"/nodes/0"}])")
                   .text());
  EXPECT_THAT(xml, HasSubstr("no such type (/nodes/0)"));
}

TEST(JunitReport, TakesAHandledFailureForPassed) {
  const std::string xml =
      report_of("junit", EventLines()
                             .start()
                             .node("node_error", kNode, R"("message":"no","handled":true)")
                             .finished(kNode, "failed", R"(,"handled":true)")
                             .end("completed")
                             .text());
  EXPECT_THAT(xml, HasSubstr("failures=\"0\""));
  EXPECT_THAT(xml, HasSubstr("failed, and handled: no"));
}

TEST(JunitReport, HoldsNoMarkupAndNothingThatXmlCannot) {
  const std::string xml = report_of(
      "junit", EventLines()
                   .start()
                   .node("node_log", kNode,
                         R"("level":"info","message":"]]>\u0000\u001b[31m<b>\ud800 \ufffe & \"x\"")")
                   .finished(kNode, "success")
                   .end("completed")
                   .text());
  EXPECT_THAT(
      xml,
      HasSubstr("]]&gt;\xEF\xBF\xBD\xEF\xBF\xBD[31m&lt;b&gt;\xEF\xBF\xBD \xEF\xBF\xBD &amp; &quot;x&quot;"));
  EXPECT_EQ(xml.find('\0'), xml.npos);
  EXPECT_EQ(xml.find('\x1b'), xml.npos);
}

TEST(JunitReport, IsOfBoundedSizeWhateverIsLogged) {
  EventLines lines;
  lines.start();
  const std::string message(10'000, 'x');
  for (int i = 0; i < 1000; ++i)
    lines.node("node_log", kNode, R"("level":"info","message":")" + message + "\"");
  EXPECT_LT(report_of("junit", lines.end("completed").text()).size(), 3'000'000U);
}

}  // namespace
}  // namespace vnode
