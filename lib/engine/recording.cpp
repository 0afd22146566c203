#include "engine/recording.h"

#include <sys/stat.h>

#include <algorithm>
#include <coroutine>
#include <filesystem>

#include "engine/execution.h"
#include "engine/instance.h"
#include "engine/level.h"
#include "engine/run_state.h"
#include "engine/runtime_level.h"
#include "engine/taking.h"
#include "node/node_type.h"

namespace vnode {

bool is_recorded(const NodeType& type) {
  return type.definition.is_recorded.value_or(type.runtime || type.blocking || type.touches_world);
}

bool is_stateful(const Instance& node) {
  return node.plan->instance->init_priority > 0 || node.plan->type->definition.is_stateful;
}

/// Where a runtime prepares the parameters the engine knows what is saved and what wires have brought.
std::vector<PortValue> recorded_inputs(const Instance& node) {
  std::vector<PortValue> inputs;
  const Layout& layout = *node.layout;
  const NodeType& type = *node.plan->type;
  if (type.runtime && type.runtime->holds_parameters()) {
    for (const Dict::Entry& entry : node.plan->instance->parameters) {
      if (!entry.key.is_text() || entry.key.as_text() == kInstanceSettings) continue;
      const SlotIndex slot = layout.find(entry.key.as_text());
      const bool is_wired = slot != kNoSlot && !node.parameters[slot].is_unset();
      if (!is_wired) inputs.push_back({entry.key.as_text(), entry.value});
    }
  }
  for (SlotIndex slot = 0; slot < layout.size(); ++slot) {
    const Port* input = layout.input(slot);
    const Port* output = layout.output(slot);
    const bool is_own = output && !input;
    if (is_own || (input && input->is_exec()) || node.parameters[slot].is_unset()) continue;
    inputs.push_back({layout.name(slot), node.parameters[slot]});
  }
  return inputs;
}

namespace {

/// Parks the chain until the recorder has settled. A stop does not wake it: what it has done is to be
/// recorded all the same.
class SettleAwaiter {
 public:
  SettleAwaiter(RunState& run, Chain& chain, bool holds) : run_(run), chain_(chain), holds_(holds) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> self) {
    if (holds_) run_.scheduler.hold(chain_);
    run_.scheduler.park_shielded(chain_, self, std::nullopt);
    // The run does not end before this chain, so the scheduler is there when the message is handled.
    std::function<void()> done = [&scheduler = run_.scheduler, &chain = chain_,
                                  inbox = run_.scheduler.inbox()] {
      inbox->post([&scheduler, &chain] { scheduler.wake(chain); });
    };
    run_.recorder->settle(std::move(done));
  }
  void await_resume() const noexcept {}

 private:
  RunState& run_;
  Chain& chain_;
  const bool holds_;
};

}  // namespace

Task<void> settle_records(RunState& run, Chain& chain, bool holds, SuspendedFor what) {
  chain.waits_for = what;
  co_await SettleAwaiter(run, chain, holds);
  chain.waits_for = SuspendedFor::kCode;
  run.check_recorder();
}

namespace {

void tell_failure(RecordedEnd& end, const NodeFailure& failure) {
  end.message = failure.what();
  end.code = failure.code();
  end.detail = failure.detail();
}

bool is_path(const Port& port) {
  return port.names_file() || port.type == "path" || port.type == "file" || port.type == "directory";
}

class Files {
 public:
  explicit Files(const std::string& directory) : directory_(directory) {}

  void add(std::string_view path) {
    if (path.empty() || path.find('\0') != path.npos) return;
    RecordedFile file{std::filesystem::absolute(std::filesystem::path(directory_) / path).lexically_normal()};
    for (const RecordedFile& other : files) {
      if (other.path == file.path) return;
    }
    struct stat status = {};
    if (::stat(file.path.c_str(), &status) == 0) {
      file.is_there = true;
      file.size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
      file.changed = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    }
    files.push_back(std::move(file));
  }
  void add_value(const Value& value) {
    if (value.is_text()) return add(value.as_text());
    if (!value.is_list()) return;
    for (const Value& item : value.as_list()) {
      if (item.is_text()) add(item.as_text());
    }
  }

  std::vector<RecordedFile> files;

 private:
  const std::string& directory_;
};

}  // namespace

