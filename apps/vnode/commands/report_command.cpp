#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/event_follower.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/document_output.h"
#include "apps/vnode/local/event_file.h"
#include "apps/vnode/local/overwritten_input.h"
#include "apps/vnode/local/run_reports.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "base/text.h"
#include "report/report.h"

namespace vnode {
namespace {

struct ReportSettings {
  ClientOptions client;
  std::string source;  ///< a file of events, or a run's id
  std::string format;
  std::string to;
};

/// A run's id, or its beginning, looks like 261121-00001. A file of that name counts more.
bool is_run_id(const std::string& source) {
  std::error_code error;
  if (source.empty() || !is_digit(source.front()) || std::filesystem::exists(source, error)) return false;
  return std::all_of(source.begin(), source.end(),
                     [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; });
}

/// Null when neither the option nor the file says one.
const ReportFormat* format_of(const ReportSettings& settings) {
  return settings.format.empty() ? report_format_of_file(settings.to) : find_report_format(settings.format);
}

/// "junit, chrome, markdown".
std::string format_words() {
  std::string words;
  for (const ReportFormat& format : report_formats())
    words.append(words.empty() ? "" : ", ").append(format.name);
  return words;
}

ExitCode report_bad_events(const Error& error, Diagnostics& diagnostics) {
  diagnostics.error(describe(error));
  return kExitInvalid;
}

/// The events of a daemon's run so far, into `stream`.
ExitCode read_run(const ReportSettings& settings, EventStream& stream, StreamSummary& summary,
                  Diagnostics& diagnostics) {
  const Result<DaemonAddress> address = daemon_address(settings.client.flags);
  if (!address) return report_usage_error(address.error(), diagnostics);
  DaemonConnection connection(*address);
  const ClientStopper stopper(connection);
  if (const auto error = connection.connect()) return report_call_error(*error, "", diagnostics);
  EventFollower follower(connection, settings.source, 0, false);
  const auto on_event = [&stream](const Value&, std::string_view line) {
    stream.feed(line);
    stream.feed("\n");
    return true;
  };
  const auto on_lost = [&diagnostics] { diagnostics.warning("the daemon went away; looking for it"); };
  const std::optional<CallError> error = follower.read({on_event, on_lost});
  if (stopper.code() != kExitSuccess) return stopper.code();
  if (error) return report_call_error(*error, "", diagnostics);
  if (follower.has_found_nothing()) return report_lost_events(settings.source, diagnostics);
  summary = stream.finish();
  return kExitSuccess;
}

ExitCode make_report(const ReportSettings& settings, const ReportFormat& format, Diagnostics& diagnostics) {
  DocumentOutput output(settings.to);
  const std::unique_ptr<Report> report =
      format.make([&output](std::string_view text) { output.write(text); });
  EventStream stream([&report](const ReportEvent& event) { report->add(event); }, format.wants_outputs);
  StreamSummary summary;
  if (is_run_id(settings.source)) {
    if (const ExitCode code = read_run(settings, stream, summary, diagnostics); code != kExitSuccess)
      return code;
  } else {
    const Result<StreamSummary> read = read_event_file(settings.source, stream);
    if (!read) return report_bad_events(read.error(), diagnostics);
    summary = *read;
  }
  report->finish(summary);
  for (const std::string& warning : summary.warnings()) diagnostics.warning(settings.source + ": " + warning);
  return output.close(diagnostics);
}

ExitCode report_events(const ReportSettings& settings, Diagnostics& diagnostics) {
  const ReportFormat* format = format_of(settings);
  if (!format) {
    diagnostics.error("which format? Say it with --format (" + format_words() +
                      "), or by the suffix of --to: " + report_suffixes());
    return kExitUsage;
  }
  const std::string target = settings.to.empty() ? "fd:1" : settings.to;
  const Result<void> apart = check_overwritten_inputs({{"--to " + settings.to, target}}, {settings.source});
  if (!apart) return report_usage_error(apart.error(), diagnostics);
  return make_report(settings, *format, diagnostics);
}

}  // namespace

void set_up_report(CommandSpec& command) {
  auto settings = std::make_shared<ReportSettings>();
  add_nonempty_text(
      command, "EVENTS", settings->source, "",
      "A file of events (run --events, vnode events), - for standard input, or the id of a daemon's run")
      .is_required = true;
  std::vector<std::string> words;
  std::string help = "What to make";
  for (const ReportFormat& format : report_formats()) {
    words.emplace_back(format.name);
    help += (words.size() == 1 ? ": " : "; ") + words.back() + ", " + std::string(format.summary);
  }
  add_choice(command, "-o,--format", settings->format, words, help);
  add_nonempty_text(
      command, "--to", settings->to, "FILE",
      "Write it there; without --format the file's suffix says the format: " + report_suffixes());
  declare_place_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return report_events(*settings, diagnostics); };
}

}  // namespace vnode
