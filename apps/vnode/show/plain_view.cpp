#include "apps/vnode/show/plain_view.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "apps/vnode/show/progress_line.h"
#include "apps/vnode/show/run_log.h"
#include "apps/vnode/terminal/ci_commands.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/duration_text.h"

namespace vnode {
namespace {

constexpr auto kReportInterval = std::chrono::minutes(1);
/// Lines wait no longer than that for others.
constexpr auto kReleaseInterval = std::chrono::milliseconds(100);
constexpr std::size_t kMostWaiting = 64UL * 1024;
/// A node that says more before it ends is not waited for.
constexpr std::size_t kMostLogBytes = 16UL * 1024;
constexpr std::size_t kMostNamed = 4;
constexpr std::size_t kMostFailures = 50;
constexpr std::size_t kIndent = 18;

std::string_view style_of_end(const NodeFinished& finished) {
  if (finished.status == NodeStatus::kSuccess) return kGreen;
  const bool is_mild = finished.status == NodeStatus::kSkipped || finished.status == NodeStatus::kCancelled ||
                       finished.status == NodeStatus::kRetried || finished.is_handled;
  return is_mild ? kYellow : kRed;
}

std::string label_of(const NodeRef& node) { return harmless_line(node_label(node)); }

std::string key_of(const NodeRef& node) {
  std::string key;
  for (const Uuid& group : node.path) key += group.text() + "/";
  return key + node.instance_id.text() + item_text(node.iteration);
}

std::string counts_text(const NodeCounts& counts) {
  std::string text = std::to_string(counts.succeeded) + " succeeded";
  const auto add = [&text](std::size_t count, std::string_view what) {
    if (count > 0) text += ", " + std::to_string(count) + " " + std::string(what);
  };
  add(counts.failed, "failed");
  add(counts.handled, "failed and handled");
  add(counts.cancelled, "cancelled");
  add(counts.skipped, "skipped");
  add(counts.with_errors, "with errors");
  add(counts.never_started, "never started");
  return text;
}

std::string offset(Duration since_start) {
  char text[32];
  std::snprintf(text, sizeof text, "%8.2fs", std::chrono::duration<double>(since_start).count());
  return text;
}

std::string padded_word(std::string_view word) {
  std::string out(word);
  out.resize(std::max<std::size_t>(out.size(), 8), ' ');
  return out;
}

/// GitLab folds what stands between two of these marks.
std::string section_mark(std::string_view kind, WallTime time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return "\x1b[0Ksection_" + std::string(kind) + ":" + std::to_string(seconds) + ":vnode_run\r\x1b[0K";
}

}  // namespace

PlainView::PlainView(int fd, Options options, const Clock& clock)
    : options_(options), clock_(clock), writer_(fd) {}

std::string PlainView::styled(std::string_view style, std::string_view text) const {
  if (!options_.has_colour || style.empty()) return std::string(text);
  return std::string(style).append(text).append(kReset);
}

void PlainView::on_event(const Event& event) {
  progress_.apply(event);
  if (const auto* log = std::get_if<NodeLog>(&event.body)) {
    add_log(event, log->stream.empty() ? level_name(log->level) : log->stream, level_style(log->level),
            log->message);
  } else if (const auto* error = std::get_if<NodeError>(&event.body)) {
    add_log(event, error->is_handled ? "handled" : "error", error->is_handled ? kYellow : kRed,
            error->message);
    if (!error->detail.empty()) add_log(event, "", kDim, error->detail);
  } else if (const auto* finished = std::get_if<NodeFinished>(&event.body)) {
    add_finished(event, *finished);
  } else if (std::holds_alternative<ExecutionPaused>(event.body)) {
    add_line(event.time, "paused", kYellow, "");
  } else if (const auto* unpaused = std::get_if<ExecutionUnpaused>(&event.body)) {
    add_line(event.time, "unpaused", kYellow, "after " + duration_text(unpaused->duration));
  } else if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) {
    begin(event, *started);
  } else if (const auto* ended = std::get_if<ExecutionFinished>(&event.body)) {
    end(event, *ended);
  }
  if (lines_.size() > kMostWaiting || event.time - last_release_ >= kReleaseInterval ||
      event.time < last_release_) {
    last_release_ = event.time;
    release();
  }
}

void PlainView::begin(const Event& event, const ExecutionStarted& started) {
  started_ = clock_.steady_now();
  next_report_ = started_ + kReportInterval;
  if (options_.has_sections) lines_ += section_mark("start", event.time);
  lines_ += styled(kBold, harmless_line(started.name)) + ": " + std::to_string(started.nodes) +
            (started.nodes == 1 ? " node, " : " nodes, ") + std::to_string(started.connections) +
            (started.connections == 1 ? " connection\n" : " connections\n");
}

void PlainView::add_line(WallTime time, std::string_view word, std::string_view style,
                         std::string_view text) {
  lines_ += styled(kDim, offset(time - progress_.started_at())) + " " + styled(style, padded_word(word));
  if (!text.empty()) lines_.append(" ").append(text);
  lines_ += '\n';
}

/// Indented, so that they stand below the line of their node.
void PlainView::add_log(const Event& event, std::string_view word, std::string_view style,
                        std::string_view text) {
  if (!event.node) return add_line(event.time, word, style, harmless_line(text));
  Logs& logs = logs_[key_of(*event.node)];
  const std::string message = harmless_lines(text);
  std::string head = word.empty() ? "" : styled(style, word) + ": ";
  for (std::size_t at = 0; at < std::max<std::size_t>(message.size(), 1);) {
    const std::size_t end = std::min(message.find('\n', at), message.size());
    logs.lines +=
        std::string(kIndent + 1, ' ') + std::exchange(head, "  ") + message.substr(at, end - at) + "\n";
    at = end + 1;
  }
  if (logs.lines.size() > kMostLogBytes) begin_logs(event, logs);
}

