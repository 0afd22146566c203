#include "engine/execution.h"

#include <algorithm>

#include "base/at_end.h"
#include "engine/map_run.h"
#include "engine/runtime_level.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// events.md: at most ten progress reports a second and node.
constexpr Duration kProgressInterval = std::chrono::milliseconds(100);

const Value& none() {
  static const Value none_value;
  return none_value;
}

const Value& visible(const Value& value) { return value.is_unset() ? none() : value; }

}  // namespace

Execution::Push* Execution::find_push(SlotIndex slot) {
  for (Push& push : first_pushes_) {
    if (push.slot == slot) return &push;
  }
  for (Push& push : more_pushes_) {
    if (push.slot == slot) return &push;
  }
  return nullptr;
}

void Execution::record_push(SlotIndex slot, const Value& value) {
  Push* push = find_push(slot);
  if (!push) push = find_push(kNoSlot);
  if (!push) push = &more_pushes_.emplace_back();
  push->slot = slot;
  push->fired |= truthy(value);
  push->value = value;
}

const Value* Execution::last_push(SlotIndex slot) const {
  const Push* push = const_cast<Execution*>(this)->find_push(slot);
  return push ? &push->value : nullptr;
}

bool Execution::has_fired(SlotIndex slot) const {
  const Push* push = const_cast<Execution*>(this)->find_push(slot);
  return push && push->fired;
}

const Value& Execution::input(std::string_view port) const {
  const SlotIndex slot = node_.layout->find(port);
  return slot == kNoSlot ? none() : visible(snapshot_[slot]);
}

bool Execution::has_input(std::string_view port) const {
  const SlotIndex slot = node_.layout->find(port);
  return slot != kNoSlot && !snapshot_[slot].is_unset();
}

bool Execution::is_output_wired(std::string_view port) const {
  const SlotIndex slot = node_.layout->find(port);
  return slot != kNoSlot && level_.is_wired(node_, slot);
}

void Execution::log(LogLevel level, std::string message) { level_.log(node_, level, message); }

void Execution::forward_error(std::string message) { level_.forward_error(node_, message); }

void Execution::print(std::string text) { level_.log(node_, LogLevel::kInfo, text, "stdout"); }

void Execution::report_progress(double fraction, std::string message) {
  if (tries_) tries_->touch();
  const SteadyTime now = level_.run_.services.clock.steady_now();
  if (last_progress_ && now - *last_progress_ < kProgressInterval) return;
  last_progress_ = now;
  level_.emit(node_, NodeProgress{fraction, message});
}

bool Execution::is_stopped() const {
  level_.run_.check_deadline();
  if (tries_) tries_->look();
  return level_.run_.is_stopped(chain_);
}

Dict& Execution::variables() { return level_.variables(); }

namespace {

/// One step of SplitMix64.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

/// Journal rule 4: where that execution is, and nothing of what others have drawn.
std::uint64_t random_seed(std::uint64_t seed, const LevelPath* path, const Instance& node) {
  const auto add = [&seed](const Uuid& id, std::uint32_t execution) {
    seed = mixed(mixed(seed ^ id.hash()) + execution);
  };
  for (; path; path = path->outer) {
    if (path->iteration) {
      seed = mixed(seed + static_cast<std::uint64_t>(*path->iteration) + 1);
    } else {
      add(path->group, path->execution);
    }
  }
  add(node.id(), node.executions);
  return seed;
}

}  // namespace

std::uint64_t Execution::random_bits() {
  if (random_state_ == 0) random_state_ = random_seed(level_.run_.seed(), level_.path_, node_);
  random_state_ += 0x9E3779B97F4A7C15;
  return mixed(random_state_);
}

const Value& Execution::parameter(std::string_view port) const {
  const SlotIndex slot = node_.layout->find(port);
  return slot == kNoSlot ? none() : visible(node_.parameters[slot]);
}

void Execution::set_parameter(std::string_view port, Value value) {
  const SlotIndex slot = node_.layout->find(port);
  if (slot != kNoSlot) node_.parameters[slot] = std::move(value);
}

