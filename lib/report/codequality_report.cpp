#include "report/codequality_report.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/sha256.h"
#include "base/shown_text.h"
#include "base/text_file.h"
#include "model/json_writer.h"
#include "model/source_lines.h"
#include "report/run_record.h"

namespace vnode {
namespace {

constexpr std::size_t kLongestDescription = 1000;

/// GitLab finds a remark again by it, in the report of another commit.
std::string fingerprint_of(const std::string& text) {
  Sha256 digest;
  digest.add(text);
  std::string hex;
  for (const char c : digest.finish()) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

/// Paths are those of the repository: relative to where the job works.
std::string repository_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path relative =
      std::filesystem::path(path).lexically_relative(std::filesystem::current_path(error));
  const std::string text = relative.string();
  if (!error && !text.empty() && !text.starts_with("..")) return text;
  return std::filesystem::path(path).lexically_normal().string();
}

class CodequalityReport final : public Report {
 public:
  explicit CodequalityReport(ReportOutput output) : output_(std::move(output)) {}

  void add(const ReportEvent& event) override { run_.add(event); }

  void finish(const StreamSummary&) override {
    std::error_code error;
    if (std::filesystem::is_regular_file(run_.path, error)) {
      if (Result<TextFile> file = read_text_file(run_.path)) text_ = std::move(file->text);
    }
    for (const RunRecord::Problem& problem : run_.problems) add_problem(problem);
    for (const NodeRecord& node : run_.nodes()) {
      if (node.has_failed()) add_node(node);
    }
    if (remarks_.empty() && run_.has_ended && run_.exit_code != 0) {
      add_remark(run_.status, "blocker", run_.error.empty() ? run_.status : run_.error, run_.path, 1, "");
    }
    std::string out;
    append_json_pretty(out, Value::list(std::move(remarks_)), 2, NonFinite::kQuoted);
    output_(out + "\n");
  }

 private:
  void add_problem(const RunRecord::Problem& problem) {
    if (problem.severity == "note") return;
    const std::size_t line = problem.line > 0 ? problem.line : line_of_pointer(text_, problem.pointer);
    std::string description = problem.message;
    if (!problem.hint.empty()) description += "; " + problem.hint;
    add_remark(problem.code, problem.severity == "error" ? "blocker" : "minor", description,
               problem.file.empty() ? run_.path : problem.file, line, problem.pointer);
  }

  void add_node(const NodeRecord& node) {
    const std::string outermost = node.path.substr(0, node.path.find('/'));
    const std::size_t line = line_of_node(text_, outermost.empty() ? node.id : outermost, node.name);
    add_remark(node.code.empty() ? std::string("node_failed") : node.code, "critical",
               node.label() + ": " + node.failure_message(), run_.path, line, node.id + node.iteration);
  }

  void add_remark(const std::string& check, std::string_view severity, const std::string& description,
                  const std::string& path, std::size_t line, const std::string& place) {
    // The same remark twice would be one for GitLab.
    std::string fingerprint = fingerprint_of(check + "\n" + path + "\n" + place + "\n" + description);
    if (!fingerprints_.insert(fingerprint).second) return;
    remarks_.push_back(
        Dict{{"description", shown_line(description, kLongestDescription)},
             {"check_name", check},
             {"fingerprint", std::move(fingerprint)},
             {"severity", severity},
             {"location", Dict{{"path", repository_path(path)},
                               {"lines", Dict{{"begin", Value(std::max<std::size_t>(line, 1))}}}}}});
  }

  ReportOutput output_;
  RunRecord run_;
  std::string text_;  ///< of the workflow file
  std::vector<Value> remarks_;
  std::set<std::string> fingerprints_;
};

}  // namespace

std::unique_ptr<Report> make_codequality_report(ReportOutput output) {
  return std::make_unique<CodequalityReport>(std::move(output));
}

}  // namespace vnode
