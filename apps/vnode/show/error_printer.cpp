#include "apps/vnode/show/error_printer.h"

#include <utility>

#include "apps/vnode/show/run_progress.h"
#include "apps/vnode/terminal/ci_commands.h"
#include "apps/vnode/terminal/diagnostics.h"

namespace vnode {

void ErrorPrinter::on_event(const Event& event) {
  std::string_view message;
  if (const auto* error = std::get_if<NodeError>(&event.body)) {
    if (error->is_handled) return;  // what goes on from there is the answer to it
    message = error->message;
  } else if (const auto* log = std::get_if<NodeLog>(&event.body); log && log->level == LogLevel::kError) {
    message = log->message;
  } else if (const auto* finished = std::get_if<ExecutionFinished>(&event.body)) {
    // Refusals are reported in detail by the command, and what a node said is not said twice.
    const bool is_told = finished->success() || finished->status == RunStatus::kInvalid ||
                         (finished->status == RunStatus::kFailed && has_told_);
    if (!is_told && !finished->error.empty()) print(finished->error);
    return;
  } else {
    return;
  }
  std::string line;
  if (event.node) line = node_label(*event.node) + ": ";
  print(line.append(message));
  has_told_ = true;
}

void ErrorPrinter::print(std::string_view message) {
  writer_.append_with([&](std::string& buffer) {
    if (is_cut_off_) return;
    const std::string line = diagnostic_line(DiagnosticLevel::kError, message, has_colour_);
    buffer += guards_ci_ ? without_ci_commands(line) : line;
  });
}

bool ErrorPrinter::cut_off(const ExecutionFinished& last, Duration patience) {
  writer_.hurry(std::chrono::steady_clock::now());
  writer_.append_with([&](std::string& buffer) {
    if (std::exchange(is_cut_off_, true)) return;
    buffer += diagnostic_line(DiagnosticLevel::kError, last.error, has_colour_);
  });
  return writer_.drain(patience);
}

}  // namespace vnode