bool Execution::is_saved(std::string_view port) const {
  return node_.plan->instance->parameters.find(port) || is_input_wired(port);
}

bool Execution::is_input_wired(std::string_view port) const {
  const SlotIndex slot = node_.layout->find(port);
  for (const InWire& wire : part(level_.data().in_wires, node_.plan->in_wires)) {
    if (wire.target_slot == slot) return true;
  }
  return false;
}

std::vector<std::string_view> Execution::input_ports() const {
  std::vector<std::string_view> names;
  for (SlotIndex slot : node_.layout->inputs()) {
    if (!node_.layout->input(slot)->is_exec()) names.push_back(node_.layout->name(slot));
  }
  return names;
}

Task<void> Execution::take_turn(const ResourceDemand& demand) {
  turn_ = std::make_unique<Turn>(level_.run_.resources, *this, demand);
  return turn_->take();
}

/// Others are at work: the node's own time stands still, and it holds nothing that they may need.
Task<void> Execution::while_away(Task<void> task) {
  if (!task) return task;
  return [](Execution& self, Task<void> task) -> Task<void> {
    {
      const Pause pause(self.tries_);
      if (self.turn_) self.turn_->give_back();
      co_await std::move(task);
    }
    if (self.turn_) co_await self.turn_->take();
  }(*this, std::move(task));
}

Task<void> Execution::set_output(std::string_view port, Value value) {
  const SlotIndex slot = node_.layout->find(port);
  if (slot == kNoSlot || !node_.layout->output(slot)) return {};
  has_set_output_ = true;
  ++push_count_;
  if (!tries_ || (!tries_->is_timed() && !turn_)) return push(slot, std::move(value));
  tries_->look();  // it may have come here without giving way
  tries_->touch();
  if (tries_->holds_others() && port != kExecOnFinished && port != kExecFail)
    return push(slot, std::move(value));
  return while_away(push(slot, std::move(value)));
}

Task<void> Execution::push(SlotIndex slot, Value value) {
  if (!record_) return level_.push(chain_, node_, slot, std::move(value));
  if (has_variables()) return push_recorded(slot, std::move(value));
  const bool is_last =
      fires(slot, value) && (!node_.plan->type->runtime || node_.plan->type->runtime->fires_last());
  const Outputs nothing;  // what commands return
  if (is_last)
    level_.record_last(*this, node_.layout->name(slot), node_.plan->type->runtime ? &nothing : nullptr);
  level_.run_.recorder->push(record_, node_.layout->name(slot), value, turns_outside());
  return level_.push(chain_, node_, slot, std::move(value));
}

/// Its code may have changed variables, which what it sets off is about to use.
Task<void> Execution::push_recorded(SlotIndex slot, Value value) {
  if (sets_off_others(slot, value)) {
    first_->has_set_off = true;
    co_await level_.runtime_level_->read_variables();
  }
  record_variables();
  const std::optional<Outputs> returned = std::exchange(first_->returned, std::nullopt);
  if (is_last_of_code(slot, value) || (returned && fires(slot, value)))
    level_.record_last(*this, node_.layout->name(slot), returned ? &*returned : nullptr);
  level_.run_.recorder->push(record_, node_.layout->name(slot), value, turns_outside());
  co_await level_.push(chain_, node_, slot, std::move(value));
  known_variables_ = level_.variables();
}

bool Execution::has_variables() const {
  const NodeType& type = *node_.plan->type;
  return type.runtime && type.runtime->holds_parameters() && level_.runtime_level_;
}

bool Execution::fires(SlotIndex slot, const Value& value) const {
  return node_.layout->output(slot)->is_exec() && truthy(value) && level_.is_wired(node_, slot);
}

/// Its definition says so of each firing; hooks are none of it.
bool Execution::is_last_of_code(SlotIndex slot, const Value& value) const {
  return node_.execution == this && node_.plan->type->definition.fires_last && fires(slot, value);
}

