#pragma once

#include <map>
#include <optional>

#include "base/clock.h"

namespace vnode {

class PythonCall;

/// How long code may look at is_stopped() and end by itself before it is interrupted.
inline constexpr Duration kPolite = std::chrono::seconds(1);
/// How long a killed process may take to be gone.
inline constexpr Duration kDeathBed = std::chrono::seconds(1);

/// Calls that are to end while the run goes on, since their time is over, and what is done about those that
/// do not (rules.md, rule 10): after a second (or half the grace period) they are interrupted, after the
/// grace period their host is ended. Thread rule: the thread that steps the run.
class CallEndings {
 public:
  CallEndings(const Clock& clock, Duration grace) : clock_(clock), grace_(grace) {}

  /// The call has been told to give way. It is removed before it is destroyed.
  void add(PythonCall& call);
  void remove(PythonCall& call);
  /// They could do nothing for a while, and have their time anew.
  void begin_anew();
  /// The run ends them all.
  void clear() { endings_.clear(); }

  /// Code that others have to wait for (engine rule 28) is at work, or (null) has given way: the others of
  /// these calls, but for those with a thread of their own, could not end meanwhile: their time stands still.
  void set_stepping(const PythonCall* call);

  /// When the next measure is due, if one will be.
  std::optional<SteadyTime> next_measure() const;
  /// Takes those that are due.
  void take_measures();

 private:
  enum class Stage { kAsked, kInterrupted, kEnding, kGivenUp };
  struct Ending {
    Stage stage = Stage::kAsked;
    SteadyTime since;
  };

  bool is_held_up(const PythonCall& call) const;
  std::optional<SteadyTime> due(const PythonCall& call, const Ending& ending) const;
  void take_next_measure(PythonCall& call, Ending& ending);

  const Clock& clock_;
  const Duration grace_;
  const PythonCall* stepping_ = nullptr;
  SteadyTime stepping_since_;
  std::map<PythonCall*, Ending> endings_;
};

}  // namespace vnode
