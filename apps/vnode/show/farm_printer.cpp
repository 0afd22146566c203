#include "apps/vnode/show/farm_printer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "apps/vnode/show/run_progress.h"
#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

/// An agent passes each line on to its server.
constexpr auto kLeastPause = std::chrono::milliseconds(500);

std::string plain_label(const NodeRef& node) {
  return node.name.empty() ? short_label(node.node_type, node.instance_id) : std::string(node.name);
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first == line.npos ? std::string_view() : line.substr(first);
}

/// "Progress: 50%", anywhere in the line: agents look for it there.
bool has_percentage(std::string_view line) {
  constexpr std::string_view kWord = "Progress:";
  const std::size_t at = line.find(kWord);
  if (at == line.npos) return false;
  const std::string_view rest = trimmed(line.substr(at + kWord.size()));
  const std::size_t end = rest.find_first_not_of("0123456789.");
  return end != 0 && end != rest.npos && rest[end] == '%';
}

}  // namespace

bool FarmPrinter::is_for_the_agent(std::string_view line) const {
  return farm_ == Farm::kOpenJd ? trimmed(line).starts_with("openjd_") : has_percentage(line);
}

void FarmPrinter::on_event(const Event& event) {
  progress_.apply(event);
  if (const auto* log = std::get_if<NodeLog>(&event.body)) {
    print_lines(event, log->message);
  } else if (const auto* error = std::get_if<NodeError>(&event.body)) {
    print_lines(event, "error: " + std::string(error->message));
  } else if (const auto* finished = std::get_if<ExecutionFinished>(&event.body)) {
    return print_end(*finished);
  } else if (const auto* progress = std::get_if<NodeProgress>(&event.body)) {
    if (!progress->message.empty() && event.node)
      status_ = harmless_line(plain_label(*event.node) + ": " + std::string(progress->message));
  } else if (std::holds_alternative<NodeStarted>(event.body) && event.node && event.node->iteration.empty()) {
    status_ = harmless_line(plain_label(*event.node));
  }
  print_progress(event.time);
}

void FarmPrinter::print(std::string_view line) {
  writer_.append_with([&](std::string& buffer) {
    if (!is_cut_off_) buffer.append(line).append("\n");
  });
}

/// With the node's name in front, so that no line of it is taken for one of the run's.
void FarmPrinter::print_lines(const Event& event, std::string_view text) {
  const std::string label =
      event.node ? plain_label(*event.node) + item_text(event.node->iteration) + ": " : "";
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (!is_for_the_agent(line)) print(harmless_line(label + std::string(line)));
    at = end + 1;
  }
}

void FarmPrinter::print_progress(WallTime now) {
  if (now - told_at_ < kLeastPause && told_at_ <= now) return;
  std::array<char, 64> text{};
  const double percent = 100 * progress_.fraction();
  if (farm_ == Farm::kOpenJd) {
    std::snprintf(text.data(), text.size(), "openjd_progress: %.1f", percent);
  } else {
    std::snprintf(text.data(), text.size(), "Progress: %d%%", static_cast<int>(percent));
  }
  const bool is_news = told_ != text.data();
  if (is_news) print(told_ = text.data());
  const std::string status = std::exchange(status_, {});
  if (farm_ == Farm::kOpenJd && !status.empty()) print("openjd_status: " + status);
  if (is_news || !status.empty()) told_at_ = now;
}

std::string FarmPrinter::failure_line(std::string_view error) const {
  const std::string line = harmless_line(error.substr(0, error.find('\n')));
  return (farm_ == Farm::kOpenJd ? "openjd_fail: " : "Error: ") + line;
}

void FarmPrinter::print_end(const ExecutionFinished& finished) {
  if (!finished.success()) {
    const std::string_view why = finished.error.empty() ? word(finished.status) : finished.error;
    return print(failure_line(why));
  }
  told_at_ = {};
  status_.clear();
  print_progress(WallTime::max());
}

bool FarmPrinter::cut_off(const ExecutionFinished& last, Duration patience) {
  writer_.hurry(std::chrono::steady_clock::now());
  writer_.append_with([&](std::string& buffer) {
    if (!std::exchange(is_cut_off_, true)) buffer += failure_line(last.error) + "\n";
  });
  return writer_.drain(patience);
}

}  // namespace vnode
