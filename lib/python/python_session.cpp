// Executing Python nodes. Making them is in python_setup.cpp, their variables in python_variables.cpp.
#include "python/python_session.h"

#include <algorithm>

#include "base/at_end.h"
#include "model/value_ops.h"
#include "node/node_failure.h"
#include "python/python_runtime.h"

namespace vnode {
namespace {

std::string_view text_at(std::span<const Value> message, std::size_t index) {
  return index < message.size() && message[index].is_text() ? message[index].as_text() : std::string_view();
}

std::uint64_t number_of(const Value& value) {
  return value.is_int() ? static_cast<std::uint64_t>(value.as_int()) : 0;
}

LogLevel log_level_of(std::string_view name) {
  for (LogLevel level : {LogLevel::kSuccess, LogLevel::kWarning, LogLevel::kError}) {
    if (level_name(level) == name) return level;
  }
  return LogLevel::kInfo;
}

/// Beyond the grace period, for a supervisor to have ended what it holds.
constexpr Duration kSupervisorPatience = std::chrono::seconds(8);
constexpr std::string_view kHostDied = "python_host_died";

}  // namespace

PythonSession::PythonSession(PythonRuntime& runtime, RunLink& run)
    : runtime_(runtime), run_(run), endings_(run.clock(), runtime.settings().grace) {}

PythonSession::~PythonSession() {
  for (const auto& host : hosts_) runtime_.retire(host->take_process());
}

// --- executing ---

/// Only what has changed since the host heard of it.
void PythonSession::append_changes(Message& message, PythonInstance& instance,
                                   std::span<const PortValue> delivered) {
  ObjectTable& objects = instance.host->objects();
  message.open();
  for (const PortValue& value : delivered) {
    auto seen = std::find_if(instance.seen.begin(), instance.seen.end(),
                             [&value](const PortValue& other) { return other.port == value.port; });
    if (seen == instance.seen.end()) {
      seen = instance.seen.insert(instance.seen.end(), {value.port, Value::unset()});
    }
    if (seen->value.is_same_object(value.value)) continue;
    seen->value = value.value;
    message.pair(value.port, value.value, objects);
  }
  message.close();
}

Task<Outputs> PythonSession::execute(InstanceKey key, NodeContext& node,
                                     std::span<const PortValue> delivered) {
  return call(instances_.at(key), node, nullptr, delivered);
}

Task<void> PythonSession::on_parameter_changed(InstanceKey key, NodeContext& node, std::string_view port,
                                               std::span<const PortValue> delivered) {
  const std::string name(port);
  co_await call(instances_.at(key), node, &name, delivered);
}

Task<Outputs> PythonSession::call(PythonInstance& instance, NodeContext& node, const std::string* hook_port,
                                  std::span<const PortValue> delivered) {
  if (instance.request.blocking || instance.request.suspends) co_await node.yield();
  const bool is_placed = instance.host && instance.host->is_usable();
  if (!is_placed || hosts_.size() > 1) co_await find_place(instance, node);
  PythonCall call(*this, instance, node);
  Message message(hook_port ? "hook" : "exec");
  message.add(instance.request.key).add(call.number());
  if (hook_port) {
    message.add(std::string_view(*hook_port));
  } else {
    message.add(static_cast<std::uint64_t>(node.try_number()));
  }
  append_changes(message, instance, delivered);
  // Its begin is in the run's journal, which whoever resumes that finds locked until the host is gone.
  if (const auto& find = run_.environment().find_held_descriptor) instance.host->hold(find());
  if (node.is_repeated()) instance.host->queue(Message("repeated").add(call.number()));
  co_return co_await call.run(std::move(message));
}

/// A new host, say, takes none of the node's own time.
Task<void> PythonSession::find_place(PythonInstance& instance, NodeContext& node) {
  node.pause_time();
  const AtEnd resume([&node] { node.resume_time(); });
  do {  // again when its host dies while another one is asked
    if (!instance.host || !instance.host->is_usable()) co_await ensure_made(instance);
    if (hosts_.size() > 1) co_await read_other_hosts(*instance.host, instance.level);
  } while (!instance.host || !instance.host->is_usable());
  if (node.is_stopped()) throw Cancelled{};
}

void PythonSession::deliver(InstanceKey key, std::string_view port, const Value& value) {
  PythonInstance& instance = instances_.at(key);
  if (!instance.host || !instance.host->is_alive()) return;
  const PortValue update{port, value};
  Message message("set");
  message.add(instance.request.key);
  append_changes(message, instance, std::span(&update, 1));
  instance.host->queue(message);
}

// --- what hosts say ---

void PythonSession::on_message(PythonHost& host, std::span<const Value> message) {
  const std::string_view name = message[0].as_text();
  const auto has = [&message](std::size_t items) { return message.size() > items; };
  if (name == "out" && has(4)) return on_push(host, message, false);
  if (name == "push" && has(5)) return on_push(host, message, true);
  if (name == "ret" && has(2)) return on_return(host, message);
  if (name == "log" && has(4)) {
    const PythonInstance* instance = find_instance(message[1]);  // none: code that belongs to no node
    const InstanceKey key = instance ? instance->request.key : host.last_active;
    if (text_at(message, 4) == "stdout") return on_print(key, text_at(message, 3));
    return run_.log(key, log_level_of(text_at(message, 2)), text_at(message, 3), text_at(message, 4));
  }
  if (name == "err" && has(4)) {
    host.end_output(false);
    if (PythonCall* call = find_call(host, message[1])) {
      call->on_error(text_at(message, 2), text_at(message, 3), text_at(message, 4));
    }
    return;
  }
  if ((name == "wait" || name == "yield" || name == "ready") && has(1)) {
    PythonCall* call = find_call(host, message[1]);
    if (!call) return;
    if (name == "wait") return call->on_wait();
    return name == "yield" ? call->on_yield() : call->on_ready();
  }
  if (name == "goodbye") return wake_waiting();
  if (name == "loaded" && has(2)) return on_loaded(host, message);
  if ((name == "made" || name == "prismed") && has(2)) return on_made(host, message);
  if (name == "dirty" && has(1)) {
    host.variables[static_cast<LevelKey>(number_of(message[1]))].dirty = true;
    return;
  }
  if (name == "keys" && has(2)) return on_keys_request(host, message);
  if (name == "var" && has(3)) return on_variable_request(host, message);
  if (name == "vars" && has(3)) return on_variables(host, message);
  if ((name == "read" || name == "reads" || name == "stateful" || name == "modules") && has(2)) {
    if (PythonCall* call = find_call(host, message[1])) note_for_journal(host, *call, message);
  }
}

void PythonSession::on_push(PythonHost& host, std::span<const Value> message, bool is_awaited) {
  const PythonInstance* instance = find_instance(message[1]);
  PythonCall* call = find_call(host, message[2]);
  const std::uint64_t push = is_awaited ? number_of(message[3]) : 0;
  const std::size_t at = is_awaited ? 4 : 3;
  const std::string_view port = text_at(message, at);
  Value value = read_value(host, message[at + 1]);
  if (call) {
    host.last_active = call->instance().request.key;
    if (!is_awaited) return call->on_out(port, std::move(value));
    return call->on_push(push, port, std::move(value),
                         message.size() > 6 ? read_table(host, message[6]) : std::nullopt);
  }
  if (!instance) return;
  std::function<void()> done = [] {};
  if (is_awaited) {
    done = [&host, exec = number_of(message[2]), push] {
      host.queue(Message("done").add(exec).add(push));
      host.flush();
    };
  }
  run_.push_late(instance->request.key, std::string(port), std::move(value), std::move(done));
}

void PythonSession::on_return(PythonHost& host, std::span<const Value> message) {
  host.end_output(false);  // what the node wrote comes before its end
  PythonCall* call = find_call(host, message[1]);
  if (!call) return;
  if (std::optional<Outputs> outputs = read_table(host, message[2])) call->on_return(std::move(*outputs));
}

std::optional<Outputs> PythonSession::read_table(PythonHost& host, const Value& table) {
  if (!table.is_list()) return std::nullopt;
  Outputs outputs;
  for (const Value& entry : table.as_list()) {
    if (!entry.is_list() || entry.as_list().size() != 2 || !entry.as_list()[0].is_text()) continue;
    outputs.append(keep_name(entry.as_list()[0].as_text()), read_value(host, entry.as_list()[1]));
  }
  return outputs;
}

void PythonSession::on_output(PythonHost& host, std::string_view line, bool is_error) {
  if (!is_error) return on_print(host.last_active, line);
  run_.log(host.last_active, LogLevel::kWarning, line, "stderr");
}

void PythonSession::on_closed(PythonHost&) { wake_all(); }

/// The node that was executing is to blame; the others that were waiting in the host fail with it.
void PythonSession::on_death(PythonHost& host) {
  if (!host.ended_for().empty()) return on_end_for(host);
  const std::string how = host.describe_death();
  const std::string& errors = host.last_errors();
  const auto running = host.calls.find(host.running);
  const PythonCall* culprit = running == host.calls.end() ? nullptr : running->second;
  if (!culprit && host.calls.size() == 1) culprit = host.calls.begin()->second;
  const std::string label =
      culprit ? const_cast<PythonCall*>(culprit)->instance().request.label : std::string();
  for (auto& [number, call] : std::map(host.calls)) {
    if (call == culprit) {
      call->on_death("the Python process of this node " + how, errors, kHostDied);
    } else if (culprit) {
      call->on_death(
          "the Python process in which this node was waiting " + how + " while " + label + " was executing",
          errors, kHostDied);
    } else {
      call->on_death("the Python process in which this node was executing, with others, " + how, errors,
                     kHostDied);
    }
  }
  forget(host);
}

/// The others in it are executed again (engine rule 43).
void PythonSession::on_end_for(PythonHost& host) {
  const std::string how = "the Python process in which this node was executing was ended, since " +
                          host.ended_for() + " did not give way when its time was over";
  for (auto& [number, call] : std::map(host.calls)) call->on_death(how, "", kHostEndedFailure);
  forget(host);
}

void PythonSession::forget(PythonHost& host) {
  for (auto& [key, instance] : instances_) {
    if (instance.host == &host) instance.host = nullptr;
  }
  wake_waiting();
}

// --- the run's side ---

bool PythonSession::pump(Duration time) {
  const auto lives = [](const auto& host) { return host->is_alive(); };
  const bool is_single = std::count_if(hosts_.begin(), hosts_.end(), lives) == 1;
  bool something = false;
  // By index: what a message sets off may add a host.
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    something |= hosts_[i]->pump(is_single && hosts_[i]->is_alive() ? time : Duration::zero());
  }
  if (closing_ && are_gone()) wake_waiting();
  return something;
}

