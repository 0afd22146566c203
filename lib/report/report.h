#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/event_stream.h"

namespace vnode {

/// Takes pieces of a report as they are made.
using ReportOutput = std::function<void(std::string_view)>;

/// One report in the making. Events of a run go in, in their order; what comes out may come out at the end
/// only. None keeps the events. Thread rule: one thread.
class Report {
 public:
  virtual ~Report() = default;
  virtual void add(const ReportEvent& event) = 0;
  /// No more comes.
  virtual void finish(const StreamSummary& summary) = 0;
};

/// A format: what it is called, and how one is made. A further one is a further row of `report_formats`.
struct ReportFormat {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> suffixes;  ///< of files that get it, without being asked for by name
  bool wants_outputs = false;              ///< it needs what nodes put out
  std::unique_ptr<Report> (*make)(ReportOutput output) = nullptr;
};

const std::vector<ReportFormat>& report_formats();

/// Null when there is none.
const ReportFormat* find_report_format(std::string_view name);
/// By the longest suffix that fits; null when none does.
const ReportFormat* report_format_of_file(std::string_view path);

}  // namespace vnode