/// What wires bring to it, so that it can be executed alone another time.
std::vector<PortValue> Level::delivered_inputs(const Instance& node) const {
  std::vector<PortValue> inputs;
  const auto add = [&](SlotIndex slot) {
    const Port* port = node.layout->input(slot);
    if (port && port->is_exec()) return;
    const std::string_view name = node.layout->name(slot);
    const auto is_it = [name](const PortValue& known) { return known.port == name; };
    if (std::any_of(inputs.begin(), inputs.end(), is_it)) return;
    const Value* saved = node.plan->instance->parameters.find(name);
    if (!node.parameters[slot].is_unset())
      inputs.push_back({name, node.parameters[slot]});
    else if (saved)
      inputs.push_back({name, *saved});
  };
  for (const InWire& wire : part(data().in_wires, node.plan->in_wires)) add(wire.target_slot);
  if (path_) return inputs;
  for (const std::string& name : run_.options.repeated.delivered) {
    if (const SlotIndex slot = node.layout->find(name); slot != kNoSlot) add(slot);
  }
  return inputs;
}

std::vector<RecordedFile> Level::recorded_input_files(const Instance& node) const {
  Files found(run_.options.environment.working_directory);
  for (const SlotIndex slot : node.layout->inputs()) {
    if (!is_path(*node.layout->input(slot))) continue;
    if (!node.parameters[slot].is_unset()) {
      found.add_value(node.parameters[slot]);
    } else if (const Value* saved = node.plan->instance->parameters.find(node.layout->name(slot))) {
      found.add_value(*saved);
    }
  }
  return std::move(found.files);
}

std::vector<RecordedFile> Level::recorded_work(const Execution& execution, const Outputs& outputs) const {
  const Instance& node = execution.node();
  Files found(run_.options.environment.working_directory);
  for (const std::string& path : execution.declared_files()) found.add(path);
  if (!node.plan->type->writes.empty()) found.add_value(execution.input(node.plan->type->writes));
  for (const SlotIndex slot : node.layout->outputs()) {
    if (!is_path(*node.layout->output(slot))) continue;
    if (const Value* pushed = execution.last_push(slot)) found.add_value(*pushed);
    for (const PortValue& output : outputs) {
      if (output.port == node.layout->name(slot)) found.add_value(output.value);
    }
  }
  return std::move(found.files);
}

/// Journal rule 9.
std::vector<std::string> Level::changed_input_files(const Execution& execution,
                                                    const std::vector<RecordedFile>& work) const {
  std::vector<std::string> changed;
  for (const RecordedFile& before : execution.input_files()) {
    const bool is_own = std::any_of(work.begin(), work.end(),
                                    [&before](const RecordedFile& own) { return own.path == before.path; });
    Files now(run_.options.environment.working_directory);
    if (!is_own) now.add(before.path);
    if (!is_own && !(now.files.front() == before)) changed.push_back(before.path);
  }
  return changed;
}

RecordedPlace Level::place_of(const Instance& node) const { return {path_, &node.id(), node.executions}; }

RecordedCause cause_of(const ChainPlace* place, bool is_pulled) {
  if (!place || (!is_pulled && place->node->executions == 0)) return {};  // the item of a map, in its body
  RecordedCause cause{{place->path, &place->node->id(), place->node->executions}};
  if (is_pulled) {
    ++cause.place.execution;  // the one for which it is pulled has not begun
  } else {
    cause.push = place->node->execution ? place->node->execution->push_count() : RecordedCause::kReturned;
  }
  return cause;
}

RecordedBegin Level::begin_of(const Instance& node, const ExecutionBegin& beginning, int try_number) const {
  return {.place = place_of(node),
          .type = *node.plan->type,
          .try_number = try_number,
          .cause = beginning.cause,
          .inputs = beginning.inputs,
          .delivered = beginning.delivered,
          .command = beginning.command,
          .files = beginning.files,
          .is_stateful = is_stateful(node),
          .variables = variables_};
}

/// Journal rule 1. It is known to have begun before its code does anything.
Task<void> Level::record_begin(Execution& execution, const ExecutionBegin& beginning, StartReason reason) {
  RecordedBegin begin = begin_of(execution.node(), beginning, execution.try_number());
  begin.reason = word(reason);
  execution.set_record(run_.recorder->begin(begin));
  execution.set_input_files(beginning.files);
  if (beginning.taking.has_begun_before) execution.set_repeated();
  run_.recorder->flush();
  run_.check_recorder();
  run_.throw_if_stopped(execution.chain());
  if (!begin.type.definition.is_never_repeated) return {};
  return [](Level& level, Execution& execution) -> Task<void> {
    const Pause pause(execution.tries());
    Chain& chain = execution.chain();
    co_await settle_records(level.run_, chain, level.may_hold(chain), SuspendedFor::kCode);
    level.run_.throw_if_stopped(chain);
  }(*this, execution);
}

