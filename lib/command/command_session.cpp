#include "command/command_session.h"

#include <algorithm>
#include <utility>

#include "base/at_end.h"
#include "base/memory_file.h"
#include "command/command_ports.h"
#include "command/run_command.h"

namespace vnode {
namespace {

/// `co_await CurrentChain()`: the chain that executes this.
class CurrentChain {
 public:
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> self) noexcept {
    chain_ = self.promise().trampoline;
    return false;
  }
  Trampoline& await_resume() const noexcept { return *chain_; }

 private:
  Trampoline* chain_ = nullptr;
};

bool reads_stdout(const OutputSource& source) { return source.kind <= OutputSource::Kind::kJson; }
bool reads_files(const OutputSource& source) { return source.kind >= OutputSource::Kind::kFile; }

NodeFailure as_node_failure(const CommandOutcome& outcome) {
  NodeFailure failure(outcome.failure->message, outcome.failure->code);
  failure.set_exit_code(outcome.exit_code);
  return failure;
}

}  // namespace

CommandSession::CommandSession(CommandRuntime& runtime, RunLink& run)
    : runtime_(runtime),
      run_(run),
      shared_(std::make_shared<SharedByCommands>(runtime.settings().most_run_log, run.secret_mask())),
      news_(std::make_shared<CommandNews>(run.waker())) {}

CommandSession::~CommandSession() { news_->close(); }

Task<std::vector<InstanceShape>> CommandSession::open_level(LevelKey level,
                                                            std::vector<InstanceRequest> requests,
                                                            Problems& problems) {
  std::vector<InstanceShape> shapes;
  for (InstanceRequest& request : requests) {
    const NodeDefinition& definition = request.type->definition;
    auto instance = std::make_shared<CommandInstance>();
    instance->outputs = definition.outputs;
    InstanceShape shape{request.key, definition.inputs, definition.outputs};
    if (!definition.command) {
      instance->further = further_inputs(definition, request.saved, request.wired_inputs);
      for (const std::string& name : instance->further) shape.inputs.push_back(Port{.name = name});
    }
    instance->demand.amounts = request.resources;
    auto executor = runtime_.settings().executors.find(request.executor);
    if (executor) {
      instance->executor = std::move(*executor);
    } else {
      problems.push_back({.code = "unknown_executor",
                          .pointer = request.pointer + "/parameters/__vnode__/executor",
                          .message = executor.error().message,
                          .node = request.label});
    }
    const InstanceKey key = request.key;
    instance->request = std::move(request);
    instances_.emplace(key, std::move(instance));
    levels_[level].push_back(key);
    shapes.push_back(std::move(shape));
  }
  co_return shapes;
}

void CommandSession::close_level(LevelKey level) {
  for (const InstanceKey key : levels_[level]) instances_.erase(key);
  levels_.erase(level);
}

Result<CommandPlan> CommandSession::plan(const CommandInstance& instance, const NodeContext& node) const {
  const ValueOf value_of = [this, &node](std::string_view port) {
    return port.starts_with(kSecretPrefix) ? secret(port.substr(kSecretPrefix.size())) : node.input(port);
  };
  const auto& definition = instance.request.type->definition.command;
  Result<CommandPlan> made =
      definition ? plan_command(definition, value_of) : plan_run_command(instance.further, value_of);
  if (!made) return made;
  // (One that a program has named may have been in its command to begin with.)
  for (const auto& [name, value] : run_.environment().secrets) {
    const std::vector<std::string>& words = made->call.words;
    const auto found = std::find_if(words.begin(), words.end(), [&value = value](const std::string& word) {
      return word.find(value) != word.npos;
    });
    if (found == words.end()) continue;
    return Error{ErrorCode::kInvalidValue, "word " + std::to_string(found - words.begin()) +
                                               " of the command has the secret '" + name +
                                               "' in it, which others could read there; {secret." + name +
                                               "} in 'environment' or 'stdin' hands it over"};
  }
  return made;
}

/// None: the run has no secret of that name.
Value CommandSession::secret(std::string_view name) const {
  for (const auto& [known, value] : run_.environment().secrets) {
    if (known == name) return Value(value);
  }
  return {};
}

/// What programs have set for commands of these chains: the nearest counts.
CommandSession::ChainVariables CommandSession::variables_set_for(
    std::span<const std::uint64_t> chains) const {
  ChainVariables all;
  for (const std::uint64_t chain : chains) {
    if (const auto set = chain_variables_.find(chain); set != chain_variables_.end())
      all.insert(set->second.begin(), set->second.end());
  }
  return all;
}

