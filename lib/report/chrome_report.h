#pragma once

#include <memory>

#include "report/report.h"

namespace vnode {

/// A trace in the JSON format of chrome://tracing, which Perfetto opens: a process a host, in it a track a
/// chain (nodes that follow each other), and tracks of their own for the items of maps. Written while the
/// events are read: its memory is that of the nodes at work.
std::unique_ptr<Report> make_chrome_report(ReportOutput output);

}  // namespace vnode