void PythonSession::arm() {
  for (const auto& host : hosts_) host->arm();
}

void PythonSession::wire(InstanceKey key, std::span<const OutputWiring> outputs) {
  PythonInstance& instance = instances_.at(key);
  std::string list;
  for (const OutputWiring& output : outputs) {
    list += list.empty() ? "[" : ",[";
    append_json_text(list, output.port);
    list += output.waits ? ",true,[" : ",false,[";
    for (std::size_t i = 0; i < output.targets.size(); ++i) {
      if (i > 0) list += ',';
      list += std::to_string(output.targets[i]);
    }
    list += "]]";
  }
  Message whole("wire");
  whole.add(key).add_json("[" + list + "]");
  instance.wiring = whole.text();
  if (instance.host) instance.host->queue_text(instance.wiring);
}

void PythonSession::close_level(LevelKey level) {
  for (const InstanceKey key : levels_[level]) instances_.erase(key);
  levels_.erase(level);
  for (const auto& host : hosts_) {
    host->variables.erase(level);
    if (host->is_alive() && !closing_) host->queue(Message("close").add(level));
  }
}

/// Engine rule 36.
void PythonSession::cancel(InstanceKey, const NodeContext& node) {
  for (const auto& host : hosts_) {
    for (auto& [number, call] : host->calls) {
      if (&call->node() == &node) call->cancel();
    }
  }
  wake_all();  // somebody has to wait for the next measure
}

