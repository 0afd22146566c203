#include "report/markdown_report.h"

#include <algorithm>
#include <utility>

#include "base/shown_text.h"
#include "base/utc_time.h"
#include "report/run_record.h"

namespace vnode {
namespace {

// A job's summary on GitHub may have 1 MiB; a person reads less.
constexpr std::size_t kMostFailures = 50;
constexpr std::size_t kMostSkipped = 50;
constexpr std::size_t kSlowest = 10;
constexpr std::size_t kLongestDetail = 8'000;

/// One line on which nothing is Markdown or HTML: what could be is written as an entity.
std::string plain(std::string_view text, std::size_t most = 400) {
  std::string out;
  for (const char c : shown_line(text, most)) {
    constexpr std::string_view kActive = "&<>\"'`*_{}[]()#+!|\\~@:$^=";
    if (kActive.find(c) == kActive.npos) {
      out += c;
    } else {
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    }
  }
  return out;
}

/// A block that shows the text as it is; its fence is longer than any inside.
std::string code_block(std::string_view text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  std::string out = fence + "text\n" + std::string(text);
  if (!out.ends_with('\n')) out += '\n';
  return out + fence + "\n";
}

std::string cells(std::initializer_list<std::string> values) {
  std::string out = "|";
  for (const std::string& value : values) out += " " + (value.empty() ? std::string(" ") : value) + " |";
  return out + "\n";
}

std::string_view icon_of(const std::string& status, bool has_ended) {
  if (!has_ended) return "\xE2\x9A\xA0\xEF\xB8\x8F";
  if (status == "completed") return "\xE2\x9C\x85";
  return status == "cancelled" ? "\xF0\x9F\x9A\xAB" : "\xE2\x9D\x8C";
}

class MarkdownReport final : public Report {
 public:
  explicit MarkdownReport(ReportOutput output) : output_(std::move(output)) {}

  void add(const ReportEvent& event) override { run_.add(event); }

  void finish(const StreamSummary& summary) override {
    write_heading();
    write_counts();
    for (const std::string& warning : summary.warnings())
      out_ += "> \xE2\x9A\xA0\xEF\xB8\x8F " + plain(warning) + "\n\n";
    write_problems();
    write_failures();
    write_skipped();
    write_slowest();
    output_(out_);
  }

 private:
  using Nodes = std::vector<const NodeRecord*>;

  template <class Filter>
  Nodes select(Filter filter) const {
    Nodes found;
    for (const NodeRecord& node : run_.nodes()) {
      if (filter(node)) found.push_back(&node);
    }
    return found;
  }

  void write_heading() {
    const std::string status = run_.has_ended ? run_.status : "not ended";
    out_ += "## " + std::string(icon_of(run_.status, run_.has_ended)) + " " +
            plain(run_.workflow.empty() ? "workflow" : run_.workflow);
    out_ += ": " + plain(status);
    if (run_.seconds > 0) out_ += " after " + seconds_text(run_.seconds);
    out_ += "\n\n";
    if (!run_.error.empty()) out_ += plain(run_.error, 2000) + "\n\n";
    std::string facts;
    if (!run_.path.empty() && run_.path != "-") facts += plain(run_.path);
    if (!run_.run_id.empty()) facts += (facts.empty() ? "run " : ", run ") + plain(run_.run_id);
    if (run_.attempt > 1) facts += ", attempt " + std::to_string(run_.attempt);
    if (run_.started) facts += ", " + time_text(*run_.started).substr(0, 19) + "Z";
    if (!facts.empty()) out_ += facts + "\n\n";
  }

  void write_counts() {
    std::size_t succeeded = 0, failed = 0, handled = 0, skipped = 0, others = 0;
    for (const NodeRecord& node : run_.nodes()) {
      if (node.has_failed()) {
        ++failed;
      } else if (node.state == OutcomeState::kSucceeded) {
        ++succeeded;
      } else if (node.state == OutcomeState::kHandled) {
        ++handled;
      } else if (node.state == OutcomeState::kSkipped) {
        ++skipped;
      } else {
        ++others;
      }
    }
    out_ += "| succeeded | failed | handled | skipped | not ended | never started | warnings |\n";
    out_ += "|---:|---:|---:|---:|---:|---:|---:|\n";
    out_ += cells({std::to_string(succeeded), std::to_string(failed), std::to_string(handled),
                   std::to_string(skipped), std::to_string(others), std::to_string(run_.never_started),
                   std::to_string(run_.warnings)});
    out_ += "\n";
  }

