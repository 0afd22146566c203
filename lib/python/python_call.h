#pragma once

#include <deque>
#include <optional>
#include <string>

#include "node/child_messages.h"
#include "node/parking.h"
#include "python/python_host.h"
#include "python/slot_use.h"

namespace vnode {

class PythonSession;
struct PythonInstance;

/// One execution, or one call of a hook, that is under way in a host. Lives in the coroutine that waits for
/// it.
class PythonCall {
 public:
  PythonCall(PythonSession& session, PythonInstance& instance, NodeContext& node);
  PythonCall(const PythonCall&) = delete;
  ~PythonCall();

  ExecNumber number() const { return number_; }
  PythonInstance& instance() { return instance_; }
  PythonHost& host() { return *host_; }
  NodeContext& node() { return node_; }
  const NodeContext& node() const { return node_; }
  const std::string& label() const;
  /// It has a thread of its own, and nobody waits for its steps.
  bool is_blocking() const;  ///< its code runs on a thread of its host
  /// Other chains go on while its code is at work.
  bool is_suspension() const;

  /// Sends what starts it, then serves it to its end. Throws NodeFailure for what went wrong in it,
  /// `Cancelled` when it was given up after a stop.
  Task<Outputs> run(Message message);

  // From the session, as messages arrive.
  /// `last`: nothing is left to do behind it but to return that.
  void on_push(std::uint64_t push, std::string_view port, Value value, std::optional<Outputs> last);
  void on_out(std::string_view port, Value value);
  void on_return(Outputs outputs);
  void on_error(std::string_view message, std::string_view traceback, std::string_view code);
  /// Its code has printed that.
  void on_said(const ChildMessage& message);
  void on_yield() { add({Kind::kYield}); }
  void on_wait() { add({Kind::kWait}); }
  /// What the code has waited for has ended: it goes on when it is its turn.
  void on_ready();
  /// The host has died. `message` is what the node reports.
  void on_death(std::string message, std::string detail, std::string_view code);
  /// The run has been stopped, or the connection is closed: from now on the call waits with a deadline.
  void look_again() { parking_.wake(); }
  /// A limit of time ends it: its code is told to give way. The call goes on until it has.
  void cancel();
  /// Another call's code holds it up, from now on, or no more.
  void set_held_up(bool is_held_up);

 private:
  enum class State { kNew, kStarted, kCancelled };
  enum class Kind { kPush, kOut, kYield, kWait, kReady, kReturn, kError, kDeath };
  struct Event {
    Kind kind;
    std::uint64_t push = 0;
    std::string port = {};
    Value value = {};
    Outputs outputs = {};
    std::string message = {}, detail = {}, code = {};
    std::optional<Outputs> last = std::nullopt;  ///< of a push
  };

  void add(Event event);
  Task<void> handle(Event event);
  Task<void> push(Event event);
  void end_step();
  void push_beside(std::uint64_t push, std::string port, Value value);
  bool has_queued_push() const;
  void start_queued_pushes();
  /// Sends a message that makes node code run.
  void give_step(Message message);
  Task<Event> next();
  /// `ask` asks for the slot.
  Task<void> wait_for_slot(void (SlotUse::*ask)(std::function<void()> then));
  [[noreturn]] void fail(const Event& event) const;

  PythonSession& session_;
  PythonInstance& instance_;
  NodeContext& node_;
  PythonHost* const host_;
  const ExecNumber number_;
  Parking parking_;
  std::deque<Event> events_;
  State state_ = State::kNew;
  bool is_held_up_ = false;
  bool has_step_ = false;  ///< node code is running, and the other chains wait for it
  bool is_pushing_ = false;
  double fraction_ = 0;  ///< of its work that is done, as far as it has said
  std::string said_failure_;
  std::shared_ptr<SlotUse> slot_;  ///< of an execution that takes turns, else null
};

}  // namespace vnode
