#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// Which runs and groups a run waits for, by their ids, and which of them have ended as it needs them.
struct Dependencies {
  std::vector<std::string> after;      ///< these have to end well
  std::vector<std::string> after_any;  ///< these have to end
  std::vector<std::string> met;

  /// As rows have it: a JSON object; empty: none. What cannot be read is none.
  static Dependencies read(std::string_view json);
  std::string json() const;
  bool is_empty() const { return after.empty() && after_any.empty(); }
  /// Those that are not met.
  std::vector<std::string> open() const;
};

/// How what a run waits for stands.
struct DependencyState {
  bool has_ended = false;
  bool has_failed = false;   ///< it, or a run of the group, has ended otherwise than well
  std::string what_is = {};  ///< for people: "has ended as failed"
};

/// Who waits for whom (rule 23). It decides, and does nothing else: what follows is done by who asks.
/// Thread rule: one thread.
class RunDependencies {
 public:
  void add(const std::string& run, Dependencies dependencies);
  void remove(const std::string& run);
  /// Null when it waits for nothing.
  const Dependencies* find(const std::string& run) const;
  /// Those that wait for that run or group, in order of their ids.
  std::vector<std::string> waiting_for(const std::string& id) const;
  bool is_waited_for(const std::string& id) const { return waiting_.contains(id); }

  enum class Verdict {
    kWaits,   ///< as before
    kMet,     ///< for one less
    kReady,   ///< for nothing more; `remove` it
    kFailed,  ///< it never can begin, and is forgotten
  };
  /// `id` stands so now: what that means for `run`.
  Verdict judge(const std::string& run, const std::string& id, const DependencyState& state);

 private:
  std::map<std::string, Dependencies> runs_;
  std::map<std::string, std::set<std::string>> waiting_;  ///< for each that is waited for
};

}  // namespace vnode
