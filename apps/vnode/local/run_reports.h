#pragma once

#include <memory>
#include <string>
#include <vector>

#include "apps/vnode/local/document_output.h"
#include "apps/vnode/terminal/diagnostics.h"
#include "base/error.h"
#include "events/event_json.h"
#include "events/sink.h"
#include "report/report.h"

namespace vnode {

/// The reports of `vnode run --report`: a sink that makes all of them while the run goes on. Each has the
/// format of its file's suffix.
class RunReports final : public EventSink {
 public:
  /// That all files have a suffix that says a format. Errors: kUsage.
  static Result<void> check(const std::vector<std::string>& files);

  /// Opens the files, which have been checked; kExitOutputFailed, and told, when one cannot be opened.
  ExitCode open(const std::vector<std::string>& files, Diagnostics& diagnostics);

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return !reports_.empty(); }
  /// After the last event: the reports are complete. kExitOutputFailed, and told, when one could not be
  /// written.
  ExitCode finish(Diagnostics& diagnostics);

 private:
  struct Entry {
    explicit Entry(const std::string& file) : output(file) {}
    DocumentOutput output;
    std::unique_ptr<Report> report;
    std::unique_ptr<EventStream> stream;
  };

  /// Reports show no values in full.
  static constexpr std::size_t kMostValueBytes = 1024;

  EventFormatter formatter_{kMostValueBytes};
  std::string line_;
  bool wants_outputs_ = false;
  std::vector<std::unique_ptr<Entry>> reports_;
};

/// The formats as an error message names them: ".xml, .trace.json, .md".
std::string report_suffixes();

}  // namespace vnode
