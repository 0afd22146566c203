#include "async/line_splitter.h"

#include <algorithm>
#include <utility>

namespace vnode {

LineSplitter::Found LineSplitter::next(std::string_view& bytes, std::string& line) {
  std::size_t newline = bytes.find('\n');
  if (is_skipping_) {
    bytes.remove_prefix(newline == bytes.npos ? bytes.size() : newline + 1);
    if (newline == bytes.npos) return Found::kNothing;
    is_skipping_ = false;
    newline = bytes.find('\n');
  }
  const bool is_whole = newline != bytes.npos;
  const std::string_view more = bytes.substr(0, newline);
  if (is_too_long(more)) {
    begun_ = {};
    is_skipping_ = !is_whole;
    bytes.remove_prefix(is_whole ? newline + 1 : bytes.size());
    return Found::kTooLong;
  }
  bytes.remove_prefix(is_whole ? newline + 1 : bytes.size());
  if (!is_whole || !begun_.empty()) append(more);
  if (!is_whole) return Found::kNothing;
  if (begun_.empty()) {
    line.assign(more);
  } else {
    line = std::exchange(begun_, {});
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return Found::kLine;
}

bool LineSplitter::is_too_long(std::string_view more) const {
  const std::size_t size = begun_.size() + more.size();
  if (size != max_line_ + 1) return size > max_line_;
  return (more.empty() ? begun_ : more).back() != '\r';  // a "\r" that ends it does not count
}

void LineSplitter::append(std::string_view more) {
  const std::size_t size = begun_.size() + more.size();
  // Not twice as much as a line may have.
  if (size > begun_.capacity()) begun_.reserve(std::max(size, std::min(2 * size, max_line_ + 1)));
  begun_.append(more);
}

}  // namespace vnode
