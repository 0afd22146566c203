#include "report/report.h"

#include <algorithm>
#include <cctype>

#include "report/chrome_report.h"
#include "report/codequality_report.h"
#include "report/junit_report.h"
#include "report/markdown_report.h"

namespace vnode {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats = {
      {"junit", "JUnit XML: a test case a node, for CI servers", {".xml"}, false, make_junit_report},
      {"chrome",
       "a trace for Perfetto and chrome://tracing",
       {".trace.json", ".perfetto.json"},
       false,
       make_chrome_report},
      {"codequality",
       "a Code Quality report, which GitLab shows in merge requests",
       {"gl-codequality.json", "gl-code-quality-report.json", ".codequality.json"},
       false,
       make_codequality_report},
      {"markdown",
       "a summary for people, such as a CI job's",
       {".md", ".markdown"},
       false,
       make_markdown_report},
  };
  return formats;
}

const ReportFormat* find_report_format(std::string_view name) {
  for (const ReportFormat& format : report_formats()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

const ReportFormat* report_format_of_file(std::string_view path) {
  std::string lower(path);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const ReportFormat* found = nullptr;
  std::size_t longest = 0;
  for (const ReportFormat& format : report_formats()) {
    for (const std::string_view suffix : format.suffixes) {
      if (suffix.size() <= longest || !lower.ends_with(suffix)) continue;
      found = &format;
      longest = suffix.size();
    }
  }
  return found;
}

}  // namespace vnode
