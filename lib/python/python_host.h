#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/value_builder.h"
#include "node/node_runtime.h"
#include "python/frame_channel.h"
#include "python/message.h"
#include "python/process/host_process.h"
#include "python/values/object_table.h"

namespace vnode {

/// How one execution is called between engine and host.
using ExecNumber = std::uint64_t;

/// What a host asks and tells (protocol.md, "From the host"). Values are raw: still to be read by the object
/// table.
class HostListener {
 public:
  virtual ~HostListener() = default;
  /// `message` is a list whose first item is a text.
  virtual void on_message(class PythonHost& host, std::span<const Value> message) = 0;
  /// A line that something wrote to descriptor 1 or 2.
  virtual void on_output(class PythonHost& host, std::string_view line, bool is_error) = 0;
  /// The connection is closed; how the process ends will be known soon.
  virtual void on_closed(class PythonHost& host) = 0;
  /// The process has ended, or broken the protocol. Called once; nothing comes afterwards.
  virtual void on_death(class PythonHost& host) = 0;
};

/// One host process of one run: its connection, its objects, and what has been loaded into it.
/// Thread rule: the thread that steps the run.
class PythonHost {
 public:
  /// `wake` is called from any thread when something has arrived and the host is armed. What it writes is
  /// told without the secrets of `mask`.
  PythonHost(std::unique_ptr<HostProcess> process, FdWatcher& watcher, HostListener& listener,
             std::function<void()> wake, const Clock& clock, std::shared_ptr<const SecretMask> mask);
  PythonHost(const PythonHost&) = delete;
  /// Kills what is left of the process and of what it has started, and waits until it is gone.
  ~PythonHost();

  const Interpreter& interpreter() const { return interpreter_; }
  /// Where it waits for its run; empty: where this program was when it was started.
  const std::string& directory() const { return process_->directory(); }
  ObjectTable& objects() { return *objects_; }

  void queue(Message& message) { channel_.queue(message.text()); }
  void queue(Message&& message) { channel_.queue(message.text()); }
  void queue_text(std::string_view message) { channel_.queue(message); }
  /// Sends what is queued, and the object table's news with it.
  void flush();

  bool pump(Duration time);
  void arm();
  /// Reads what has been written to descriptors 1 and 2 so far.
  void read_output();
  /// The same; text without an end of line counts as a line.
  /// Without `is_last` what may be the beginning of a secret is kept until more has come.
  void end_output(bool is_last);

  bool is_alive() const { return state_ == State::kAlive; }
  /// New calls may go to it.
  bool is_usable() const { return is_alive() && !is_being_ended_; }
  bool is_dead() const { return state_ == State::kDead; }
  /// After `bye`: everything that it had to say has been said.
  bool has_left() const { return has_said_goodbye_ || !is_alive(); }
  bool has_said_goodbye() const { return has_said_goodbye_; }
  /// When a host whose connection has closed counts as dead although nobody has told how it ended.
  std::optional<SteadyTime> deadline() const;
  /// It has not died by itself: its supervisor has.
  bool is_lost() const;
  /// How it ended, for people, to follow "its Python process ": "crashed: ...". Valid when dead.
  std::string describe_death() const;
  /// The last lines that it wrote to its stderr: a crash report, often. Of one that has never answered, all
  /// that it wrote.
  const std::string& last_errors() const { return last_errors_; }
  /// The host program runs. One that dies before has an interpreter that is none.
  bool has_answered() const { return has_answered_; }