/// True if it is taken: its steps come with `take_steps`.
std::unique_ptr<TakenExecution> Level::record_hook(Execution& call, SlotIndex slot) {
  Instance& node = call.node();
  if (!is_recorded(*node.plan->type)) return nullptr;
  ExecutionBegin beginning;
  beginning.inputs = recorded_inputs(node);
  beginning.cause = cause_of(call.chain().at, false);
  RecordedBegin begin = begin_of(node, beginning, 1);
  begin.hook = node.layout->name(slot);
  ask_resumption(beginning, begin);
  if (beginning.taking.taken) return std::move(beginning.taking.taken);
  call.set_record(run_.recorder->begin(begin));
  run_.recorder->flush();
  run_.check_recorder();
  node.rare_state().hook_record = call.record();
  run_.throw_if_stopped(call.chain());
  return nullptr;
}

Task<void> Level::record_hook_end(Execution& call, const std::exception_ptr& failure) {
  const std::optional<NodeFailure> described = failure ? failure_of(failure) : std::nullopt;
  if (!failure) co_await record_variables(call);
  RecordedEnd end{.status = word(!failure    ? NodeStatus::kSuccess
                                 : described ? NodeStatus::kFailed
                                             : NodeStatus::kCancelled)};
  if (described) tell_failure(end, *described);
  run_.recorder->end(call.record(), end);
  run_.recorder->flush();
  call.node().rare_state().hook_record = 0;
}

/// What its code keeps of the run's variables is handed over before its end is recorded.
Task<void> Level::record_variables(Execution& execution) {
  if (!execution.has_variables()) return {};
  return [](Level& level, Execution& execution) -> Task<void> {
    co_await level.runtime_level_->read_variables();
    execution.record_variables();
  }(*this, execution);
}

/// `port` is about to fire, and nothing is left to do behind that but to return. `returned`: what; null: that
/// is not known yet.
void Level::record_last(Execution& execution, std::string_view port, const Outputs* returned) {
  tell_end(execution, returned ? *returned : Outputs(),
           {.is_before_firing = true, .is_returned = returned != nullptr, .port = port});
}

void Level::record_end(Execution& execution, const Outputs& outputs, SteadyTime started) {
  tell_end(execution, outputs, {.is_returned = true, .duration = run_.services.clock.steady_now() - started});
  run_.recorder->flush();
}

void Level::tell_end(Execution& execution, const Outputs& outputs, RecordedEnd end) {
  const NodeFailure* handled = execution.handled_failure();
  const std::vector<RecordedFile> files = recorded_work(execution, outputs);
  const std::vector<std::string> changed = changed_input_files(execution, files);
  end.status = word(handled ? NodeStatus::kFailed : NodeStatus::kSuccess);
  end.is_handled = handled != nullptr;
  end.outputs = {outputs.begin(), outputs.size()};
  end.files = files;
  end.changed = changed;
  if (handled) tell_failure(end, *handled);
  run_.recorder->end(execution.record(), end);
}

/// `failure`: null for a stop.
void Level::record_failure(Execution& execution, const NodeFailure* failure, bool is_repeated,
                           SteadyTime started) {
  NodeStatus status = NodeStatus::kCancelled;
  if (is_repeated)
    status = NodeStatus::kRetried;
  else if (failure)
    status = failure->is_timeout() ? NodeStatus::kTimeout : NodeStatus::kFailed;
  RecordedEnd end{.status = word(status), .duration = run_.services.clock.steady_now() - started};
  if (failure) tell_failure(end, *failure);
  run_.recorder->end(execution.record(), end);
  run_.recorder->flush();
}

/// A node that has not suspended lets no other chain go on meanwhile (rule 28).
bool Level::may_hold(const Chain& chain) const {
  return !chain.parent && chain.at && chain.at->suspensions == chain.suspensions;
}

/// Journal rule 2: an exec wire is about to be followed, and what stands in the journal is not durable; or
/// an earlier run waited there for that (journal rule 13).
bool Level::has_to_settle(Chain& chain) {
  if (!run_.recorder) return false;
  if (!chain.at) return !run_.recorder->is_settled();
  const std::uint32_t firing = ++chain.at->firings;
  if (!run_.recorder->is_settled()) return true;
  const ResumeOrder* order = run_.scheduler.order();
  return order &&
         order->has({.place = place_of(*chain.at->node), .what = SuspendedFor::kFiring, .firing = firing});
}

Task<void> Level::settle_before_firing(Chain& chain) {
  co_await settle_records(run_, chain, may_hold(chain), SuspendedFor::kFiring);
  run_.throw_if_stopped(chain);
}

}  // namespace vnode
