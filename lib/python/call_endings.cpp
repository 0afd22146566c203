#include "python/call_endings.h"

#include <algorithm>
#include <utility>

#include "python/python_session.h"

namespace vnode {

void CallEndings::add(PythonCall& call) {
  endings_.try_emplace(&call, Ending{.since = clock_.steady_now()});
  call.host().stop_children_of(call.instance().request.name, grace_);
}

void CallEndings::remove(PythonCall& call) {
  if (endings_.erase(&call) > 0) call.host().outlive_interrupt();
}

bool CallEndings::is_held_up(const PythonCall& call) const {
  return stepping_ && stepping_ != &call && !call.is_suspension();
}

void CallEndings::set_stepping(const PythonCall* call) {
  const PythonCall* const before = std::exchange(stepping_, call);
  if (endings_.empty()) {
    stepping_since_ = {};  // before whatever is added meanwhile
    return;
  }
  const SteadyTime now = clock_.steady_now();
  if (before) {
    for (auto& [other, ending] : endings_) {
      if (other == before || other->is_suspension() || ending.stage >= Stage::kEnding) continue;
      ending.since += now - std::max(ending.since, stepping_since_);
    }
  }
  stepping_since_ = now;
}

void CallEndings::begin_anew() {
  for (auto& [call, ending] : endings_) {
    if (ending.stage < Stage::kEnding) ending = {.since = clock_.steady_now()};
  }
}

std::optional<SteadyTime> CallEndings::due(const PythonCall& call, const Ending& ending) const {
  if (is_held_up(call)) return std::nullopt;
  switch (ending.stage) {
    case Stage::kAsked:
      return ending.since + std::min(grace_ / 2, kPolite);
    case Stage::kInterrupted:
      return ending.since + grace_;
    case Stage::kEnding:
      return ending.since + 2 * grace_ + kDeathBed;
    case Stage::kGivenUp:
      break;
  }
  return std::nullopt;
}

std::optional<SteadyTime> CallEndings::next_measure() const {
  std::optional<SteadyTime> next;
  for (const auto& [call, ending] : endings_) {
    const std::optional<SteadyTime> time = due(*call, ending);
    if (time) next = next ? std::min(*next, *time) : *time;
  }
  return next;
}

void CallEndings::take_measures() {
  if (endings_.empty()) return;
  const SteadyTime now = clock_.steady_now();
  for (auto& [call, ending] : endings_) {
    for (auto time = due(*call, ending); time && *time <= now; time = due(*call, ending))
      take_next_measure(*call, ending);
  }
}

void CallEndings::take_next_measure(PythonCall& call, Ending& ending) {
  PythonHost& host = call.host();
  switch (ending.stage) {
    case Stage::kAsked:
      ending.stage = Stage::kInterrupted;
      // A thread of its own hears no signals; and nobody else is to be interrupted for it.
      if (!call.is_blocking()) host.interrupt_for(call.label());
      break;
    case Stage::kInterrupted:
      ending.stage = Stage::kEnding;
      host.end_for(call.label(), grace_);
      break;
    case Stage::kEnding:
      ending.stage = Stage::kGivenUp;
      host.give_up();
      break;
    case Stage::kGivenUp:
      break;
  }
}

}  // namespace vnode
