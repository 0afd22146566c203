#include "process/log_budget.h"

namespace vnode {

bool RunLogBudget::take(std::uint64_t size) {
  if (spent_.fetch_add(size) + size <= limit_) return true;
  spent_.fetch_sub(size);
  return false;
}

bool LogBudget::take(std::uint64_t size) {
  if (lines_ == 0 && spent_ + size <= limit_ && run_.take(size)) {
    spent_ += size;
    return true;
  }
  ++lines_;
  bytes_ += size;
  return false;
}

std::string LogBudget::last_line() const {
  if (lines_ == 0) return "";
  return std::to_string(lines_) + (lines_ == 1 ? " more line (" : " more lines (") + std::to_string(bytes_) +
         " bytes) left out: the log's limit is reached";
}

}  // namespace vnode
