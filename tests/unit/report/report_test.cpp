#include "report/report.h"

#include <gtest/gtest.h>

#include <set>

#include "unit/report/event_lines.h"

namespace vnode {
namespace {

TEST(ReportFormats, AreFoundBySuffix) {
  EXPECT_EQ(report_format_of_file("out/results.xml")->name, "junit");
  EXPECT_EQ(report_format_of_file("run.trace.json")->name, "chrome");
  EXPECT_EQ(report_format_of_file("SUMMARY.MD")->name, "markdown");
  EXPECT_EQ(report_format_of_file("results.json"), nullptr);
  EXPECT_EQ(report_format_of_file(""), nullptr);
}

TEST(ReportFormats, HaveNamesAndSuffixesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const ReportFormat& format : report_formats()) {
    EXPECT_TRUE(names.insert(format.name).second);
    EXPECT_EQ(find_report_format(format.name), &format);
    for (const std::string_view suffix : format.suffixes) EXPECT_TRUE(names.insert(suffix).second);
  }
}

TEST(ReportFormats, AreMadeOfAnyStream) {
  const std::string whole = test::EventLines()
                                .start()
                                .started(test::kNode)
                                .node("node_waiting", test::kNode, R"("for":"slot")")
                                .node("node_resumed", test::kNode, R"("waited":0.1)")
                                .node("node_error", test::kNode, R"("message":"no")")
                                .finished(test::kNode, "failed")
                                .end("failed")
                                .text();
  for (const ReportFormat& format : report_formats()) {
    for (std::size_t size = 0; size <= whole.size(); size += 3) {
      EXPECT_FALSE(test::report_of(format.name, whole.substr(0, size)).empty());
      EXPECT_FALSE(test::report_of(format.name, whole.substr(size)).empty());
    }
  }
}

}  // namespace
}  // namespace vnode