/// What a node has said so far, before it has ended.
void PlainView::begin_logs(const Event& event, Logs& logs) {
  add_line(event.time, "running", kPlain, label_of(*event.node) + (logs.is_begun ? ", further" : ""));
  lines_ += std::exchange(logs.lines, {});
  logs.is_begun = true;
}

void PlainView::add_finished(const Event& event, const NodeFinished& finished) {
  std::string text = label_of(*event.node);
  if (finished.status != NodeStatus::kSkipped) text += "  " + duration_text(finished.duration);
  if (finished.is_handled) text += "  (handled)";
  if (finished.status == NodeStatus::kSkipped && !finished.cause.empty())
    text += ": " + harmless_line(finished.cause);
  add_line(event.time, word(finished.status), style_of_end(finished), text);
  const auto logs = logs_.find(key_of(*event.node));
  if (logs == logs_.end()) return;
  lines_ += logs->second.lines;
  logs_.erase(logs);
}

void PlainView::end(const Event& event, const ExecutionFinished& finished) {
  next_report_.reset();
  // Of nodes that were cut off in the middle.
  for (auto& [key, logs] : logs_) lines_ += logs.lines;
  logs_.clear();
  if (options_.has_sections) lines_ += section_mark("end", event.time) + "\n";
  // Why a workflow was refused is told by the program, in detail.
  if (finished.status == RunStatus::kInvalid) return;
  lines_ += styled(finished.success() ? kGreen : kRed, word(finished.status)) + ": " +
            counts_text(finished.nodes) + ", " + duration_text(finished.duration) + "\n";
  const bool is_told = finished.status == RunStatus::kFailed && !progress_.troubled().empty();
  if (!finished.error.empty() && !is_told) lines_ += "  " + harmless_line(finished.error) + "\n";
  add_failures();
}

void PlainView::add_failures() {
  std::vector<const RunProgress::Node*> troubled = progress_.troubled();
  // What others were skipped for comes first.
  std::stable_partition(troubled.begin(), troubled.end(), [](const RunProgress::Node* node) {
    return node->status != NodeStatus::kSkipped && !node->is_handled;
  });
  for (std::size_t i = 0; i < std::min(troubled.size(), kMostFailures); ++i) {
    const RunProgress::Node& node = *troubled[i];
    const bool has_failed = node.has_ended && node.status != NodeStatus::kSuccess;
    const std::string& text = has_failed ? node.error : node.first_error_log;
    const std::string_view what = node.is_handled ? "handled" : has_failed ? word(node.status) : "errors";
    lines_ += "  " + styled(has_failed && !node.is_handled ? kRed : kYellow, padded_word(what)) + "  " +
              harmless_line(node_label(node));
    if (!text.empty()) lines_ += ": " + harmless_line(text.substr(0, text.find('\n')));
    if (!has_failed && node.error_logs > 1)
      lines_ += " (and " + std::to_string(node.error_logs - 1) + " more)";
    lines_ += '\n';
  }
  if (troubled.size() > kMostFailures)
    lines_ += "  and " + std::to_string(troubled.size() - kMostFailures) + " more\n";
}

std::string PlainView::running_text() const {
  std::string text;
  const WallTime now = clock_.wall_now();
  const std::vector<const RunProgress::Node*> running = progress_.latest_running(kMostNamed);
  for (const RunProgress::Node* node : running) {
    text += (text.empty() ? "" : ", ") + harmless_line(node_label(*node)) + " " +
            duration_text(std::max<Duration>(now - node->started_at, Duration(0)));
    if (node->fraction)
      text += " " + std::to_string(static_cast<int>(std::clamp(*node->fraction, 0.0, 1.0) * 100)) + "%";
    if (!node->waiting.empty()) text += " (waits for " + harmless_line(node->waiting) + ")";
  }
  if (progress_.running() > running.size())
    text += " and " + std::to_string(progress_.running() - running.size()) + " more";
  const Duration elapsed = clock_.steady_now() - started_;
  return (text.empty() ? "" : text + "; ") + progress_text(progress_, elapsed);
}

void PlainView::tick() {
  release();
  const SteadyTime now = clock_.steady_now();
  if (!next_report_ || now < *next_report_) return;
  next_report_ = now + kReportInterval;
  add_line(clock_.wall_now(), "running", kPlain, running_text());
  flush();
}

std::optional<SteadyTime> PlainView::next_tick() const { return next_report_; }

void PlainView::show_stopping() {
  writer_.append_with([this](std::string& buffer) {
    if (!is_cut_off_) buffer += "stopping (a second interrupt ends it at once)\n";
  });
}

void PlainView::flush() {
  release();
  writer_.flush();
}

void PlainView::release() {
  if (lines_.empty()) return;
  writer_.append_with([this](std::string& buffer) {
    if (!is_cut_off_) buffer += options_.guards_ci ? without_ci_commands(lines_) : lines_;
  });
  lines_.clear();
}

bool PlainView::cut_off(const ExecutionFinished& last, Duration patience) {
  writer_.hurry(std::chrono::steady_clock::now());
  const std::string line = styled(kRed, word(last.status)) + ": " + harmless_line(last.error) + ", " +
                           duration_text(last.duration) + "\n";
  writer_.append_with([&](std::string& buffer) {
    if (!std::exchange(is_cut_off_, true)) buffer += line;
  });
  return writer_.drain(patience);
}

Result<void> PlainView::close() {
  release();
  return writer_.close();
}

}  // namespace vnode
