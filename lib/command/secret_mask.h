#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// The secrets that the programs of a run have named, which nobody is to see. Thread rule: any thread.
class SecretMask {
 public:
  /// Shorter ones would mask everything.
  static constexpr std::size_t kShortest = 6;
  static constexpr std::string_view kMask = "***";

  /// False when it is too short. Of a secret of several lines each line that is long enough is one, too.
  bool add(std::string_view secret);
  /// The text with each secret in it replaced.
  std::string apply(std::string text) const;
  bool is_empty() const { return is_empty_; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> secrets_;  ///< the longest first: one may be part of another
  std::atomic<bool> is_empty_ = true;
};

}  // namespace vnode
