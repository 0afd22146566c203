#pragma once

#include <functional>
#include <utility>

namespace vnode {

/// Calls a function at the end of its scope, however that is left.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> function) : function_(std::move(function)) {}
  AtEnd(const AtEnd&) = delete;
  ~AtEnd() {
    if (function_) function_();
  }

 private:
  std::function<void()> function_;
};

}  // namespace vnode