void PythonSession::set_stepping(PythonCall* call) {
  endings_.set_stepping(call);
  hold_up_timed_calls(call != nullptr, call);
}

void PythonSession::hold_up_timed_calls(bool are_held_up, const PythonCall* except) {
  for (PythonCall* call : timed_calls_) call->set_held_up(are_held_up && call != except);
}

/// Rule 24: ask, interrupt, kill.
void PythonSession::stop() {
  stage_ = Stage::kAsked;
  endings_.clear();
  stopped_at_ = run_.clock().steady_now();
  for (const auto& host : hosts_) {
    if (!host->is_alive()) continue;
    // First: asyncio kills a program as soon as nobody waits for it any more.
    host->stop_children(runtime_.settings().grace);
    host->queue(Message("stop"));
    host->flush();
  }
  wake_all();
}

void PythonSession::freeze() {
  is_frozen_ = true;
  for (const auto& host : hosts_) host->freeze();
}

void PythonSession::thaw() {
  is_frozen_ = false;
  for (const auto& host : hosts_) host->thaw();
  endings_.begin_anew();
  wake_all();
}

std::optional<SteadyTime> PythonSession::next_measure() const {
  std::optional<SteadyTime> measure;
  const Duration grace = runtime_.settings().grace;
  switch (stage_) {
    case Stage::kRunning:
      if (!is_frozen_) measure = endings_.next_measure();
      break;
    case Stage::kGivenUp:
      break;
    case Stage::kAsked:
      measure = stopped_at_ + std::min(grace / 2, kPolite);
      break;
    case Stage::kInterrupted:
      measure = stopped_at_ + grace;
      break;
    case Stage::kKilled:
      measure = stopped_at_ + grace + kDeathBed;
      break;
  }
  for (const auto& host : hosts_) {
    const std::optional<SteadyTime> deadline = host->deadline();
    if (deadline) measure = measure ? std::min(*measure, *deadline) : *deadline;
  }
  return measure;
}

