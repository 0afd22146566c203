#include "apps/vnode/client/event_printer.h"

#include <unistd.h>

#include "apps/vnode/terminal/print.h"
#include "async/stream_writer.h"

namespace vnode {

ExitCode print_events(EventFollower& follower, Diagnostics& diagnostics, std::optional<CallError>& error) {
  StreamWriter writer(STDOUT_FILENO);
  const auto on_event = [&writer](const Value&, std::string_view line) {
    writer.append_with([line](std::string& out) { out.append(line).append("\n"); });
    return !writer.reader_gone();
  };
  const auto on_lost = [&diagnostics] { diagnostics.warning("the daemon went away; looking for it"); };
  error = follower.read({on_event, on_lost});
  const Result<void> written = writer.close();
  if (!written) return report_output_failure("standard output", written.error().message, diagnostics);
  return kExitSuccess;
}

}  // namespace vnode
