#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "process/supervisor/wire.h"

namespace vnode {

/// What is to be started, with everything made that the new process needs: it may not allocate.
class SpawnPlan {
 public:
  /// `payload` of a kStart, which has to stay. `extra_variable` is added to its environment.
  SpawnPlan(std::string_view payload, std::string extra_variable, const std::vector<int>& descriptors);
  SpawnPlan(const SpawnPlan&) = delete;

  bool is_valid() const { return is_valid_; }
  const wire::StartHead& head() const { return head_; }

 private:
  friend struct SpawnChild;
  void find_candidates();

  bool is_valid_ = false;
  wire::StartHead head_{};
  std::string extra_variable_;
  const std::vector<int>& descriptors_;
  const char* directory_ = nullptr;
  std::vector<char*> words_;
  std::vector<char*> script_words_;  ///< the same as an argument of /bin/sh, whose second word is filled in
  std::vector<char*> environment_;
  std::vector<std::string> candidates_;  ///< where on its PATH it may be
};

struct SpawnResult {
  pid_t pid = -1;  ///< or it failed:
  wire::FailedHead failure{};
};

/// Starts it as P7 asks: at the cost of a vfork, leading a session, all signals at their defaults and none
/// blocked. Returns when the program has taken its place.
SpawnResult spawn(const SpawnPlan& plan);

}  // namespace vnode
