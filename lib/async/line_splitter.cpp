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
  // First: what is thrown from here on is about a line that has been dealt with.
  bytes.remove_prefix(is_whole ? newline + 1 : bytes.size());
  is_skipping_ = !is_whole;
  if (is_too_long(more)) {
    drop();
    return Found::kTooLong;
  }
  try {
    if (!is_whole || unfinished() > 0) append(more);
    if (is_whole && unfinished() == 0) line.assign(more);
  } catch (...) {
    drop();
    throw;
  }
  is_skipping_ = false;
  if (!is_whole) return Found::kNothing;
  if (std::exchange(is_long_, false)) {
    if (long_.view().back() == '\r') long_.pop_back();
    return Found::kLongLine;
  }
  if (!begun_.empty()) line = std::exchange(begun_, {});
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return Found::kLine;
}

bool LineSplitter::is_too_long(std::string_view more) const {
  const std::size_t size = unfinished() + more.size();
  if (size != max_line_ + 1) return size > max_line_;
  // A "\r" that ends it does not count.
  return (more.empty() ? (is_long_ ? long_.view() : std::string_view(begun_)) : more).back() != '\r';
}

void LineSplitter::append(std::string_view more) {
  const std::size_t size = unfinished() + more.size();
  if (!is_long_ && size > long_line_) {
    long_.clear();
    long_.append(begun_, max_line_ + 1);
    begun_ = {};
    is_long_ = true;
  }
  if (is_long_) return long_.append(more, max_line_ + 1);
  // Not twice as much as a line may have.
  if (size > begun_.capacity()) begun_.reserve(std::max(size, std::min(2 * size, max_line_ + 1)));
  begun_.append(more);
}

void LineSplitter::drop() {
  begun_ = {};
  long_.clear();
  is_long_ = false;
}

}  // namespace vnode
