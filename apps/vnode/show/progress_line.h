#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/vnode/show/run_progress.h"

namespace vnode {

struct ProgressLineStyle {
  std::size_t columns = 80;
  bool has_colour = false;
  std::string_view note = {};  ///< to be told before all else
  std::string_view hint = {};  ///< to be told behind all else
  bool is_over = false;        ///< nothing is left to be done, whatever has not been
};

/// "[####......] 12/40 nodes, 3 running, 1 failed, 12s, 3.2 nodes/s, ~28s left", no wider than that.
/// `elapsed`: nullopt before the run has begun.
std::string progress_line(const RunProgress& progress, std::optional<Duration> elapsed,
                          const ProgressLineStyle& style);

/// The same without the bar.
std::string progress_text(const RunProgress& progress, std::optional<Duration> elapsed, bool is_over = false);

}  // namespace vnode
