#pragma once

#include <memory>

#include "report/report.h"

namespace vnode {

/// A summary in GitHub's Markdown, below the limit that CI servers have for one: the outcome, failures first
/// with their messages and details, what was skipped, the slowest nodes. Nothing of the run can become
/// markup.
std::unique_ptr<Report> make_markdown_report(ReportOutput output);

}  // namespace vnode
