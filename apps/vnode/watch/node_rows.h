#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/vnode/show/run_progress.h"
#include "apps/vnode/watch/row_style.h"

namespace vnode {

/// The nodes of a run as they are shown: those at work in the order of their start, those that wait, those
/// that failed, and the others, the last one that ended first. Only what has `filter` in its label or its
/// message.
std::vector<const RunProgress::Node*> ordered_nodes(const RunProgress& progress, std::string_view filter);

/// A header and a line a node; the selected one (counted from 0) is marked.
std::vector<std::string> node_rows(std::span<const RunProgress::Node* const> nodes, std::size_t selected,
                                   WallTime now, RowStyle style);

}  // namespace vnode
