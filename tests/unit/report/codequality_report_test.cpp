#include "report/codequality_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "model/members.h"
#include "unit/report/event_lines.h"

namespace vnode {
namespace {

using test::EventLines;
using test::kNode;
using test::kOther;

std::vector<Value> remarks_of(const std::string& events) {
  const Result<Value> report = parse_json(test::report_of("codequality", events));
  EXPECT_TRUE(report);
  return {report->as_list().begin(), report->as_list().end()};
}

TEST(CodequalityReport, HasNodesThatFailed) {
  const std::vector<Value> remarks = remarks_of(EventLines()
                                                    .start()
                                                    .node("node_error", kNode, R"("message":"no licence")")
                                                    .finished(kNode, "failed")
                                                    .finished(kOther, "success")
                                                    .end("failed")
                                                    .text());
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_EQ(text_member(remarks[0], "description"),
            "render 00000000-0000-4000-8000-000000000001: no licence");
  EXPECT_EQ(text_member(remarks[0], "severity"), "critical");
  EXPECT_EQ(text_member(remarks[0], "fingerprint").size(), 64u);
  const Value* location = member(remarks[0], "location");
  ASSERT_TRUE(location);
  EXPECT_EQ(text_member(*location, "path"), "w.json");
  EXPECT_EQ(count_member(*member(*location, "lines"), "begin"), 1u);
}

TEST(CodequalityReport, HasProblemsOfAWorkflowThatWasRefused) {
  const std::vector<Value> remarks = remarks_of(
      EventLines()
          .start()
          .end(
              "invalid",
              R"(,"problems":[{"severity":"error","code":"unknown_key","pointer":"","message":"m","hint":"h",)"
              R"("file":"a.yaml","line":7},{"severity":"warning","code":"tab","pointer":"/x","message":"w"},)"
              R"({"severity":"warning","code":"tab","pointer":"/x","message":"w"},)"
              R"({"severity":"note","code":"n","pointer":"","message":"n"}])")
          .text());
  ASSERT_EQ(remarks.size(), 2u) << "one said twice is one";
  EXPECT_EQ(text_member(remarks[0], "check_name"), "unknown_key");
  EXPECT_EQ(text_member(remarks[0], "description"), "m; h");
  EXPECT_EQ(text_member(*member(remarks[0], "location"), "path"), "a.yaml");
  EXPECT_EQ(count_member(*member(*member(remarks[0], "location"), "lines"), "begin"), 7u);
  EXPECT_EQ(text_member(remarks[1], "severity"), "minor");
}

TEST(CodequalityReport, IsAnEmptyListWhenAllIsWell) {
  EXPECT_EQ(test::report_of("codequality", EventLines().start().end("completed").text()), "[]\n");
}

}  // namespace
}  // namespace vnode
