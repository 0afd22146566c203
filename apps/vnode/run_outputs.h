#pragma once

#include <memory>
#include <optional>

#include "apps/vnode/diagnostics.h"
#include "apps/vnode/error_printer.h"
#include "apps/vnode/exit_code.h"
#include "apps/vnode/pretty_view.h"
#include "apps/vnode/run_options.h"
#include "apps/vnode/run_stopper.h"
#include "events/fan_out.h"
#include "events/ndjson_sink.h"

namespace vnode {

/// Everything that shows a run: what goes to standard output, and the stream of --events.
class RunOutputs {
 public:
  RunOutputs(const RunSettings& settings, const Clock& clock, RunStopper& stopper, Diagnostics& diagnostics);

  /// Opens what has to be opened; kExitSuccess, or the code to end with, and the reason has been told.
  ExitCode open();

  EventSink& sink();
  /// Null when there is no view that wants ticks.
  PrettyView* view() { return view_ ? &*view_ : nullptr; }

  /// Waits until all is written. kExitOutputFailed, and told, when something could not be.
  ExitCode close();

  /// The format that was asked for, or the one that fits.
  static OutputFormat format_of(const RunSettings& settings);

 private:
  ExitCode open_events();
  StreamWriter::Options writer_options(bool owns_fd);
  ExitCode close(NdjsonSink& sink, std::string_view where);

  const RunSettings& settings_;
  const Clock& clock_;
  RunStopper& stopper_;
  Diagnostics& diagnostics_;
  std::optional<NdjsonSink> stream_;
  std::optional<NdjsonSink> events_;
  std::optional<PrettyView> view_;
  std::optional<ErrorPrinter> errors_;
  FanOut all_;
};

}  // namespace vnode
