#include "apps/vnode/watch/text_filter.h"

#include <algorithm>

namespace vnode {
namespace {

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

TextFilter::TextFilter(std::string_view part) : part_(part) {
  std::transform(part_.begin(), part_.end(), part_.begin(), lower_case);
}

bool TextFilter::is_in(std::string_view text) const {
  if (part_.empty()) return true;
  return std::search(text.begin(), text.end(), part_.begin(), part_.end(),
                     [](char a, char b) { return lower_case(a) == b; }) != text.end();
}

}  // namespace vnode
