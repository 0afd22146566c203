#include "report/junit_report.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/shown_text.h"
#include "base/utc_time.h"
#include "model/members.h"
#include "report/log_keeper.h"
#include "report/run_record.h"

namespace vnode {
namespace {

/// Texts have passed `shown_text`, so they hold nothing that XML cannot.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";  // in attributes a line break would become a blank
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// The same between tags, where lines stay lines.
std::string content(std::string_view text) {
  std::string out;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out += escaped(text.substr(start, end - start));
    if (end < text.size()) out += '\n';
    start = end + 1;
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

/// Never in exponent form.
std::string time_attribute(double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", seconds > 0 && seconds < 1e12 ? seconds : 0.0);
  std::string value = text;
  for (char& c : value) {
    if (c == ',') c = '.';
  }
  return attribute("time", value);
}

struct Totals {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

enum class Verdict { kPassed, kFailure, kError, kSkipped };

Verdict verdict_of(const NodeRecord& node) {
  if (node.has_failed()) return Verdict::kFailure;
  if (node.state == OutcomeState::kRunning || node.state == OutcomeState::kCancelled) return Verdict::kError;
  return node.state == OutcomeState::kSkipped ? Verdict::kSkipped : Verdict::kPassed;
}

std::string type_of(const NodeRecord& node) {
  if (!node.code.empty()) return node.code;
  if (node.state == OutcomeState::kTimedOut) return "timeout";
  if (node.state == OutcomeState::kFailed) return "failed";
  return node.error_logs > 0 ? "error_log" : std::string(outcome_word(node.state));
}

class JunitReport final : public Report {
 public:
  explicit JunitReport(ReportOutput output) : output_(std::move(output)) {}

  void add(const ReportEvent& event) override {
    run_.add(event);
    if (event.kind() == ReportEvent::Kind::kExecutionStarted) logs_ = LogKeeper(kMostLogBytes);
    if (event.kind() == ReportEvent::Kind::kNodeLog) log(event);
  }

  void finish(const StreamSummary& summary) override {
    for (const std::string& warning : summary.warnings()) logs_.add("vnode: " + warning);
    Totals totals = totals_of_nodes();
    const std::string about_run = run_case(totals);
    if (!about_run.empty()) {
      ++totals.tests;
      ++totals.errors;
    }
    write_beginning(totals);
    for (const NodeRecord& node : run_.nodes()) write_node(node);
    output_(about_run);
    if (!logs_.empty()) output_("    <system-out>" + content(logs_.text()) + "</system-out>\n");
    output_("  </testsuite>\n</testsuites>\n");
  }

 private:
  static constexpr std::size_t kMostLogBytes = 2UL * 1024 * 1024;

  void log(const ReportEvent& event) {
    constexpr std::size_t kLongest = 16'000;
    std::string line;
    if (event.micros()) line += time_text(*event.micros()).substr(11, 12) + " ";
    line += shown_line(text_view(event.object(), "level"), 20) + " ";
    line += shown_line(event.node_name().empty() ? event.node_type() : event.node_name(), 100);
    line += " " + std::string(beginning(event.node_id(), 8)) + ": ";
    logs_.add(line + shown_text(text_view(event.object(), "message"), kLongest));
  }

  Totals totals_of_nodes() const {
    Totals totals;
    for (const NodeRecord& node : run_.nodes()) {
      ++totals.tests;
      const Verdict verdict = verdict_of(node);
      totals.failures += verdict == Verdict::kFailure ? 1 : 0;
      totals.errors += verdict == Verdict::kError ? 1 : 0;
      totals.skipped += verdict == Verdict::kSkipped ? 1 : 0;
    }
    return totals;
  }

  /// What no node stands for: a workflow that was refused, a run that was stopped or cut off. Empty when the
  /// run succeeded, or a node says already that it did not.
  std::string run_case(const Totals& totals) const {
    const bool has_succeeded = run_.has_ended && run_.status == "completed";
    if (has_succeeded || (run_.problems.empty() && totals.failures + totals.errors > 0)) return "";
    // A refusal says no more than that it is one; its first problem says why.
    std::string message = run_.problems.empty() ? run_.error : "";
    std::string detail;
    for (const RunRecord::Problem& problem : run_.problems) {
      if (message.empty() && problem.severity == "error") message = problem.message;
      detail += problem.severity + ": " + problem.message;
      if (!problem.pointer.empty()) detail += " (" + problem.pointer + ")";
      if (!problem.hint.empty()) detail += "; " + problem.hint;
      detail += "\n";
    }
    const std::string status = run_.has_ended ? run_.status : "unfinished";
    if (message.empty())
      message = run_.has_ended ? "the run is " + status : "the events end before the run does";
    return "    <testcase" + attribute("name", "run") + attribute("classname", run_.workflow) +
           time_attribute(run_.seconds) + ">\n      <error" + attribute("message", message) +
           attribute("type", status) + ">" + content(detail) + "</error>\n    </testcase>\n";
  }

  void write_beginning(const Totals& totals) {
    const std::string name = run_.workflow.empty() ? "workflow" : run_.workflow;
    const std::string counts = attribute("tests", std::to_string(totals.tests)) +
                               attribute("failures", std::to_string(totals.failures)) +
                               attribute("errors", std::to_string(totals.errors));
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "vnode") +
                      counts + time_attribute(duration()) + ">\n  <testsuite" + attribute("name", name) +
                      counts + attribute("skipped", std::to_string(totals.skipped)) +
                      time_attribute(duration());
    if (run_.started) out += attribute("timestamp", time_text(*run_.started).substr(0, 19));
    out += ">\n    <properties>\n";
    const std::pair<const char*, std::string> properties[] = {
        {"run_id", run_.run_id}, {"workflow", run_.path},
        {"vnode", run_.version}, {"status", run_.has_ended ? run_.status : "unfinished"},
        {"mode", run_.mode},     {"attempt", std::to_string(run_.attempt)},
        {"error", run_.error},
    };
    for (const auto& [key, value] : properties) {
      if (!value.empty())
        out += "      <property" + attribute("name", key) + attribute("value", value) + "/>\n";
    }
    output_(out + "    </properties>\n");
  }

  /// Of a run that was cut off, as far as its events tell.
  double duration() const {
    if (run_.has_ended || !run_.started || !run_.last) return run_.seconds;
    return static_cast<double>(*run_.last - *run_.started) / 1e6;
  }

  void write_node(const NodeRecord& node) {
    std::string classname = run_.workflow.empty() ? "workflow" : run_.workflow;
    if (!node.path.empty()) classname += "/" + node.path;
    std::string out = "    <testcase" + attribute("name", node.label()) + attribute("classname", classname) +
                      time_attribute(node.seconds);
    const std::string inside = outcome_of(node);
    output_(inside.empty() ? out + "/>\n" : out + ">" + inside + "</testcase>\n");
  }

  static std::string outcome_of(const NodeRecord& node) {
    switch (verdict_of(node)) {
      case Verdict::kFailure:
        return "<failure" + attribute("message", node.failure_message()) + attribute("type", type_of(node)) +
               ">" + content(node.detail) + "</failure>";
      case Verdict::kError: {
        const std::string message =
            node.message.empty() ? std::string(outcome_word(node.state)) : node.message;
        return "<error" + attribute("message", message) + attribute("type", type_of(node)) + ">" +
               content(node.detail) + "</error>";
      }
      case Verdict::kSkipped:
        return "<skipped" + attribute("message", node.message) + "/>";
      case Verdict::kPassed:
        break;
    }
    if (node.state != OutcomeState::kHandled) return "";
    return "<system-out>" + content("failed, and handled: " + node.message) + "</system-out>";
  }

  ReportOutput output_;
  RunRecord run_;
  LogKeeper logs_{kMostLogBytes};
};

}  // namespace

std::unique_ptr<Report> make_junit_report(ReportOutput output) {
  return std::make_unique<JunitReport>(std::move(output));
}

}  // namespace vnode
