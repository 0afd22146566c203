#include "process/supervisor/attribution.h"

namespace vnode {
namespace {

constexpr std::size_t kNoParent = SIZE_MAX;
constexpr int kUnknown = -1;

}  // namespace

const std::vector<Attribution::Member>& Attribution::look(const std::vector<ProcessInfo>& processes,
                                                          pid_t self, const std::vector<Family>& families,
                                                          const MarkOf& mark_of) {
  self_ = self;
  members_.clear();
  parents_.clear();
  std::multimap<pid_t, const ProcessInfo*> children;
  for (const ProcessInfo& process : processes) children.emplace(process.parent, &process);
  const auto add_children = [&](pid_t parent, std::size_t index) {
    const auto [begin, end] = children.equal_range(parent);
    for (auto child = begin; child != end; ++child) {
      if (child->second->has_ended || child->second->pid == self) continue;
      members_.push_back({*child->second, kUnknown, false});
      parents_.push_back(index);
    }
  };
  add_children(self, kNoParent);
  for (std::size_t i = 0; i < members_.size(); ++i) add_children(members_[i].process.pid, i);
  find_owners(families, mark_of);

  owners_.clear();
  for (const Member& member : members_) {
    owners_[member.process.pid] = {member.process.started, member.owner, member.process.parent == self};
  }
  return members_;
}

void Attribution::find_owners(const std::vector<Family>& families, const MarkOf& mark_of) {
  for (Member& member : members_) {
    member.owner = direct_owner(member, families);
    for (const Family& family : families) {
      member.is_root = member.is_root || (family.is_running && family.root == member.process.pid);
    }
  }
  for (const Family& family : families) {
    if (family.is_running && family.main != 0) mark_launched(family);
  }
  pass_on();
  for (Member& member : members_) {
    if (member.owner != kUnknown) continue;
    const int mark = mark_of(member.process.pid);
    for (const Family& family : families) {
      if (family.number == mark) member.owner = mark;
    }
  }
  pass_on();
  // The sessions and groups of one may tell whose another is, and so on.
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (Member& member : members_) {
      if (member.owner != kUnknown) continue;
      member.owner = owner_by_group(member);
      has_changed = has_changed || member.owner != kUnknown;
    }
    if (has_changed) pass_on();
  }
  for (Member& member : members_) {
    if (member.owner == kUnknown) member.owner = only_candidate(member, families);
  }
}

/// What needs no comparison with others.
int Attribution::direct_owner(const Member& member, const std::vector<Family>& families) const {
  const ProcessInfo& process = member.process;
  const auto known = owners_.find(process.pid);
  if (known != owners_.end() && known->second.started == process.started && known->second.family != kNobody)
    return known->second.family;
  const Family* found = nullptr;
  for (const Family& family : families) {
    // A session keeps its number from being given away as long as anybody is in it; of two that had it one
    // after the other, the process is of the later one that is not younger than itself.
    const bool is_of = (family.is_running && family.root == process.pid) || family.root == process.session;
    if (is_of && family.since <= process.started && (!found || found->since < family.since)) found = &family;
  }
  if (found) return found->number;
  return known != owners_.end() && known->second.started == process.started ? kNobody : kUnknown;
}

int Attribution::owner_by_group(const Member& member) const {
  for (const Member& other : members_) {
    if (other.owner == kUnknown || other.owner == kNobody) continue;
    if (other.process.session == member.process.session || other.process.group == member.process.group)
      return other.owner;
  }
  return kUnknown;
}

int Attribution::only_candidate(const Member& member, const std::vector<Family>& families) const {
  int candidate = kNobody;
  for (const Family& family : families) {
    if (family.since > member.process.started) continue;
    if (candidate != kNobody) return kNobody;
    candidate = family.number;
  }
  return candidate;
}

/// The main process counts as the root even when what has started it is gone.
void Attribution::mark_launched(const Family& family) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].process.pid != family.main || members_[i].process.started != family.main_started)
      continue;
    std::size_t top = i;
    while (top != kNoParent && !members_[top].is_root) top = parents_[top];
    members_[i].is_root = true;
    if (top == kNoParent || members_[top].process.pid != family.root) return;
    for (std::size_t link = parents_[i]; link != top; link = parents_[link]) members_[link].is_root = true;
    return;
  }
}

/// Children belong to whom their parents belong.
void Attribution::pass_on() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (member.owner == kUnknown && parents_[i] != kNoParent) member.owner = members_[parents_[i]].owner;
  }
}

const int* Attribution::owner_of(pid_t child) const {
  const auto known = owners_.find(child);
  return known == owners_.end() || !known->second.is_child ? nullptr : &known->second.family;
}

void Attribution::dissolve(int family) {
  for (auto& [pid, owner] : owners_) {
    if (owner.family == family) owner.family = kNobody;
  }
}

}  // namespace vnode