  void interrupt() { process_->interrupt(); }
  /// For a node whose time is over. Should that end it, it has been ended for that node.
  void interrupt_for(const std::string& label);
  /// That node has given way after all.
  void outlive_interrupt();
  /// Ended for a node that has not given way: what that has started has the grace period.
  void end_for(const std::string& label, Duration grace);
  /// Who it was ended for; empty: nobody.
  const std::string& ended_for() const { return ended_for_; }
  /// One that nothing ends (it hangs in the system) counts as dead.
  void give_up();
  /// What its nodes have started gets SIGTERM, and has the grace period from then on.
  void stop_children(Duration grace) { process_->stop_children(grace); }
  /// The same for what one node has started.
  void stop_children_of(const std::string& node, Duration grace) { process_->stop_children_of(node, grace); }
  /// Ends it when what its nodes have started is gone, or the grace period is over.
  void stop(Duration grace) { process_->stop(grace); }
  void kill() { process_->stop(Duration::zero()); }
  void freeze() { process_->freeze(); }
  void thaw() { process_->thaw(); }
  /// The first time only: a run has one of these.
  void hold(int descriptor) {
    if (descriptor >= 0 && !std::exchange(holds_, true)) process_->hold(descriptor);
  }
  /// Nothing is left of its process, and of what that has started.
  bool is_gone() const { return process_->is_gone(); }
  /// To end it elsewhere. All that is left to do with this is to destroy it.
  std::unique_ptr<HostProcess> take_process() { return std::move(process_); }

  // What the session keeps per host.
  std::string asked_for;             ///< the interpreter's name, as definitions and settings have it
  int number = 0;                    ///< InstanceRequest::host
  std::set<const NodeType*> loaded;  ///< definitions
  std::map<ExecNumber, class PythonCall*> calls;  ///< under way
  ExecNumber running = 0;                         ///< the call that was given a step and has not given way
  InstanceKey last_active = 0;                    ///< whom stray output belongs to
  struct Variables {
    bool dirty = false;    ///< node code may have changed them
    bool is_read = false;  ///< node code has read some: it must hear of changes
    Dict seen;             ///< as they were when the host heard of them last
  };
  std::map<LevelKey, Variables> variables;

  /// Node code runs: it may change in place what it has read or stored before.
  void expect_changes(LevelKey level) {
    const auto found = variables.find(level);
    if (found != variables.end() && found->second.is_read) found->second.dirty = true;
  }

 private:
  enum class State { kAlive, kClosed, kDead };
  bool holds_ = false;

  void handle_frames(std::string_view frame);
  void handle_frame(std::string_view frame);
  void handle_end();
  void check_death();
  void release();
  bool pump_output();
  int code_of(const ProcessEnd& end) const;
  void close_output();
  void on_hello(std::span<const Value> message);
  /// One of its pipes.
  struct Output {
    Output(OwnedFd from, bool errors, const SecretMask& mask)
        : pipe(std::move(from)), is_error(errors), masked(mask) {}
    OwnedFd pipe;
    const bool is_error;
    MaskedStream masked;
    std::string partial = {};  ///< of a line
    bool has_begun = false;    ///< the host program has
  };
  void read_pipe(Output& output);
  bool skip_beginning(Output& output);
  void take_lines(Output& output);
  void die();
  void keep_errors(std::string_view text);

  const Interpreter interpreter_;
  std::unique_ptr<HostProcess> process_;
  FdWatcher& watcher_;
  HostListener& listener_;
  const std::function<void()> wake_;
  const Clock& clock_;
  FrameChannel channel_;
  const std::shared_ptr<const SecretMask> mask_;
  Output output_;
  Output errors_;
  std::string last_errors_;
  std::unique_ptr<ObjectTable> objects_ = std::make_unique<ObjectTable>();
  ValueBuilder builder_;
  State state_ = State::kAlive;
  SteadyTime closed_at_;
  bool cut_off_ = false;  ///< killed because its connection was closed
  bool broke_protocol_ = false;
  bool is_being_ended_ = false;
  std::string ended_for_;
  bool has_answered_ = false;
  pid_t speaker_ = 0;  ///< the process that has said so
  bool has_said_goodbye_ = false;
  bool is_released_ = false;  ///< nothing is left of it, nor to be read
  int watched_ = 0;           ///< what the watcher will tell of
  /// What the watcher has seen since; shared with its calls, which may come late.
  std::shared_ptr<std::atomic<int>> wakes_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace vnode
