#include "apps/vnode/local/run_reports.h"

#include <variant>

namespace vnode {

std::string report_suffixes() {
  std::string words;
  for (const ReportFormat& format : report_formats()) {
    for (const std::string_view suffix : format.suffixes) {
      if (!words.empty()) words += ", ";
      words.append(suffix).append(" (").append(format.name).append(")");
    }
  }
  return words;
}

Result<void> RunReports::check(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (report_format_of_file(file)) continue;
    return usage_error("--report " + file + ": the file's suffix says the format, and must be one of " +
                       report_suffixes());
  }
  return {};
}

ExitCode RunReports::open(const std::vector<std::string>& files, Diagnostics& diagnostics) {
  for (const std::string& file : files) {
    auto entry = std::make_unique<Entry>(file);
    if (const ExitCode code = entry->output.open(diagnostics); code != kExitSuccess) return code;
    const ReportFormat& format = *report_format_of_file(file);
    entry->report = format.make([output = &entry->output](std::string_view text) { output->write(text); });
    entry->stream = std::make_unique<EventStream>(
        [report = entry->report.get()](const ReportEvent& event) { report->add(event); },
        format.wants_outputs);
    wants_outputs_ = wants_outputs_ || format.wants_outputs;
    reports_.push_back(std::move(entry));
  }
  return kExitSuccess;
}

void RunReports::on_event(const Event& event) {
  if (!wants_outputs_ && std::holds_alternative<NodeOutput>(event.body)) return;
  line_.clear();
  formatter_.append_line(line_, event);
  for (const auto& entry : reports_) entry->stream->feed(line_);
}

ExitCode RunReports::finish(Diagnostics& diagnostics) {
  ExitCode code = kExitSuccess;
  for (const auto& entry : reports_) {
    entry->report->finish(entry->stream->finish());
    if (entry->output.close(diagnostics) != kExitSuccess) code = kExitOutputFailed;
  }
  reports_.clear();
  return code;
}

}  // namespace vnode
