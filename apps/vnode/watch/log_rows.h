#pragma once

#include <string>

#include "apps/vnode/show/run_log.h"
#include "apps/vnode/watch/row_style.h"

namespace vnode {

/// One line of a run's log; of its text from column `pan` on.
std::string log_row(const LogEntry& entry, std::size_t pan, RowStyle style);

}  // namespace vnode