/// Nothing of what would be refused: it fails, and is not taken.
std::vector<PortValue> CommandSession::command_of(InstanceKey key, const NodeContext& node,
                                                  const Trampoline& chain) {
  const Result<CommandPlan> planned = plan(*instances_.at(key), node);
  if (!planned) return {};
  const CommandCall& call = planned->call;
  std::vector<Value> words(call.words.begin(), call.words.end());
  ChainVariables environment = variables_set_for(run_.chain_numbers(chain));
  for (const auto& [name, value] : call.environment) environment[name] = value;
  Dict variables;
  for (const auto& [name, value] : environment) variables.set(Value(name), value ? Value(*value) : Value());
  return {{"words", Value::list(std::move(words))},
          {"stdin", call.input ? Value(*call.input) : Value()},
          {"directory", Value(path_in(run_.environment().working_directory, call.directory))},
          {"environment", Value(std::move(variables))}};
}

Task<Outputs> CommandSession::execute(InstanceKey key, NodeContext& node, std::span<const PortValue>) {
  const InstancePtr instance = instances_.at(key);
  Result<CommandPlan> planned = plan(*instance, node);
  CommandOutcome outcome;
  Dict said;
  Duration time{};
  if (planned) {
    ResourcePool::Number number = 0;
    const AtEnd give_back([this, &number] { run_.resources().end(number); });
    co_await take_turn(instance->demand, node, number);
    outcome = co_await run_process(instance, node, std::move(*planned), said, time);
  } else {
    const auto& definition = instance->request.type->definition.command;
    outcome = refused_command(definition ? *definition : CommandDefinition(), planned.error().message);
  }
  co_await hand_on(instance, node, std::move(outcome), std::move(said), time);
  co_return Outputs();
}

/// Rules 28 and 40 of the engine: first come, first served. A stop ends the wait. What it takes goes with
/// `number`.
Task<void> CommandSession::take_turn(const ResourceDemand& demand, NodeContext& node,
                                     ResourcePool::Number& number) {
  TurnWait wait(run_);
  const ResourcePool::Turn turn = run_.resources().take(demand, [&wait](ResourcePool::Number) {
    wait.is_granted = true;
    wait.parking.wake();
  });
  number = turn.number;
  if (!turn.is_granted) {
    waiting_.insert(&wait);
    const AtEnd leave([this, &wait] { waiting_.erase(&wait); });
    ResourcePool::Lack lack = run_.resources().lack_of(number);
    node.begin_wait(lack.what, std::move(lack.detail));
    while (!wait.is_granted && !node.is_stopped()) co_await wait.parking.wait(false, std::nullopt);
    node.end_wait();
  }
  if (!node.is_stopped()) co_return;
  run_.resources().end(number);  // before `wait` is gone
  throw Cancelled{};
}

Task<CommandOutcome> CommandSession::run_process(InstancePtr instance, NodeContext& node, CommandPlan plan,
                                                 Dict& said, Duration& time) {
  const std::string directory = path_in(run_.environment().working_directory, plan.call.directory);
  const auto files = std::make_shared<ExpectedFiles>(plan.files, directory, plan.is_fresh);
  // Named, not written into the co_await: GCC 12 destroys a capturing temporary there twice.
  std::function<void()> remember = [files] { files->remember(); };
  if (!files->is_empty()) co_await node.run_blocking(std::move(remember));
  const std::vector<std::uint64_t> chains = run_.chain_numbers(co_await CurrentChain());
  if (!own_variables_) own_variables_ = own_variables();
  ProcessStart start = describe_start(*instance, plan, directory, chains, node);
  if (plan.call.input) {
    Result<OwnedFd> input = memory_file(*plan.call.input);
    if (!input) co_return refused_command(*plan.definition, input.error().message);
    start.input = std::move(*input);
  }
  WrapStop wrap_stop;
  if (instance->executor) {
    Result<WrapStop> wrapped = wrap(*instance, plan, chains, node, start);
    if (!wrapped) co_return refused_command(*plan.definition, wrapped.error().message);
    wrap_stop = std::move(*wrapped);
  }
  std::unique_ptr<OutputFile> file = log_file(*instance, node);
  CommandOutput::Settings settings = output_settings(node, plan);
  settings.file = file.get();
  const auto process =
      std::make_shared<CommandProcess>(run_, news_, plan, settings, std::move(file), shared_);
  process->node = &node;
  process->instance = instance->request.key;
  process->wrap_stop = std::move(wrap_stop);
  const SteadyTime started = run_.clock().steady_now();
  Result<ProcessNumber> number = start_piped(processes(), runtime_.watcher(), std::move(start), process);
  if (!number) co_return refused_command(*plan.definition, number.error().message);
  process->number = *number;
  active_.insert(process.get());
  chain_of_[process.get()] = chains.front();
  co_await wait_for_end(*process);
  active_.erase(process.get());
  chain_of_.erase(process.get());
  process->node = nullptr;
  time = run_.clock().steady_now() - started;
  for (const std::vector<std::string>& paths : {plan.files, plan.output_paths}) {
    for (const std::string& path : paths) {
      if (!path.empty()) node.declare_file(path_in(directory, path));
    }
  }
  const std::optional<NodeFailure> expiry = node.take_expiry();
  if (node.is_stopped()) throw Cancelled{};
  said = process->said_outputs;
  const auto judged = std::make_shared<CommandOutcome>();
  std::function<void()> judge = [judged, process, files, directory, plan] {
    *judged = judge_command(plan, directory, process->end(), process->output(), *files);
  };
  const std::vector<OutputSource>& sources = plan.definition->outputs;
  const bool looks_at_files = !files->is_empty() || std::any_of(sources.begin(), sources.end(), reads_files);
  if (looks_at_files) {
    co_await node.run_blocking(std::move(judge));
  } else {
    judge();
  }
  // It was told to give way, whatever it made of that.
  if (expiry)
    judged->failure =
        CommandOutcome::Failure{expiry->code(), plan.call.words.front() + ": " + expiry->what()};
  co_return std::move(*judged);
}

