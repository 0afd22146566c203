#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "apps/vnode/ci/run_annotations.h"
#include "apps/vnode/local/overwritten_input.h"
#include "apps/vnode/local/run_command_options.h"
#include "apps/vnode/local/run_keys.h"
#include "apps/vnode/local/run_reports.h"
#include "apps/vnode/local/run_stopper.h"
#include "apps/vnode/show/error_printer.h"
#include "apps/vnode/show/farm_printer.h"
#include "apps/vnode/show/plain_view.h"
#include "apps/vnode/show/pretty_view.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "apps/vnode/watch/run_browser.h"
#include "base/run_status.h"
#include "events/fan_out.h"
#include "events/ndjson_sink.h"

namespace vnode {

/// Everything that shows a run: what goes to standard output, and the stream of --events.
class RunOutputs {
 public:
  RunOutputs(const RunCommandOptions& settings, const Clock& clock, RunStopper& stopper,
             Diagnostics& diagnostics);

  /// Opens what has to be opened; kExitSuccess, or the code to end with, and the reason has been told.
  ExitCode open();

  EventSink& sink();
  /// Null when there is no view that wants ticks.
  RunView* view();
  /// The run was asked to end: the views say so. Any thread, once opened.
  void show_stopping();
  /// The annotations of a CI job, where somebody reads them; null elsewhere.
  RunAnnotations* annotations() { return annotations_ ? &*annotations_ : nullptr; }

  /// From that time on nobody waits for a reader that does not read. Any thread, once opened.
  void hurry(SteadyTime from);
  /// The run was paused for so long: see StreamWriter. Any thread, once opened.
  void put_off_hurry(Duration by);
  /// Writes the last event of a run that is cut off, where it can be written at once. Any thread, once
  /// opened.
  void cut_off(const Event& last);
  /// Waits a moment for what has been told already. False when something for people or scripts, other than
  /// the event stream, could not be written. Any thread, once opened.
  bool drain();

  /// After `close`: writes the value of --output to standard output.
  ExitCode print_value(std::string text);
  /// The same: what a CI server is to show at the lines of files.
  ExitCode print_annotations();
  /// True when not all of that value was written, since a hurry came and the reader took too little.
  bool has_lost_value() const { return value_ && value_->has_given_up(); }
  /// The same for a view.
  bool has_lost_view() const;

  /// Waits until all is written. kExitOutputFailed, and told, when something could not be.
  ExitCode close();

  /// The format that was asked for, or the one that fits.
  static OutputFormat format_of(const RunCommandOptions& settings);
  /// Where it will write to.
  static std::vector<NamedOutput> named(const RunCommandOptions& settings);

 private:
  int view_descriptor() const;
  void open_form();
  ExitCode open_events();
  void open_view();
  StreamWriter::Options writer_options(bool owns_fd);
  ExitCode close(NdjsonSink& sink, std::string_view where);

  const RunCommandOptions& settings_;
  const Clock& clock_;
  RunStopper& stopper_;
  Diagnostics& diagnostics_;
  std::optional<NdjsonSink> stream_;
  std::optional<NdjsonSink> events_;
  std::optional<StreamWriter> value_;
  RunKeys keys_;
  std::optional<PrettyView> view_;
  std::optional<RunBrowser> browser_;  ///< in front of the view, where there are keys
  std::optional<PlainView> plain_;
  std::optional<ErrorPrinter> errors_;
  std::optional<RunAnnotations> annotations_;
  std::optional<FarmPrinter> farm_;
  RunReports reports_;
  FanOut all_;
};

}  // namespace vnode
