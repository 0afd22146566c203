#pragma once

#include <string>
#include <string_view>

namespace vnode {

/// What somebody types to see only some lines: a part of them, whatever the case (of ASCII letters).
class TextFilter {
 public:
  explicit TextFilter(std::string_view part);

  /// True also when nothing was typed.
  bool is_in(std::string_view text) const;

 private:
  std::string part_;
};

}  // namespace vnode