void PythonSession::take_measures() {
  if (stage_ == Stage::kRunning) {
    if (!is_frozen_) endings_.take_measures();
    return;
  }
  const SteadyTime now = run_.clock().steady_now();
  const Duration grace = runtime_.settings().grace;
  if (stage_ == Stage::kAsked && now >= stopped_at_ + std::min(grace / 2, kPolite)) {
    stage_ = Stage::kInterrupted;
    for (const auto& host : hosts_) host->interrupt();
  }
  if (stage_ == Stage::kInterrupted && now >= stopped_at_ + grace) {
    stage_ = Stage::kKilled;
    for (const auto& host : hosts_) host->kill();
  }
  if (stage_ == Stage::kKilled && now >= stopped_at_ + grace + kDeathBed) stage_ = Stage::kGivenUp;
}

/// The hosts end by themselves, so that what they have buffered is written; those that do not are ended. Then
/// nothing is left of what nodes have started.
Task<void> PythonSession::close(Trampoline&) {
  closing_ = true;
  const SteadyTime last = run_.clock().steady_now() + std::min(runtime_.settings().grace, kPolite);
  for (const auto& host : hosts_) {
    if (!host->is_alive()) continue;
    host->queue(Message("bye"));
    host->flush();
  }
  const auto is_there = [](const auto& host) { return !host->has_left(); };
  while (std::any_of(hosts_.begin(), hosts_.end(), is_there) && run_.clock().steady_now() < last) {
    Parking parking(run_);
    waiting_.push_back(&parking);
    co_await parking.wait(false, last);
    std::erase(waiting_, &parking);
  }
  const Duration grace = grace_left();
  for (const auto& host : hosts_) {
    host->end_output(false);
    if (!host->has_said_goodbye()) host->stop(grace);
  }
  co_await wait_until_gone(run_.clock().steady_now() + grace + kSupervisorPatience);
  for (const auto& host : hosts_) host->end_output(true);
}

/// Of the grace period, which begins with a stop.
Duration PythonSession::grace_left() const {
  const Duration grace = runtime_.settings().grace;
  if (stage_ == Stage::kRunning) return grace;
  return std::max(stopped_at_ + grace - run_.clock().steady_now(), Duration::zero());
}

/// What hangs in the system is left to the runtime.
Task<void> PythonSession::wait_until_gone(SteadyTime last) {
  const SteadyTime force_at = run_.clock().steady_now() + kPolite;
  bool is_forced = false;
  while (!are_gone()) {
    const SteadyTime now = run_.clock().steady_now();
    if (now >= last) co_return;
    if (now >= force_at && !std::exchange(is_forced, true)) {  // said goodbye, and stayed
      for (const auto& host : hosts_) host->stop(grace_left());
    }
    Parking parking(run_);
    waiting_.push_back(&parking);
    co_await parking.wait(false, is_forced ? last : std::min(force_at, last));
    std::erase(waiting_, &parking);
  }
}

bool PythonSession::are_gone() const {
  return std::all_of(hosts_.begin(), hosts_.end(), [](const auto& host) { return host->is_gone(); });
}

// --- looking things up ---

PythonCall* PythonSession::find_call(PythonHost& host, const Value& number) {
  const auto found = host.calls.find(number_of(number));
  return found == host.calls.end() ? nullptr : found->second;
}

PythonInstance* PythonSession::find_instance(const Value& key) {
  const auto found = instances_.find(static_cast<InstanceKey>(number_of(key)));
  return found == instances_.end() ? nullptr : &found->second;
}

Value PythonSession::read_value(PythonHost& host, const Value& raw) {
  Result<Value> value = host.objects().read_value(raw);
  // Only node code that writes to the connection itself gets here; it harms nobody but its own node.
  return value ? std::move(*value) : Value();
}

std::string_view PythonSession::keep_name(std::string_view name) {
  auto found = names_.find(name);
  if (found == names_.end()) found = names_.emplace(name).first;
  return *found;
}

Task<void> PythonSession::wait_for_answer() {
  take_measures();
  if (gave_up()) throw Cancelled{};
  Parking parking(run_);
  waiting_.push_back(&parking);
  co_await parking.wait(true, next_measure());
  std::erase(waiting_, &parking);
  if (gave_up()) throw Cancelled{};
}

void PythonSession::wake_all() {
  for (const auto& host : hosts_) {
    for (auto& [number, call] : host->calls) call->look_again();
  }
  wake_waiting();
}

void PythonSession::wake_waiting() {
  for (Parking* parking : std::vector(waiting_)) parking->wake();
}

}  // namespace vnode