/// It fires, or calls hooks: its code waits for them.
bool Execution::sets_off_others(SlotIndex slot, const Value& value) const {
  if (fires(slot, value)) return true;
  const OutPort* port = level_.data().find_out_port(*node_.plan, slot);
  if (!port) return false;
  const std::span<const OutWire> wires = part(level_.data().out_wires, port->data);
  return std::any_of(wires.begin(), wires.end(), [](const OutWire& wire) { return wire.notifies; });
}

/// Of a push that comes while its chain waits: it is a turn of its own.
std::optional<std::uint32_t> Execution::turns_outside() {
  if (!Scheduler::is_parked(chain_)) return std::nullopt;
  return level_.run_.scheduler.take_turn_count();
}

void Execution::set_record(RecordNumber record) {
  record_ = record;
  chain_.record = record;
  known_variables_ = level_.variables();
  first_ = std::make_unique<First>();
  first_->variables = known_variables_;
}

void Execution::record_variables() {
  const Dict now = level_.variables();
  if (now.is_same_object(known_variables_)) return;
  for (const Dict::Entry& entry : now) {
    const Value* before = known_variables_.find(entry.key);
    if (!before || !before->is_same_object(entry.value))
      level_.run_.recorder->variable(record_, entry.key, &entry.value);
  }
  for (const Dict::Entry& entry : known_variables_) {
    if (!now.find(entry.key)) level_.run_.recorder->variable(record_, entry.key, nullptr);
  }
  known_variables_ = now;
}

JoinAwaiter Execution::join_pushes_beside() { return {level_.run_.scheduler, chain_, beside_}; }

void Execution::set_output_beside(std::string port, Value value, std::function<void()> done) {
  const SlotIndex slot = node_.layout->find(port);
  if (slot == kNoSlot || !node_.layout->output(slot) || level_.run_.is_stopped(chain_)) return done();
  has_set_output_ = true;
  ++push_count_;
  if (record_) {
    level_.run_.recorder->push(record_, port, value, level_.run_.scheduler.take_turn_count());
    first_->has_set_off = first_->has_set_off || sets_off_others(slot, value);
  }
  if (tries_) tries_->touch();
  level_.run_.scheduler.run_new_chain(
      [&](Chain& chain) {
        chain.parent = &chain_;
        chain.scope = chain_.scope;
        chain.at = chain_.at;
        chain_.children.push_back(&chain);
        return [](Level& level, Chain& chain, Instance& node, SlotIndex slot, Value value,
                  std::function<void()> done) -> Task<void> {
          const AtEnd tell(std::move(done));
          co_await level.push(chain, node, slot, std::move(value));
        }(level_, chain, node_, slot, std::move(value), std::move(done));
      },
      &beside_);
}

Task<void> Execution::pull_input(std::string_view port) {
  const SlotIndex slot = node_.layout->find(port);
  if (slot == kNoSlot) return {};
  Task<void> pull = level_.pull_condition(chain_, node_, slot);
  return tries_ && !tries_->holds_others() ? while_away(std::move(pull)) : std::move(pull);
}

Task<void> Execution::sleep(Duration duration) {
  if (duration <= Duration::zero()) {
    co_await yield();
    co_return;
  }
  const SteadyTime deadline = level_.run_.services.clock.steady_now() + duration;
  co_await ParkAwaiter{level_.run_.scheduler, chain_, deadline};
  throw_if_stopped();
}

namespace {

/// What the completion of an operation reaches, perhaps from another thread and perhaps late; once the wait
/// is over it leads nowhere. Only the thread that steps the run reads or writes `chain`.
struct Ticket {
  Chain* chain;
};

/// Ends the wait also when the operation could not be started.
class TicketHolder {
 public:
  explicit TicketHolder(Chain& chain) : ticket_(std::make_shared<Ticket>(Ticket{&chain})) {}
  TicketHolder(const TicketHolder&) = delete;
  ~TicketHolder() { ticket_->chain = nullptr; }
  const std::shared_ptr<Ticket>& ticket() const { return ticket_; }