ProcessStart CommandSession::describe_start(const CommandInstance& instance, const CommandPlan& plan,
                                            const std::string& directory,
                                            std::span<const std::uint64_t> chains,
                                            const NodeContext& node) const {
  Variables variables = *own_variables_;
  const auto add_all = [&variables](const auto& more) {
    variables.insert(variables.end(), more.begin(), more.end());
  };
  add_all(run_.environment().variables);
  add_all(run_.environment().secrets);
  for (const auto& [name, value] : variables_set_for(chains)) {
    std::erase_if(variables, [&name = name](const auto& variable) { return variable.first == name; });
    if (value) variables.emplace_back(name, *value);
  }
  add_all(plan.call.environment);
  const CommandLimits& limits = plan.definition->limits;
  ProcessStart start;
  start.words = plan.call.words;
  start.environment = child_environment(variables, {.run_id = run_.run_id(),
                                                    .node_id = instance.request.name,
                                                    .attempt = run_.attempt(),
                                                    .try_number = node.try_number(),
                                                    .is_repeated = node.is_repeated()});
  start.directory = directory;
  start.limits = {.address_space = limits.address_space,
                  .open_files = limits.open_files,
                  .nice = limits.nice,
                  .memory = limits.memory};
  if (limits.cpu_seconds) start.limits.cpu_time = std::chrono::seconds(*limits.cpu_seconds);
  start.grace = runtime_.settings().grace;
  return start;
}

/// Null without a folder for them. That it cannot be written costs the log, not the run.
std::unique_ptr<OutputFile> CommandSession::log_file(const CommandInstance& instance, NodeContext& node) {
  const std::string& folder = runtime_.settings().log_folder;
  if (folder.empty()) return nullptr;
  const std::string& name = instance.request.name;
  Result<std::unique_ptr<OutputFile>> file =
      OutputFile::create(folder, name + "." + std::to_string(++log_files_[name]) + ".log");
  if (file) return std::move(*file);
  node.log_warning(file.error().message);
  return nullptr;
}

CommandOutput::Settings CommandSession::output_settings(const NodeContext& node,
                                                        const CommandPlan& plan) const {
  const CommandSettings& settings = runtime_.settings();
  const std::vector<OutputSource>& sources = plan.definition->outputs;
  const bool is_read = std::any_of(sources.begin(), sources.end(), [&node](const OutputSource& source) {
    return reads_stdout(source) && (source.port != "lines" || node.is_output_wanted(source.port));
  });
  const auto most = [&](std::string_view port, bool is_used) {
    return is_used || node.is_output_wanted(port) ? settings.most_kept : settings.most_unwanted;
  };
  return {.most_stdout = most(kStdout, is_read),
          .most_stderr = most(kStderr, false),
          .most_log = plan.definition->limits.log_bytes.value_or(settings.most_log),
          .progress_total = plan.progress_total};
}

/// A limit of time has passed: the process is stopped as by a stop of the run.
void CommandSession::cancel(InstanceKey instance, const NodeContext&) {
  for (CommandProcess* process : active_) {
    if (process->instance == instance) stop_process(*process);
  }
  // Who waits for its turn has no time of its own passing, but may be inside of something that has.
  for (TurnWait* wait : waiting_) wait->parking.wake();
}

