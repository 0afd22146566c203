#include "process/supervisor/tree_keeper.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "process/supervisor/spawn.h"

namespace vnode {
namespace {

using Time = TreeKeeper::Time;

/// Between two looks at what nobody tells the supervisor of.
constexpr Time kLongestPause = 50;
constexpr Time kMemoryPause = 250;
/// What does not go within that after SIGKILL hangs in the kernel.
constexpr Time kKillPatience = 5000;
constexpr std::uint64_t kLongestGrace = 30ull * 24 * 3600 * 1000;
constexpr Time kNever = std::numeric_limits<Time>::max();

std::uint64_t microseconds(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
}

template <class Head>
Head head_of(const std::string& payload) {
  Head head{};
  if (payload.size() >= sizeof head) std::memcpy(&head, payload.data(), sizeof head);
  return head;
}

bool is_below(ProcessInfo process, pid_t ancestor) {
  while (process.parent > 1 && process.parent != ancestor) {
    const auto parent = process_info(process.parent);
    if (!parent) return false;
    process = *parent;
  }
  return process.parent == ancestor;
}

Time after(std::uint64_t grace_ms) {
  return TreeKeeper::now() + static_cast<Time>(std::min(grace_ms, kLongestGrace));
}

}  // namespace

Time TreeKeeper::now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<Time>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void TreeKeeper::handle(ControlChannel::Frame& frame) {
  switch (frame.head.kind) {
    case wire::Kind::kStart:
      return start(frame);
    case wire::Kind::kStop:
      return stop(frame.head.process, head_of<wire::StopHead>(frame.payload).grace_ms,
                  wire::Reason::kStopped);
    case wire::Kind::kStopDescendants:
      return stop_descendants(frame.head.process, head_of<wire::StopHead>(frame.payload).grace_ms);
    case wire::Kind::kStopMarked:
      return stop_marked(frame.head.process, frame.payload);
    case wire::Kind::kSignal:
      return signal(frame.head.process, head_of<wire::SignalHead>(frame.payload));
    case wire::Kind::kEnd:
      return end_all(head_of<wire::StopHead>(frame.payload).grace_ms);
    case wire::Kind::kFreeze:
      return freeze();
    case wire::Kind::kThaw:
      return thaw();
    case wire::Kind::kSetMain:
      return set_main(frame.head.process, head_of<wire::MainHead>(frame.payload));
    case wire::Kind::kHold:
      frame.descriptors.clear();  // nobody closes them: they are open as long as this process lives
      return;
    default:
      return;
  }
}

void TreeKeeper::start(ControlChannel::Frame& frame) {
  const int number = frame.head.process;
  wire::FailedHead failure{wire::Step::kEnding, ESHUTDOWN};
  if (frame.is_short) failure = {wire::Step::kDescriptors, EMFILE};
  SpawnResult result;
  const SpawnPlan plan(frame.payload, mark_ + std::to_string(number), frame.descriptors);
  // Not later than its own time of start.
  const std::uint64_t since = ticks_now();
  if (!end_ && !frame.is_short) {
    if (plan.is_valid()) result = spawn(plan);
    failure = plan.is_valid() ? result.failure : wire::FailedHead{wire::Step::kExecute, EINVAL};
  }
  for (const int descriptor : frame.descriptors) ::close(descriptor);
  if (result.pid < 0) return control_.send(wire::Kind::kFailed, number, failure);
  const wire::StartHead& head = plan.head();
  Tree& tree = trees_[number];
  tree = {.root = result.pid,
          .since = since,
          .flags = head.flags,
          .memory = head.memory,
          .grace_ms = head.grace_ms};
  roots_[result.pid] = number;
  if (tree.memory != wire::kNoLimit && !memory_check_) memory_check_ = now() + kMemoryPause;
  if (!freeze_) return;
  ::kill(result.pid, SIGSTOP);
  if (const auto process = process_info(result.pid)) freeze_->stopped[result.pid] = *process;
  freeze_->next_look = now();  // it may have started something already
}

void TreeKeeper::stop(int number, std::uint64_t grace_ms, wire::Reason reason) {
  const auto found = trees_.find(number);
  if (found == trees_.end()) return;  // it has ended meanwhile
  Tree& tree = found->second;
  const Time kill_at = std::min(after(grace_ms), tree.asked_until.value_or(kNever));
  if (!tree.ending) tree.ending = Ending{.reason = reason};
  // Whoever asks again may shorten the time, not make it longer.
  Ending& ending = *tree.ending;
  if (ending.reason == wire::Reason::kNone) ending.reason = reason;
  ending.kill_at = ending.is_asked ? std::min(ending.kill_at, kill_at) : kill_at;
  ending.next_look = now();
}

void TreeKeeper::stop_descendants(int number, std::uint64_t grace_ms) {
  const auto found = trees_.find(number);
  if (found == trees_.end()) return;
  Tree& tree = found->second;
  const Time until = after(grace_ms);
  if (!tree.asked_until && !tree.ending) {
    look();
    send_to(number, SIGTERM, false);
    send_to(number, SIGCONT, false);
  }
  tree.asked_until = std::min(until, tree.asked_until.value_or(until));
}

/// Those that are there now: one that has the entry later may be of another's making.
void TreeKeeper::stop_marked(int number, const std::string& payload) {
  const auto found = trees_.find(number);
  if (found == trees_.end() || payload.size() < sizeof(wire::StopHead)) return;
  const Tree& tree = found->second;
  if (tree.asked_until || tree.ending) return;  // all of them have been asked
  const Time kill_at = after(head_of<wire::StopHead>(payload).grace_ms);
  const std::string_view entry = std::string_view(payload).substr(sizeof(wire::StopHead));
  look();
  for (const Attribution::Member& member : attribution_.members()) {
    if (member.owner != number || member.is_root || !has_in_environment(member.process.pid, entry)) continue;
    send_signal(member.process, SIGTERM);
    send_signal(member.process, SIGCONT);
    doomed_.push_back({member.process, kill_at});
  }
}

void TreeKeeper::kill_doomed() {
  const Time time = now();
  for (const Doomed& doomed : doomed_) {
    if (doomed.kill_at <= time) send_signal(doomed.process, SIGKILL);
  }
  doomed_.erase(std::remove_if(doomed_.begin(), doomed_.end(),
                               [time](const Doomed& doomed) { return doomed.kill_at <= time; }),
                doomed_.end());
}

void TreeKeeper::signal(int number, const wire::SignalHead& head) {
  const auto found = trees_.find(number);
  if (found == trees_.end() || !found->second.is_running) return;
  const Tree& tree = found->second;
  if (tree.main) {
    send_signal(*tree.main, head.number);
  } else {
    ::kill(tree.root, head.number);
  }
}

/// Whoever says so may be mistaken: only what is below the root can be that.
void TreeKeeper::set_main(int number, const wire::MainHead& head) {
  const auto found = trees_.find(number);
  if (found == trees_.end() || !found->second.is_running || head.pid == found->second.root) return;
  const auto process = process_info(head.pid);
  if (process && is_below(*process, found->second.root)) found->second.main = process;
}

// ---- ends

void TreeKeeper::reap() {
  int status = 0;
  rusage usage{};
  pid_t pid;
  while ((pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0) {
    attribution_.forget(pid);
    has_to_settle_ = true;
    const auto root = roots_.find(pid);
    if (root == roots_.end()) continue;
    const int number = root->second;
    roots_.erase(root);
    on_root_end(number, trees_[number], status, usage);
  }
  if (has_to_settle_) settle();
}

void TreeKeeper::on_root_end(int number, Tree& tree, int status, const rusage& usage) {
  tree.is_running = false;
  wire::ExitedHead head{};
  head.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  head.pid = tree.root;
  head.user_us = microseconds(usage.ru_utime);
  head.system_us = microseconds(usage.ru_stime);
  head.most_resident = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  control_.send(wire::Kind::kExited, number, head);
}

/// Of which trees is nothing left? The last of a tree is always a child of this process, since its parents
/// have ended before it; so that is known as soon as no unknown children are among those that there are.
void TreeKeeper::settle() {
  has_to_settle_ = false;
  std::vector<int> owners_left;
  const std::vector<pid_t>& children = children_.now();
  const bool has_strangers = std::any_of(children.begin(), children.end(), [this](pid_t child) {
    return !roots_.count(child) && !attribution_.owner_of(child);
  });
  if (has_strangers) look();
  for (const pid_t child : children) {
    const int* const owner = attribution_.owner_of(child);
    if (!roots_.count(child) && owner) owners_left.push_back(*owner);
  }
  for (auto next = trees_.begin(); next != trees_.end();) {
    const auto [number, tree] = *next++;
    if (tree.is_running) continue;
    const bool is_left = std::count(owners_left.begin(), owners_left.end(), number) > 0;
    const wire::Reason reason = tree.ending ? tree.ending->reason : wire::Reason::kNone;
    if (!is_left || (!tree.ending && (tree.flags & wire::kKeepsRemains))) {
      tell_gone(number, reason, 0);
    } else if (!tree.ending) {
      stop(number, tree.grace_ms, wire::Reason::kNone);
    }
  }
}

void TreeKeeper::tell_gone(int number, wire::Reason reason, std::uint32_t left) {
  control_.send(wire::Kind::kGone, number, wire::GoneHead{reason, left});
  attribution_.dissolve(number);
  trees_.erase(number);
}

void TreeKeeper::look() {
  std::vector<Attribution::Family> families;
  for (const auto& [number, tree] : trees_) {
    const ProcessInfo main = tree.main.value_or(ProcessInfo());
    families.push_back({number, tree.root, tree.since, tree.is_running, main.pid, main.started});
  }
  attribution_.look(all_processes(), ::getpid(), families,
                    [this](pid_t pid) { return number_in_environment(pid, mark_); });
}

std::size_t TreeKeeper::living_of(int number) const {
  const auto& members = attribution_.members();
  return static_cast<std::size_t>(std::count_if(
      members.begin(), members.end(), [number](const auto& member) { return member.owner == number; }));
}

// ---- ending

bool TreeKeeper::has_descendants(int number) const {
  const auto& members = attribution_.members();
  return std::any_of(members.begin(), members.end(),
                     [number](const auto& member) { return member.owner == number && !member.is_root; });
}

/// To those that the last look has found.
void TreeKeeper::send_to(int number, int signal_number, bool with_root) {
  for (const Attribution::Member& member : attribution_.members()) {
    if (member.owner == number && (!member.is_root || with_root)) send(member, signal_number);
  }
}

/// A child's number stays its own until this process has waited for it; all others may have ended since.
void TreeKeeper::send(const Attribution::Member& member, int signal_number) {
  if (member.process.parent == ::getpid()) {
    ::kill(member.process.pid, signal_number);
  } else {
    send_signal(member.process, signal_number);
  }
}

void TreeKeeper::ask_to_end(int number, Tree& tree) {
  const bool with_root = !(tree.flags & wire::kSparesRoot);
  for (const int signal : {SIGTERM, SIGCONT}) {  // what is stopped could not hear the first
    if (!tree.asked_until) {
      send_to(number, signal, with_root);
    } else if (with_root && tree.is_running) {
      ::kill(tree.root, signal);
    }
  }
  tree.ending->is_asked = true;
}

void TreeKeeper::tick() {
  const Time time = now();
  kill_doomed();
  bool is_due = end_ && end_->next_look <= time;
  for (const auto& [number, tree] : trees_)
    is_due = is_due || (tree.ending && tree.ending->next_look <= time);
  const bool checks_memory = memory_check_ && *memory_check_ <= time;
  const bool freezes = freeze_ && freeze_->next_look && *freeze_->next_look <= time;
  if (!is_due && !checks_memory && !freezes && !has_to_thaw_) return;
  look();  // one for all that is due
  if (checks_memory) check_memory();
  for (auto next = trees_.begin(); next != trees_.end();) {
    const auto current = next++;
    if (current->second.ending && current->second.ending->next_look <= time)
      step(current->first, current->second);
  }
  if (end_ && end_->next_look <= time) step_all();
  if (freezes) stop_more();
  if (has_to_thaw_) continue_all();
  reap();
}

void TreeKeeper::step(int number, Tree& tree) {
  Ending& ending = *tree.ending;
  const bool spares_root = tree.flags & wire::kSparesRoot;
  const Time time = now();
  if (!ending.is_asked) ask_to_end(number, tree);
  const bool is_over = time >= ending.kill_at || (spares_root && !has_descendants(number));
  if (!is_over) {
    // Its end is told, but what ends below a root that stays is not.
    ending.next_look = spares_root ? std::min(ending.kill_at, time + kLongestPause / 2) : ending.kill_at;
    return;
  }
  if (ending.give_up_at == 0) ending.give_up_at = time + kKillPatience;
  const std::size_t left = std::max<std::size_t>(living_of(number), tree.is_running ? 1 : 0);
  if (time >= ending.give_up_at) {
    roots_.erase(tree.root);
    return tell_gone(number, ending.reason, static_cast<std::uint32_t>(left));
  }
  send_to(number, SIGKILL, true);
  ending.next_look = time + ending.pause;
  ending.pause = std::min(ending.pause * 2, kLongestPause);
}

void TreeKeeper::check_memory() {
  memory_check_.reset();
  std::map<int, std::uint64_t> resident;
  for (const Attribution::Member& member : attribution_.members())
    resident[member.owner] += member.process.resident;
  for (auto& [number, tree] : trees_) {
    if (tree.memory == wire::kNoLimit) continue;
    memory_check_ = now() + kMemoryPause;
    if (!tree.ending && resident[number] > tree.memory) stop(number, tree.grace_ms, wire::Reason::kMemory);
  }
}

// ---- standing still

void TreeKeeper::freeze() {
  if (end_) return;
  if (has_to_thaw_) {  // it was about to be continued: all of it stays as it is
    has_to_thaw_ = false;
    freeze_->next_look = now();
  } else if (!freeze_) {
    freeze_.emplace().next_look = now();
  }
}

/// Behind what has been asked for before: what is to end gets its SIGTERM first.
void TreeKeeper::thaw() { has_to_thaw_ = freeze_.has_value(); }

bool TreeKeeper::is_being_ended(const Attribution::Member& member) const {
  const ProcessInfo& process = member.process;
  if (std::any_of(doomed_.begin(), doomed_.end(), [&process](const Doomed& doomed) {
        return doomed.process.pid == process.pid && doomed.process.started == process.started;
      })) {
    return true;
  }
  const auto tree = trees_.find(member.owner);
  return tree != trees_.end() && (tree->second.ending || (tree->second.asked_until && !member.is_root));
}

/// A process that is not stopped yet may start another one beside the look at it. What has been told to stop
/// starts none any more: the first look that finds nothing new is the last.
void TreeKeeper::stop_more() {
  bool is_new = false;
  for (const Attribution::Member& member : attribution_.members()) {
    const ProcessInfo& process = member.process;
    if (process.has_ended || process.is_stopped || is_being_ended(member)) continue;
    const auto known = freeze_->stopped.find(process.pid);
    if (known != freeze_->stopped.end() && known->second.started == process.started) continue;
    send(member, SIGSTOP);
    freeze_->stopped[process.pid] = process;
    is_new = true;
  }
  freeze_->next_look = is_new ? std::optional(now() + 1) : std::nullopt;
}

void TreeKeeper::continue_all() {
  for (const auto& [pid, process] : freeze_->stopped) send_signal(process, SIGCONT);
  freeze_.reset();
  has_to_thaw_ = false;
}

// ---- the end of everything

void TreeKeeper::end_all(std::uint64_t grace_ms) {
  const Time kill_at = after(grace_ms);
  if (!end_) end_ = Ending{.kill_at = kill_at};
  freeze_.reset();  // whatever is stopped gets SIGCONT behind its SIGTERM
  has_to_thaw_ = false;
  end_->kill_at = std::min(end_->kill_at, kill_at);
  end_->next_look = now();
}

bool TreeKeeper::spares_any_root() const {
  return std::any_of(trees_.begin(), trees_.end(), [](const auto& entry) {
    return (entry.second.flags & wire::kSparesRoot) && entry.second.is_running;
  });
}

bool TreeKeeper::has_been_asked(const Attribution::Member& member, const Tree& tree) {
  return (tree.ending && tree.ending->is_asked) || (tree.asked_until && !member.is_root);
}

void TreeKeeper::step_all() {
  const Time time = now();
  const auto is_spared = [this](const Attribution::Member& member) {
    const auto tree = trees_.find(member.owner);
    return member.is_root && tree != trees_.end() && (tree->second.flags & wire::kSparesRoot);
  };
  bool is_only_spared = true;
  for (const Attribution::Member& member : attribution_.members()) {
    const bool spared = is_spared(member);
    is_only_spared = is_only_spared && spared;
    const auto tree = trees_.find(member.owner);
    if (end_->is_asked || spared || (tree != trees_.end() && has_been_asked(member, tree->second))) continue;
    send(member, SIGTERM);
    send(member, SIGCONT);
  }
  end_->is_asked = true;
  if (time < end_->kill_at && !(is_only_spared && spares_any_root())) {
    end_->next_look = spares_any_root() ? std::min(end_->kill_at, time + kLongestPause / 2) : end_->kill_at;
    return;
  }
  if (end_->give_up_at == 0) end_->give_up_at = time + kKillPatience;
  for (const Attribution::Member& member : attribution_.members()) send(member, SIGKILL);
  end_->next_look = time + end_->pause;
  end_->pause = std::min(end_->pause * 2, kLongestPause);
}

bool TreeKeeper::is_empty() const {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

bool TreeKeeper::is_hopeless() const { return end_ && end_->give_up_at != 0 && now() >= end_->give_up_at; }

std::optional<Time> TreeKeeper::next_tick() const {
  std::optional<Time> next = memory_check_;
  const auto add = [&next](Time time) { next = next ? std::min(*next, time) : time; };
  for (const auto& [number, tree] : trees_) {
    if (tree.ending) add(tree.ending->next_look);
  }
  for (const Doomed& doomed : doomed_) add(doomed.kill_at);
  if (end_) add(end_->next_look);
  if (freeze_ && freeze_->next_look) add(*freeze_->next_look);
  if (has_to_thaw_) add(now());
  return next;
}

}  // namespace vnode
