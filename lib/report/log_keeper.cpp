#include "report/log_keeper.h"

#include <utility>

namespace vnode {

void LogKeeper::add(std::string line) {
  line += '\n';
  if (!is_head_full_ && head_.size() + line.size() <= most_bytes_) {
    head_ += line;
    return;
  }
  is_head_full_ = true;
  tail_bytes_ += line.size();
  tail_.push_back(std::move(line));
  while (tail_bytes_ > most_bytes_ && tail_.size() > 1) {
    tail_bytes_ -= tail_.front().size();
    tail_.pop_front();
    ++dropped_;
  }
}

std::string LogKeeper::text() const {
  std::string text = head_;
  if (dropped_ > 0) text += "... " + std::to_string(dropped_) + " lines left out ...\n";
  for (const std::string& line : tail_) text += line;
  return text;
}

}  // namespace vnode
