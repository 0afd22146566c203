#include "model/problem.h"

#include <algorithm>

namespace vnode {

bool has_errors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Problem& problem) { return problem.severity == Severity::kError; });
}

std::string join_pointer(std::string_view base, std::string_view token) {
  std::string pointer(base);
  pointer += '/';
  for (char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

std::string join_pointer(std::string_view base, std::size_t index) {
  return join_pointer(base, std::to_string(index));
}

}  // namespace vnode