/// Rules 5 and 6: all data outputs in port order, then one of the exec outputs.
Task<void> CommandSession::hand_on(InstancePtr instance, NodeContext& node, CommandOutcome outcome, Dict said,
                                   Duration time) {
  const auto& definition = instance->request.type->definition.command;
  const std::vector<OutputSource> sources =
      definition ? definition->outputs : std::vector<OutputSource>{{.port = "lines"}};
  outcome.outputs.resize(sources.size());
  const bool is_success = !outcome.failure;
  const NodeFailure failure = is_success ? NodeFailure("") : as_node_failure(outcome);
  if (!is_success && node.is_to_be_repeated(failure)) throw failure;
  for (const Port& port : instance->outputs) {
    if (port.is_exec()) continue;
    Value value;
    const auto source = std::find_if(sources.begin(), sources.end(),
                                     [&port](const OutputSource& one) { return one.port == port.name; });
    if (port.name == kStdout)
      value = Value(std::move(outcome.text));
    else if (port.name == kStderr)
      value = Value(std::move(outcome.errors));
    else if (port.name == kExitCode)
      value = Value(outcome.exit_code);
    else if (port.name == kSuccess)
      value = Value(is_success);
    else if (port.name == kDuration)
      value = Value(std::chrono::duration<double>(time).count());
    else if (const Value* told = said.find(port.name))
      value = *told;
    else if (source != sources.end())
      value = outcome.outputs[static_cast<std::size_t>(source - sources.begin())];
    co_await node.set_output(port.name, std::move(value));
  }
  if (is_success) {
    co_await node.fire(kExecOut);
    co_return;
  }
  if (!node.is_output_wired(kExecFail)) throw failure;
  node.handle_failure(failure);
  co_await node.fire(kExecFail);
}

bool CommandSession::pump(Duration) {
  std::vector<CommandNews::Item> items = news_->take();
  for (CommandNews::Item& item : items) {
    for (CommandReport& report : item.reports) take_report(*item.process, std::move(report));
    if (!item.has_ended) continue;
    item.process->has_ended = true;
    item.process->parking.wake();
  }
  return !items.empty();
}

/// For later commands of its chain: no journal has that, so it is done again.
void CommandSession::set_variable(const CommandProcess& process, const std::string& name,
                                  const std::optional<std::string>& value) {
  const auto chain = chain_of_.find(&process);
  if (chain == chain_of_.end()) return;
  chain_variables_[chain->second][name] = value;
  if (process.node) process.node->note_stateful("variable " + name);
}

void CommandSession::take_report(CommandProcess& process, CommandReport report) {
  using Kind = ChildMessage::Kind;
  if (auto* line = std::get_if<CommandLogLine>(&report)) {
    return run_.log(process.instance, line->level, line->text, line->stream);
  }
  auto& message = std::get<ChildMessage>(report);
  switch (message.kind) {
    case Kind::kProgress:
      process.fraction = message.fraction;
      if (process.node) process.node->report_progress(process.fraction, "");
      break;
    case Kind::kStatus:
      if (process.node) process.node->report_progress(process.fraction, message.text);
      break;
    case Kind::kEnv:
      set_variable(process, message.name, message.text);
      break;
    case Kind::kUnsetEnv:
      set_variable(process, message.name, std::nullopt);
      break;
    case Kind::kOutput:
      for (const DictEntry& entry : message.values) {
        if (!entry.key.is_text() || is_command_output(entry.key.as_text())) continue;
        process.said_outputs.set(entry.key, entry.value);
      }
      break;
    default:
      break;
  }
}

void CommandSession::stop() {
  for (CommandProcess* process : active_) stop_process(*process);
  for (TurnWait* wait : waiting_) wait->parking.wake();
}

/// Those of the run, from the first one on.
RunProcesses& CommandSession::processes() {
  if (processes_) return *processes_;
  const RunEnvironment& environment = run_.environment();
  const int held =
      environment.find_held_descriptor ? environment.find_held_descriptor() : environment.held_descriptor;
  processes_ = std::make_unique<RunProcesses>(runtime_.watcher(), runtime_.settings().grace, held);
  if (is_frozen_) processes_->freeze();
  return *processes_;
}

void CommandSession::freeze() {
  is_frozen_ = true;
  if (processes_) processes_->freeze();
}

void CommandSession::thaw() {
  is_frozen_ = false;
  if (processes_) processes_->thaw();
}

Task<void> CommandSession::close(Trampoline&) {
  if (!processes_) co_return;
  constexpr Duration kFirstPause = std::chrono::microseconds(200),
                     kLongestPause = std::chrono::milliseconds(20);
  // Orphans that no node owns get the grace period; what hangs in the system is left to the destructor.
  const SteadyTime last = run_.clock().steady_now() + runtime_.settings().grace + std::chrono::seconds(8);
  processes_->end(runtime_.settings().grace);
  Parking parking(run_);
  for (Duration pause = kFirstPause; !processes_->wait_until_gone(Duration::zero());
       pause = std::min(pause * 2, kLongestPause)) {
    const SteadyTime now = run_.clock().steady_now();
    if (now >= last) break;
    co_await parking.wait(false, now + pause);
  }
}

}  // namespace vnode