 private:
  std::shared_ptr<Ticket> ticket_;
};

}  // namespace

Task<void> Execution::wait_for(ExternalOperation operation) {
  const TicketHolder holder(chain_);
  Scheduler& scheduler = level_.run_.scheduler;
  std::function<void()> done = [ticket = holder.ticket(), &scheduler, inbox = scheduler.inbox()] {
    inbox->post([ticket, &scheduler] {
      // Runs on the stepping thread, so the scheduler is alive.
      if (ticket->chain) scheduler.wake(*ticket->chain);
    });
  };
  const std::function<void()> abandon = operation(std::move(done));
  co_await ParkAwaiter{scheduler, chain_};
  if (level_.run_.is_stopped(chain_) && abandon) abandon();
  throw_if_stopped();
}

Task<void> Execution::run_blocking(std::function<void()> work) {
  WorkerPool& workers = level_.run_.services.workers;
  // An exception of the work comes out here, on the run's thread.
  auto failure = std::make_shared<std::exception_ptr>();
  // Named, not written into the co_await: GCC 12 destroys a capturing temporary there twice.
  ExternalOperation operation = [&workers, &work, failure](std::function<void()> done) {
    workers.submit([work = std::move(work), failure, done = std::move(done)] {
      try {
        work();
      } catch (...) {
        *failure = std::current_exception();
      }
      done();
    });
    return std::function<void()>();
  };
  co_await wait_for(std::move(operation));
  if (*failure) std::rethrow_exception(*failure);
}

Task<GroupOutcome> Execution::run_group(const Value& document, const Dict& injected) {
  return level_.run_group(chain_, node_, document, injected);
}

Task<MapOutcome> Execution::run_map(const MapRequest& request) {
  const auto* body = level_.data().find_map_body(level_.index_of(node_));
  if (!body) throw std::logic_error("no map");
  MapRun map(level_, chain_, node_, *body, request);
  co_return co_await map.run();
}

/// Not among the errors of the run, nor of a group around it.
void Execution::handle_failure(const NodeFailure& failure) {
  handled_failure_ = std::make_unique<NodeFailure>(failure);
  level_.emit(node_, NodeError{failure.what(), failure.detail(), failure.code(), true});
}

bool Execution::is_output_wanted(std::string_view port) const {
  if (is_output_wired(port)) return true;
  for (const auto& [instance, wanted] : level_.run_.options.wanted_outputs) {
    if (instance == node_.id() && (wanted.empty() || wanted == port)) return true;
  }
  return false;
}

HttpClient& Execution::http() { return level_.run_.services.http; }

void Execution::enqueue(Trampoline& trampoline, std::coroutine_handle<> coroutine) {
  level_.run_.scheduler.yield(Chain::of(trampoline), coroutine);
}

void Execution::throw_if_stopped() const { level_.run_.throw_if_stopped(chain_); }

bool Execution::is_to_be_repeated(const NodeFailure& failure) const {
  return tries_ && tries_->repeats(failure, has_pushed());
}

std::optional<NodeFailure> Execution::take_expiry() { return tries_ ? tries_->take_expiry() : std::nullopt; }

void Execution::begin_wait(WaitFor what, std::string detail) {
  if (tries_) tries_->pause();
  wait_began_ = level_.run_.services.clock.steady_now();
  if (level_.run_.emitter.wants_node_events()) level_.emit(node_, NodeWaiting{what, {}, detail});
}

void Execution::end_wait() {
  if (tries_) tries_->resume();
  if (!level_.run_.emitter.wants_node_events() || level_.run_.is_stopped(chain_)) return;
  level_.emit(node_, NodeResumed{level_.run_.services.clock.steady_now() - wait_began_});
}

void Execution::pause_time() {
  if (tries_) tries_->hold();
}

void Execution::resume_time() {
  if (tries_) tries_->resume();
}

}  // namespace vnode
