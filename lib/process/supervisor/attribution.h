#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "process/supervisor/process_list.h"

namespace vnode {

/// To which of the started processes does each descendant of the supervisor belong? (rules.md, "Whose is
/// it?") Pure: it looks at a list of processes, and remembers what it has found out, so that a process stays
/// with its owner whatever it does to itself.
class Attribution {
 public:
  static constexpr int kNobody = 0;

  /// A process that was started, whether it goes on or only what it has started.
  struct Family {
    int number = 0;
    pid_t root = 0;
    std::uint64_t since = 0;  ///< ticks; nothing of it is older
    bool is_running = true;   ///< the root; else its number may be another's by now
    pid_t main = 0;           ///< what a root that is a launcher has started in its own place; 0: nothing
    std::uint64_t main_started = 0;
  };
  struct Member {
    ProcessInfo process;
    int owner = kNobody;
    bool is_root = false;  ///< also the main process, and what leads to it from the root
  };
  /// The family that the environment of a process names; 0: none. Asked of orphans only.
  using MarkOf = std::function<int(pid_t)>;

  /// All living descendants of `self`, parents before their children.
  const std::vector<Member>& look(const std::vector<ProcessInfo>& processes, pid_t self,
                                  const std::vector<Family>& families, const MarkOf& mark_of);
  /// What the last `look` found.
  const std::vector<Member>& members() const { return members_; }

  /// Of a child of `self`, as found by `look`, without looking again; kNobody as well for one that nobody can
  /// be made out for. Null when it was not there, or no child yet.
  const int* owner_of(pid_t child) const;
  /// It has been waited for: its number may come again.
  void forget(pid_t pid) { owners_.erase(pid); }
  /// That family is no more: what is still there of it belongs to nobody.
  void dissolve(int family);

 private:
  struct Owner {
    std::uint64_t started;
    int family;
    bool is_child;  ///< its number stays its own until it is waited for
  };
  void find_owners(const std::vector<Family>& families, const MarkOf& mark_of);
  int direct_owner(const Member& member, const std::vector<Family>& families) const;
  int owner_by_group(const Member& member) const;
  int only_candidate(const Member& member, const std::vector<Family>& families) const;
  void pass_on();
  void mark_launched(const Family& family);

  std::map<pid_t, Owner> owners_;
  std::vector<Member> members_;
  std::vector<std::size_t> parents_;  ///< index in `members_`, or npos
  pid_t self_ = 0;
};

}  // namespace vnode