  void write_problems() {
    if (run_.problems.empty()) return;
    out_ += "### Problems of the workflow\n\n";
    constexpr std::size_t kMost = 50;
    for (std::size_t i = 0; i < std::min(kMost, run_.problems.size()); ++i) {
      const RunRecord::Problem& problem = run_.problems[i];
      out_ += "- " + plain(problem.severity) + ": " + plain(problem.message);
      if (!problem.pointer.empty()) out_ += " (" + plain(problem.pointer) + ")";
      if (!problem.hint.empty()) out_ += "; " + plain(problem.hint);
      out_ += "\n";
    }
    write_rest(run_.problems.size(), kMost);
    out_ += "\n";
  }

  void write_rest(std::size_t count, std::size_t most) {
    if (count > most) out_ += "\nand " + std::to_string(count - most) + " more\n";
  }

  void write_failures() {
    const Nodes failed = select([](const NodeRecord& node) { return node.has_failed(); });
    if (failed.empty()) return;
    out_ += "### Failed\n\n| node | message | time |\n|---|---|---:|\n";
    const std::size_t shown = std::min(kMostFailures, failed.size());
    for (std::size_t i = 0; i < shown; ++i) {
      out_ +=
          cells({name_of(*failed[i]), plain(failed[i]->failure_message()), seconds_text(failed[i]->seconds)});
    }
    write_rest(failed.size(), kMostFailures);
    out_ += "\n";
    for (std::size_t i = 0; i < shown; ++i) {
      const NodeRecord& node = *failed[i];
      if (node.detail.empty()) continue;
      out_ += "<details><summary>" + name_of(node) + "</summary>\n\n";
      out_ += code_block(beginning(node.detail, kLongestDetail)) + "\n</details>\n\n";
    }
  }

  static std::string name_of(const NodeRecord& node) { return plain(node.label(), 120); }

  void write_skipped() {
    const Nodes skipped = select([](const NodeRecord& node) {
      return !node.has_failed() &&
             (node.state == OutcomeState::kSkipped || node.state == OutcomeState::kCancelled ||
              node.state == OutcomeState::kRunning);
    });
    if (skipped.empty()) return;
    out_ += "### Skipped or not ended\n\n| node | state | why |\n|---|---|---|\n";
    for (std::size_t i = 0; i < std::min(kMostSkipped, skipped.size()); ++i) {
      const NodeRecord& node = *skipped[i];
      out_ += cells({name_of(node), std::string(outcome_word(node.state)), plain(node.message)});
    }
    write_rest(skipped.size(), kMostSkipped);
    out_ += "\n";
  }

  void write_slowest() {
    Nodes nodes = select([](const NodeRecord& node) { return node.seconds > 0; });
    if (nodes.empty()) return;
    const auto shown = std::min(kSlowest, nodes.size());
    std::partial_sort(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(shown), nodes.end(),
                      [](const NodeRecord* a, const NodeRecord* b) { return a->seconds > b->seconds; });
    out_ += "### Slowest nodes\n\n| node | executions | time |\n|---|---:|---:|\n";
    for (std::size_t i = 0; i < shown; ++i) {
      out_ +=
          cells({name_of(*nodes[i]), std::to_string(nodes[i]->executions), seconds_text(nodes[i]->seconds)});
    }
    out_ += "\n";
  }

  ReportOutput output_;
  RunRecord run_;
  std::string out_;
};

}  // namespace

std::unique_ptr<Report> make_markdown_report(ReportOutput output) {
  return std::make_unique<MarkdownReport>(std::move(output));
}

}  // namespace vnode
