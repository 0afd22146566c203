#pragma once

#include <memory>

#include "report/report.h"

namespace vnode {

/// GitLab's Code Quality format: what keeps a workflow from running, and nodes that have failed, at the lines
/// of the workflow file. For the lines the file is read once more, at the end.
std::unique_ptr<Report> make_codequality_report(ReportOutput output);

}  // namespace vnode
