#include "apps/vnode/error_printer.h"

#include "apps/vnode/run_progress.h"

namespace vnode {

void ErrorPrinter::on_event(const Event& event) {
  std::string_view message;
  if (const auto* error = std::get_if<NodeError>(&event.body)) {
    message = error->message;
  } else if (const auto* log = std::get_if<NodeLog>(&event.body); log && log->level == LogLevel::kError) {
    message = log->message;
  } else if (const auto* finished = std::get_if<ExecutionFinished>(&event.body)) {
    // Refusals are reported in detail by the command, and what a node said is not said twice.
    const bool is_told = finished->success() || finished->status == RunStatus::kInvalid ||
                         (finished->status == RunStatus::kFailed && has_told_);
    if (!is_told && !finished->error.empty()) diagnostics_.error(finished->error);
    return;
  } else {
    return;
  }
  std::string line;
  if (event.node) line = short_label(event.node->node_type, event.node->instance_id) + ": ";
  diagnostics_.error(line.append(message));
  has_told_ = true;
}

}  // namespace vnode
