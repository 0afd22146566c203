#pragma once

#include <memory>

#include "report/report.h"

namespace vnode {

/// JUnit XML as Jenkins' junit-10.xsd has it: a test case a node, or an item of a map; nodes that failed or
/// timed out are failures, what was cancelled or has not ended errors, what was skipped is skipped. A run
/// that did not succeed has at least one of them, so no server takes it for a good one.
std::unique_ptr<Report> make_junit_report(ReportOutput output);

}  // namespace vnode
