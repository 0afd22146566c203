#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "process/supervisor/attribution.h"
#include "process/supervisor/control_channel.h"

namespace vnode {

/// The processes that a supervisor has started, each with all that it has started itself: their ends, and
/// their ending. It never waits; times are milliseconds of a clock that does not jump.
class TreeKeeper {
 public:
  using Time = std::int64_t;

  /// `mark`: what is in the environment of everything that is started, unique to this supervisor.
  TreeKeeper(ControlChannel& control, std::string mark) : control_(control), mark_(std::move(mark)) {}

  static Time now();

  void handle(ControlChannel::Frame& frame);
  /// Waits for those that have ended.
  void reap();
  /// Does what is due by now.
  void tick();
  /// When `tick` has to be called next; nullopt: when something happens.
  std::optional<Time> next_tick() const;

  /// Ends everything below this process.
  void end_all(std::uint64_t grace_ms);
  bool is_ending() const { return end_.has_value(); }
  /// Stops all that is not being ended, and what is started from now on; and continues what it has stopped.
  void freeze();
  void thaw();
  /// There is nothing below this process any more.
  bool is_empty() const;
  /// That has been waited for long enough: what is left cannot be ended.
  bool is_hopeless() const;

 private:
  struct Ending {
    wire::Reason reason = wire::Reason::kNone;
    bool is_asked = false;  ///< TERM has been sent
    Time kill_at = 0;
    Time next_look = 0;
    Time pause = 1;  ///< until the look after that
    Time give_up_at = 0;
  };
  struct Tree {
    pid_t root = 0;  ///< its number is its own until it has been waited for
    bool is_running = true;
    std::uint64_t since = 0;
    std::uint32_t flags = 0;
    std::uint64_t memory = wire::kNoLimit;
    std::uint64_t grace_ms = 0;
    std::optional<Time> asked_until;  ///< what it has started got SIGTERM, and has until then
    std::optional<Ending> ending;
    std::optional<ProcessInfo> main;  ///< of a root that is a launcher
  };

  /// Has got SIGTERM by itself.
  struct Doomed {
    ProcessInfo process;
    Time kill_at = 0;
  };
  /// Everything is stopped, or will be once looks find nothing more that is not.
  struct Freeze {
    std::map<pid_t, ProcessInfo> stopped;  ///< by us
    std::optional<Time> next_look;
  };

  void start(ControlChannel::Frame& frame);
  void stop(int number, std::uint64_t grace_ms, wire::Reason reason);
  void stop_descendants(int number, std::uint64_t grace_ms);
  void stop_marked(int number, const std::string& payload);
  void kill_doomed();
  void signal(int number, const wire::SignalHead& head);
  void set_main(int number, const wire::MainHead& head);
  void on_root_end(int number, Tree& tree, int status, const rusage& usage);
  void settle();
  void look();
  bool has_remains(int number);
  void send_to(int number, int signal_number, bool with_root);
  void ask_to_end(int number, Tree& tree);
  void step(int number, Tree& tree);
  void step_all();
  void check_memory();
  void stop_more();
  void continue_all();
  bool is_being_ended(const Attribution::Member& member) const;
  static void send(const Attribution::Member& member, int signal_number);
  void tell_gone(int number, wire::Reason reason, std::uint32_t left);
  std::size_t living_of(int number) const;
  bool has_descendants(int number) const;
  bool spares_any_root() const;
  static bool has_been_asked(const Attribution::Member& member, const Tree& tree);

  ControlChannel& control_;
  std::string mark_;
  std::map<int, Tree> trees_;
  std::map<pid_t, int> roots_;  ///< of trees whose root runs
  Attribution attribution_;
  OwnChildren children_;
  std::vector<Doomed> doomed_;
  std::optional<Ending> end_;  ///< of everything
  std::optional<Time> memory_check_;
  std::optional<Freeze> freeze_;
  bool has_to_thaw_ = false;
  bool has_to_settle_ = false;
};

}  // namespace vnode
