#include "apps/vnode/client/run_follower.h"

#include <unistd.h>

#include "apps/vnode/ci/ci_system.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/client/event_printer.h"
#include "apps/vnode/show/error_printer.h"
#include "apps/vnode/show/event_reading.h"
#include "apps/vnode/show/plain_view.h"
#include "apps/vnode/show/pretty_view.h"
#include "apps/vnode/terminal/print.h"

namespace vnode {

ExitCode RunFollower::show(const std::string& id, std::uint64_t since, bool follows) {
  EventFollower follower(connection_, id, since, follows);
  const ExitCode code = show(follower);
  return code == kExitSuccess && follower.has_found_nothing() ? report_lost_events(id, diagnostics_) : code;
}

ExitCode RunFollower::show(EventFollower& follower) {
  if (format_ == OutputFormat::kNdjson) return show_stream(follower);
  if (format_ == OutputFormat::kQuiet) {
    ErrorPrinter errors(STDERR_FILENO, wants_colour(STDERR_FILENO));
    return show_view(follower, errors, nullptr);
  }
  const SystemClock clock;
  if (!is_smart_terminal(STDOUT_FILENO)) {
    const bool guards_ci = ci_of_environment() != CiSystem::kNone;
    PlainView view(STDOUT_FILENO, {.has_colour = wants_colour(STDOUT_FILENO), .guards_ci = guards_ci}, clock);
    return show_view(follower, view, &view);
  }
  PrettyView::Options options{wants_colour(STDOUT_FILENO), [] { return terminal_size(STDOUT_FILENO); }};
  PrettyView view(STDOUT_FILENO, std::move(options), clock);
  return show_view(follower, view, &view);
}

ExitCode RunFollower::show_stream(EventFollower& follower) {
  std::optional<CallError> error;
  const ExitCode written = print_events(follower, diagnostics_, error);
  return written == kExitSuccess ? report(error) : written;
}

ExitCode RunFollower::show_view(EventFollower& follower, EventSink& sink, RunView* view) {
  EventFollower::Callbacks callbacks;
  callbacks.on_event = [&sink](const Value& event, std::string_view) {
    const ReadEvent read(event);
    if (read.event()) sink.on_event(*read.event());
    return true;
  };
  callbacks.on_lost = [this] { tell_loss(); };
  callbacks.on_idle = [view]() -> std::optional<SteadyTime> {
    if (!view) return std::nullopt;
    view->tick();
    return view->next_tick();
  };
  const std::optional<CallError> error = follower.read(callbacks);
  const Result<void> closed = sink.close();
  if (!closed) return report_output_failure("standard output", closed.error().message, diagnostics_);
  return report(error);
}

ExitCode RunFollower::report(const std::optional<CallError>& error) {
  if (!error) return kExitSuccess;
  if (connection_.is_interrupted()) return kExitCancelled;
  return report_call_error(*error, "", diagnostics_);
}

void RunFollower::tell_loss() { diagnostics_.warning("the daemon went away; looking for it"); }

}  // namespace vnode
