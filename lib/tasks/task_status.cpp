#include "tasks/task_status.h"

#include <array>

namespace vnode {
namespace {

/// In the order of the enumeration.
constexpr std::array<std::string_view, 7> kWords = {"pending",   "running", "completed",  "failed",
                                                    "cancelled", "timeout", "interrupted"};

}  // namespace

std::string_view word(TaskStatus status) { return kWords.at(static_cast<std::size_t>(status)); }

std::optional<TaskStatus> parse_task_status(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<TaskStatus>(i);
  }
  return std::nullopt;
}

}  // namespace vnode
