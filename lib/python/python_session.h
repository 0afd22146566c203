#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "node/node_type.h"
#include "python/call_endings.h"
#include "python/python_call.h"
#include "python/python_host.h"

namespace vnode {

class PythonRuntime;

/// An instance as its session keeps it, so that it can be made again in a new host.
struct PythonInstance {
  InstanceRequest request;
  LevelKey level = 0;
  std::string interpreter;      ///< of its definition, as a name
  PythonHost* host = nullptr;   ///< where it has been made; null: nowhere yet, or that host is dead
  std::string wiring;           ///< the `wire` message
  std::vector<PortValue> seen;  ///< what the host has been told of each wired name
};

/// The name or path of the interpreter that a definition's nodes run in.
std::string interpreter_of(const NodeType& type, const struct PythonSettings& settings);

/// The Python nodes of one run. See python_session.cpp for executing them, python_setup.cpp for making them.
class PythonSession final : public RuntimeSession, public HostListener {
 public:
  PythonSession(PythonRuntime& runtime, RunLink& run);
  ~PythonSession() override;

  Task<std::vector<InstanceShape>> open_level(LevelKey level, std::vector<InstanceRequest> requests,
                                              Problems& problems) override;
  void wire(InstanceKey instance, std::span<const OutputWiring> outputs) override;
  void close_level(LevelKey level) override;
  Task<Outputs> execute(InstanceKey instance, NodeContext& node,
                        std::span<const PortValue> delivered) override;
  Task<void> on_parameter_changed(InstanceKey instance, NodeContext& node, std::string_view port,
                                  std::span<const PortValue> delivered) override;
  void deliver(InstanceKey instance, std::string_view port, const Value& value) override;
  void cancel(InstanceKey instance, const NodeContext& node) override;
  Task<void> read_variables(LevelKey level) override;
  bool pump(Duration time) override;
  void arm() override;
  void stop() override;
  void freeze() override;
  void thaw() override;
  Task<void> close(Trampoline& chain) override;

  void on_message(PythonHost& host, std::span<const Value> message) override;
  void on_output(PythonHost& host, std::string_view line, bool is_error) override;
  void on_closed(PythonHost& host) override;
  void on_death(PythonHost& host) override;

  // For calls.
  RunLink& run() { return run_; }
  ExecNumber next_exec() { return ++last_exec_; }
  /// When a chain that waits for Python has to look again: after a stop, the next measure against code that
  /// goes on.
  std::optional<SteadyTime> next_measure() const;
  /// Takes the measures that are due.
  void take_measures();
  bool gave_up() const { return stage_ == Stage::kGivenUp; }
  CallEndings& endings() { return endings_; }
  /// Those whose own time stands still while another one's code holds the chains.
  std::set<PythonCall*>& timed_calls() { return timed_calls_; }
  /// That code is at work; null: it has given way.
  void set_stepping(PythonCall* call);
  void announce_stale(PythonHost& host, LevelKey level);

 private:
  /// What has been done about code that does not end after a stop.
  enum class Stage { kRunning, kAsked, kInterrupted, kKilled, kGivenUp };

  // python_setup.cpp
  struct Setup;
  Task<void> set_up(std::vector<PythonInstance*> instances, Setup& setup);
  Task<void> make_in(PythonHost& host, const std::vector<PythonInstance*>& instances, Setup& setup);
  void report_unmade(const PythonInstance& instance, const std::string& what,
                     const struct SetupReason& reason, Setup& setup);
  Result<PythonHost*> find_host(const std::string& interpreter, int number);
  void bootstrap_prism(PythonHost& host);
  void make_instance(PythonHost& host, PythonInstance& instance);
  void on_loaded(PythonHost& host, std::span<const Value> message);
  void on_made(PythonHost& host, std::span<const Value> message);
  static InstanceShape read_shape(PythonHost& host, const PythonInstance& instance, const Value& parts);
  Task<void> ensure_made(PythonInstance& instance);
  static std::uint64_t definition_number(const NodeType& type);

  /// Suspends the chain, holding the others, until something has been answered.
  Task<void> wait_for_answer();
  void wake_waiting();

  // python_variables.cpp
  void on_variables(PythonHost& host, std::span<const Value> message);
  void tell_conflict(const PythonHost& host, const Value& name, const Dict& seen, const Dict& now,
                     const Value& value);
  void on_keys_request(PythonHost& host, std::span<const Value> message);
  void on_variable_request(PythonHost& host, std::span<const Value> message);
  Task<void> read_variables_of(PythonHost& host, LevelKey level);
  Task<void> read_other_hosts(const PythonHost& host, LevelKey level);

  // journal_notes.cpp
  void note_for_journal(PythonHost& host, PythonCall& call, std::span<const Value> message);

  // printed_messages.cpp
  void on_print(InstanceKey instance, std::string_view text);
  void hear(InstanceKey instance, const struct ChildMessage& message);

  // python_session.cpp
  Duration grace_left() const;
  Task<void> wait_until_gone(SteadyTime last);
  bool are_gone() const;
  void wake_all();
  /// Code that they have to wait for is at work, or has given way; not for `except`, whose own it is.
  void hold_up_timed_calls(bool are_held_up, const PythonCall* except = nullptr);
  Task<void> find_place(PythonInstance& instance, NodeContext& node);
  void append_changes(Message& message, PythonInstance& instance, std::span<const PortValue> delivered);
  Task<Outputs> call(PythonInstance& instance, NodeContext& node, const std::string* hook_port,
                     std::span<const PortValue> delivered);
  void on_end_for(PythonHost& host);
  void forget(PythonHost& host);
  void on_push(PythonHost& host, std::span<const Value> message, bool is_awaited);
  void on_return(PythonHost& host, std::span<const Value> message);
  std::optional<Outputs> read_table(PythonHost& host, const Value& table);
  PythonCall* find_call(PythonHost& host, const Value& number);
  Value read_value(PythonHost& host, const Value& raw);
  std::string_view keep_name(std::string_view name);
  PythonInstance* find_instance(const Value& key);

  PythonRuntime& runtime_;
  RunLink& run_;
  std::vector<std::unique_ptr<PythonHost>> hosts_;  ///< dead ones too, until the end
  std::unordered_map<InstanceKey, PythonInstance> instances_;
  std::unordered_map<LevelKey, std::vector<InstanceKey>> levels_;
  std::set<std::string, std::less<>> conflicts_;  ///< names of variables that they were told of
  std::set<std::string, std::less<>> names_;      ///< returned names, which must outlive their tables
  ExecNumber last_exec_ = 0;
  Setup* setup_ = nullptr;         ///< the one that is under way
  std::vector<Parking*> waiting_;  ///< chains that wait for answers to anything but calls
  CallEndings endings_;
  std::set<PythonCall*> timed_calls_;
  Stage stage_ = Stage::kRunning;
  SteadyTime stopped_at_;
  bool closing_ = false;
  bool is_frozen_ = false;
};

}  // namespace vnode
