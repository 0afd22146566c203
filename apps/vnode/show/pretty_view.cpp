#include "apps/vnode/show/pretty_view.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "apps/vnode/show/progress_line.h"
#include "apps/vnode/show/run_log.h"
#include "apps/vnode/terminal/progress_text.h"
#include "apps/vnode/terminal/screen_update.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/duration_text.h"

namespace vnode {
namespace {

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
/// Lines are written before that when so many have gathered.
constexpr std::size_t kMaxGathered = 64 * 1024;
/// Of lines that wait until the screen is free again the last ones are kept.
constexpr std::size_t kMaxHeld = 4 * 1024 * 1024;
constexpr std::size_t kMaxRunningLines = 6;
/// Columns of a screen that has room for progress bars of nodes.
constexpr std::size_t kBarsFrom = 60;
constexpr std::size_t kMaxTroubled = 20;

std::string_view style_of(NodeStatus status) {
  if (status == NodeStatus::kSuccess) return kGreen;
  return status == NodeStatus::kSkipped || status == NodeStatus::kCancelled ? kYellow : kRed;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.resize(width, ' ');
  return out;
}

/// "3.27s" since the start, right-aligned for a column.
std::string offset_text(Duration since_start) {
  char text[32];
  std::snprintf(text, sizeof text, "%8.2fs", std::chrono::duration<double>(since_start).count());
  return text;
}

std::string count_text(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

std::string summary_counts(const NodeCounts& counts) {
  std::string text = count_text(counts.succeeded, "succeeded");
  if (counts.failed > 0) text += ", " + count_text(counts.failed, "failed");
  if (counts.handled > 0) text += ", " + count_text(counts.handled, "failed and handled");
  if (counts.cancelled > 0) text += ", " + count_text(counts.cancelled, "cancelled");
  if (counts.skipped > 0) text += ", " + count_text(counts.skipped, "skipped");
  if (counts.with_errors > 0) text += ", " + count_text(counts.with_errors, "with errors");
  if (counts.never_started > 0) text += ", " + count_text(counts.never_started, "never started");
  return text;
}

/// What removes so many lines of a terminal, of which the cursor is in the last.
void append_erasing(std::string& out, std::size_t lines) {
  if (lines == 0) return;
  out += "\r";
  if (lines > 1) out += "\x1b[" + std::to_string(lines - 1) + "A";
  out += "\x1b[J";
}

}  // namespace

PrettyView::PrettyView(int fd, Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), writer_(fd) {}

std::string PrettyView::styled(std::string_view style, std::string_view text) const {
  if (!options_.has_colour || style.empty()) return std::string(text);
  return std::string(style).append(text).append(kReset);
}

void PrettyView::on_event(const Event& event) {
  progress_.apply(event);
  if (const auto* log = std::get_if<NodeLog>(&event.body)) {
    add_log(event, *log);
  } else if (const auto* finished = std::get_if<NodeFinished>(&event.body)) {
    add_finished(event, *finished);
  } else if (const auto* error = std::get_if<NodeError>(&event.body)) {
    add_line(event, error->is_handled ? "handled" : "error", error->is_handled ? kYellow : kRed,
             error->message);
    if (!error->detail.empty()) add_line(event, "", kDim, error->detail);
  } else if (const auto* waiting = std::get_if<NodeWaiting>(&event.body)) {
    if (waiting->what == WaitFor::kRetry)
      add_line(event, word(waiting->what), kYellow,
               "again in " + duration_text(waiting->time.value_or(Duration())));
  } else if (const auto* paused = std::get_if<ExecutionPaused>(&event.body)) {
    show_pause(event, *paused);
  } else if (const auto* unpaused = std::get_if<ExecutionUnpaused>(&event.body)) {
    is_paused_ = false;
    add_line(event, "unpaused", kYellow, "after " + duration_text(unpaused->duration));
  } else if (const auto* started = std::get_if<ExecutionStarted>(&event.body)) {
    begin(*started);
  } else if (const auto* ended = std::get_if<ExecutionFinished>(&event.body)) {
    is_over_ = true;
    add_summary(*ended);
  }
  if (is_over_ || lines_.size() > kMaxGathered || is_due(event.time)) release_lines();
}

/// The terminal may be somebody else's from now on: nothing is left on it that would be drawn over.
void PrettyView::show_pause(const Event& event, const ExecutionPaused& paused) {
  add_line(event, "paused", kYellow,
           paused.stops_processes ? "no node starts, processes are stopped" : "no node starts");
  is_paused_ = true;
  if (!is_covered_) redraw();
}

void PrettyView::begin(const ExecutionStarted& started) {
  started_ = clock_.steady_now();
  lines_ += styled(kBold, harmless_line(started.name)) + ": " +
            count_text(started.nodes, started.nodes == 1 ? "node" : "nodes") + ", " +
            count_text(started.connections, started.connections == 1 ? "connection" : "connections") + "\n";
}

void PrettyView::add_log(const Event& event, const NodeLog& log) {
  add_line(event, log.stream.empty() ? level_name(log.level) : log.stream, level_style(log.level),
           log.message);
}

/// A node that failed has shown its error, a cancelled one is in the summary, and that a node is done shows
/// in the progress line.
void PrettyView::add_finished(const Event& event, const NodeFinished& finished) {
  if (finished.status != NodeStatus::kSkipped) return;
  add_line(event, word(finished.status), style_of(finished.status), finished.cause);
}

/// "    1.25s info     console_print 1b4e28ba: text", further lines of the text below it.
void PrettyView::add_line(const Event& event, std::string_view word, std::string_view style,
                          std::string_view text) {
  const std::string message = harmless_lines(text);
  std::string_view rest = message;
  std::string head =
      styled(kDim, offset_text(event.time - progress_.started_at())) + " " + styled(style, padded(word, 8));
  if (event.node) {
    head += " " + styled(kDim, harmless_line(node_label(*event.node)) + ":");
  }
  if (word.empty()) head = std::string(18, ' ');
  for (bool is_first = true; is_first || !rest.empty(); is_first = false) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines_ += is_first ? head : std::string(18, ' ');
    lines_ += ' ';
    lines_ += rest.substr(0, end);
    lines_ += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void PrettyView::add_summary(const ExecutionFinished& finished) {
  // Why a workflow was refused is told by the program, in detail.
  if (finished.status == RunStatus::kInvalid) return;
  const std::string_view style = finished.success() ? kGreen : kRed;
  lines_ += styled(style, word(finished.status)) + ": " + summary_counts(finished.nodes) + ", " +
            duration_text(finished.duration) + "\n";
  const std::vector<const RunProgress::Node*> troubled = progress_.troubled();
  // That a node failed is told below, node by node.
  const bool is_told = finished.status == RunStatus::kFailed && !troubled.empty();
  if (!finished.error.empty() && !is_told) lines_ += "  " + harmless_line(finished.error) + "\n";
  for (std::size_t i = 0; i < std::min(troubled.size(), kMaxTroubled); ++i) {
    lines_ += trouble_line(*troubled[i]);
  }
  if (troubled.size() > kMaxTroubled)
    lines_ += "  and " + std::to_string(troubled.size() - kMaxTroubled) + " more\n";
}

/// How the node ended; of one that ended well, what it has logged.
std::string PrettyView::trouble_line(const RunProgress::Node& node) const {
  const bool has_failed = node.has_ended && node.status != NodeStatus::kSuccess;
  const std::string& text = has_failed ? node.error : node.first_error_log;
  const std::string message = harmless_line(text.substr(0, text.find('\n')));
  const std::size_t others = has_failed ? 0 : node.error_logs - 1;
  return "  " +
         styled(node.is_handled ? kYellow
                : has_failed    ? style_of(node.status)
                                : kRed,
                padded(node.is_handled ? "handled"
                       : has_failed    ? word(node.status)
                                       : "errors",
                       9)) +
         " " + harmless_line(node_label(node)) + (message.empty() ? "" : ": " + message) +
         (others > 0 ? " (and " + std::to_string(others) + " more)" : "") + "\n";
}

bool PrettyView::is_due(WallTime now) const {
  // A clock that was set back must not stop the view.
  return now - last_draw_ >= kRedrawInterval || now < last_draw_;
}

void PrettyView::tick() {
  if (!is_over_ && !is_covered_ && !is_still() && is_due(clock_.wall_now())) redraw();
}

std::optional<SteadyTime> PrettyView::next_tick() const {
  if (is_over_ || is_still()) return std::nullopt;
  const Duration since = std::clamp<Duration>(clock_.wall_now() - last_draw_, Duration(0), kRedrawInterval);
  return clock_.steady_now() + (kRedrawInterval - since);
}

void PrettyView::flush() { tick(); }

Result<void> PrettyView::close() {
  is_over_ = true;
  release_lines();
  return writer_.close();
}

void PrettyView::show_screen(std::string_view text, bool is_covered) {
  is_covered_ = is_covered;
  writer_.append_with([&](std::string& buffer) {
    if (is_cut_off_) return;
    buffer += text;
    is_on_other_screen_ = is_covered;
  });
  writer_.flush();
}

void PrettyView::release_lines() {
  if (is_covered_) {
    if (lines_.size() > kMaxHeld) lines_.erase(0, lines_.find('\n', kMaxHeld / 2) + 1);
  } else {
    redraw();
  }
}

/// In place of the live area: what is to stand above it, and the area anew.
void PrettyView::redraw() {
  std::string out = std::exchange(lines_, {});
  std::size_t height = 0;
  if (!is_over_ && !is_paused_) {
    for (const std::string& line : live_lines(options_.size())) {
      if (height++ > 0) out += "\r\n";
      out += line;
    }
  }
  last_draw_ = clock_.wall_now();
  write(out, height);
  writer_.flush();
}

/// In place of the live area; the last lines of the text are the new one. In one piece, so that it does not
/// flicker.
void PrettyView::write(std::string_view text, std::size_t area_height) {
  writer_.append_with([&](std::string& buffer) {
    if (is_cut_off_) return;
    append_erasing(buffer, area_height_);
    buffer += text;
    area_height_ = area_height;
  });
}

bool PrettyView::cut_off(const ExecutionFinished& last, Duration patience) {
  writer_.hurry(std::chrono::steady_clock::now());
  const std::string line = styled(kRed, word(last.status)) + ": " + harmless_line(last.error) + ", " +
                           duration_text(last.duration) + "\n";
  writer_.append_with([&](std::string& buffer) {
    if (std::exchange(is_cut_off_, true)) return;
    if (is_on_other_screen_) buffer += kLeaveScreen;
    append_erasing(buffer, area_height_);
    buffer += line;
  });
  return writer_.drain(patience);
}

std::vector<std::string> PrettyView::live_lines(TerminalSize size) const {
  // The last column stays free: some terminals wrap when it is written.
  const auto columns = static_cast<std::size_t>(std::max(size.columns - 1, 1));
  const auto rows = static_cast<std::size_t>(std::max(size.rows - 3, 0));
  const std::vector<const RunProgress::Node*> running =
      progress_.latest_running(std::min(kMaxRunningLines, rows));
  std::vector<std::string> lines;
  const WallTime now = clock_.wall_now();
  if (progress_.running() > running.size() && !running.empty()) {
    lines.push_back(
        cut_to_width("  and " + std::to_string(progress_.running() - running.size()) + " more", columns));
  }
  for (const RunProgress::Node* node : running) lines.push_back(running_line(*node, now, columns));
  lines.push_back(progress_line(columns));
  return lines;
}

std::string PrettyView::running_line(const RunProgress::Node& node, WallTime now, std::size_t columns) const {
  std::string text = "  " + harmless_line(node_label(node)) + "  " +
                     duration_text(std::max<Duration>(now - node.started_at, Duration(0)));
  if (node.fraction) {
    constexpr std::size_t kAll = 100;
    constexpr std::size_t kBar = 12;
    const auto done = static_cast<std::size_t>(std::clamp(*node.fraction, 0.0, 1.0) * kAll);
    text +=
        "  " + (columns < kBarsFrom ? "" : progress_bar(done, kAll, kBar) + " ") + std::to_string(done) + "%";
  }
  if (!node.waiting.empty())
    text += "  waits for " + harmless_line(node.waiting);
  else if (!node.message.empty())
    text += "  " + harmless_line(node.message);
  return styled(kDim, cut_to_width(text, columns));
}

std::string PrettyView::progress_line(std::size_t columns) const {
  std::optional<Duration> elapsed;
  if (started_) elapsed = clock_.steady_now() - *started_;
  const std::string_view note = is_stopping_ ? "stopping (Ctrl-C again ends it at once)" : "";
  return vnode::progress_line(progress_, elapsed,
                              {.columns = columns,
                               .has_colour = options_.has_colour,
                               .note = note,
                               .hint = options_.has_keys && note.empty() ? "?: keys" : ""});
}

}  // namespace vnode
