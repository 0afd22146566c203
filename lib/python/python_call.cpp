#include "python/python_call.h"

#include <algorithm>
#include <utility>

#include "base/at_end.h"
#include "node/node_failure.h"
#include "python/python_session.h"

namespace vnode {

namespace {

/// Null: it takes turns at nothing.
std::shared_ptr<SlotUse> make_slot_use(const InstanceRequest& request, ResourcePool& pool) {
  ResourceDemand demand{.slot = request.blocking || request.suspends, .amounts = request.resources};
  return demand.is_any() ? std::make_shared<SlotUse>(pool, std::move(demand)) : nullptr;
}

}  // namespace

PythonCall::PythonCall(PythonSession& session, PythonInstance& instance, NodeContext& node)
    : session_(session),
      instance_(instance),
      node_(node),
      host_(instance.host),
      number_(session.next_exec()),
      parking_(session.run()),
      slot_(make_slot_use(instance.request, session.run().resources())) {
  host_->calls.emplace(number_, this);
  if (!is_suspension() && node_.is_timed()) session_.timed_calls().insert(this);
}

PythonCall::~PythonCall() {
  end_step();
  set_held_up(false);
  session_.timed_calls().erase(this);
  session_.endings().remove(*this);
  if (slot_) slot_->end();
  host_->calls.erase(number_);
}

const std::string& PythonCall::label() const { return instance_.request.label; }
bool PythonCall::is_blocking() const { return instance_.request.blocking; }
bool PythonCall::is_suspension() const { return is_blocking() || instance_.request.suspends; }

Task<Outputs> PythonCall::run(Message message) {
  if (slot_) co_await wait_for_slot(&SlotUse::take);
  state_ = State::kStarted;
  give_step(std::move(message));
  for (;;) {
    Event event = co_await next();
    if (event.kind == Kind::kReturn) co_return std::move(event.outputs);
    if (event.kind == Kind::kError || event.kind == Kind::kDeath) fail(event);
    try {
      co_await handle(std::move(event));
    } catch (const Cancelled&) {
      // By a limit of time: the code has been told, and the call goes on until it has given way.
      if (session_.run().is_stopped() || state_ != State::kCancelled) throw;
      is_pushing_ = false;
    }
  }
}

/// Of a call that is to end, all that is left is its code's way out, of which nobody hears.
Task<void> PythonCall::handle(Event event) {
  const bool is_cancelled = state_ == State::kCancelled;
  switch (event.kind) {
    case Kind::kPush:
      if (!is_cancelled) co_await push(std::move(event));
      break;
    case Kind::kOut:
      if (!is_cancelled) co_await node_.set_output(event.port, std::move(event.value));
      break;
    case Kind::kYield:
      if (!is_cancelled) co_await node_.yield();
      give_step(std::move(Message("go").add(number_)));
      break;
    case Kind::kWait:
      // What the code waited for may be there already; it has given way all the same.
      if (!events_.empty() && !is_cancelled) co_await node_.yield();
      break;
    case Kind::kReady:  // woken at the end of the ready queue, so this is its turn
      give_step(std::move(Message("go").add(number_)));
      break;
    default:
      break;
  }
}

Task<void> PythonCall::push(Event event) {
  if (has_queued_push()) {
    push_beside(event.push, std::move(event.port), std::move(event.value));
    start_queued_pushes();
    co_return;
  }
  is_pushing_ = true;
  bool is_slot_given = slot_ != nullptr;
  if (slot_) slot_->begin_push();
  // A limit may pass in the middle of it. The code has its slot again then, as soon as there is one.
  const AtEnd take_back([this, &is_slot_given] {
    if (is_slot_given) slot_->end_push([] {});
  });
  if (event.last) node_.note_last(std::move(*event.last));
  co_await node_.set_output(event.port, std::move(event.value));
  is_pushing_ = false;
  if (std::exchange(is_slot_given, false)) co_await wait_for_slot(&SlotUse::end_push);
  give_step(std::move(Message("done").add(number_).add(event.push)));
}

/// Whatever an execution that was stopped reports, it is cancelled: a failure of its subprocess, say, comes
/// from that.
void PythonCall::fail(const Event& event) const {
  if (node_.is_stopped()) throw Cancelled{};
  const std::string reason = said_failure_.empty() ? "" : ": " + said_failure_;
  throw NodeFailure(event.message + reason, event.code, event.detail);
}

void PythonCall::on_said(const ChildMessage& message) {
  using Said = ChildMessage::Kind;
  if (message.kind == Said::kFail) said_failure_ = message.text;
  if (message.kind == Said::kProgress) fraction_ = message.fraction;
  if (message.kind == Said::kProgress || message.kind == Said::kStatus)
    node_.report_progress(fraction_, message.kind == Said::kStatus ? message.text : "");
}

void PythonCall::give_step(Message message) {
  session_.announce_stale(*host_, instance_.level);  // before the code runs
  host_->expect_changes(instance_.level);
  host_->queue(message);
  host_->last_active = instance_.request.key;
  if (is_suspension()) return;
  has_step_ = true;
  host_->running = number_;
  session_.set_stepping(this);
}

void PythonCall::end_step() {
  if (std::exchange(has_step_, false)) session_.set_stepping(nullptr);
  if (host_->running == number_) host_->running = 0;
}

void PythonCall::cancel() {
  const State before = std::exchange(state_, State::kCancelled);
  parking_.wake();
  if (before != State::kStarted) return;
  session_.endings().add(*this);
  host_->queue(Message("cancel").add(number_));
  host_->flush();
}

void PythonCall::set_held_up(bool is_held_up) {
  if (std::exchange(is_held_up_, is_held_up) == is_held_up) return;
  is_held_up ? node_.pause_time() : node_.resume_time();
}

Task<void> PythonCall::wait_for_slot(void (SlotUse::*ask)(std::function<void()>)) {
  // Shared: whoever gives the slot may come late.
  const auto may_go_on = std::make_shared<bool>(false);
  ((*slot_).*ask)([this, may_go_on] {
    *may_go_on = true;
    parking_.wake();
  });
  if (*may_go_on) co_return;
  if (const auto lack = slot_->lack()) node_.begin_wait(lack->what, lack->detail);
  const AtEnd end_wait([this] { node_.end_wait(); });
  while (!*may_go_on) {
    if (node_.is_stopped()) throw Cancelled{};
    session_.take_measures();
    co_await parking_.wait(false, session_.next_measure());
  }
}

Task<PythonCall::Event> PythonCall::next() {
  while (events_.empty()) {
    host_->flush();
    session_.take_measures();
    if (session_.gave_up()) throw Cancelled{};
    if (!events_.empty()) break;
    co_await parking_.wait(has_step_, session_.next_measure());
  }
  Event event = std::move(events_.front());
  events_.pop_front();
  co_return event;
}

/// Whatever comes from the call's own code, it has given way for this step.
void PythonCall::add(Event event) {
  host_->expect_changes(instance_.level);
  end_step();
  events_.push_back(std::move(event));
  parking_.wake();
}

/// Unlike all others it does not come from the call's code, which has done nothing since it gave way.
void PythonCall::on_ready() {
  events_.push_back({Kind::kReady});
  parking_.wake();
}

void PythonCall::on_push(std::uint64_t push, std::string_view port, Value value,
                         std::optional<Outputs> last) {
  if (is_pushing_) return push_beside(push, std::string(port), std::move(value));
  add({.kind = Kind::kPush,
       .push = push,
       .port = std::string(port),
       .value = std::move(value),
       .last = std::move(last)});
}

/// Another push of this execution is on its way already (asyncio.gather, threads): both go on side by side.
void PythonCall::push_beside(std::uint64_t push, std::string port, Value value) {
  std::function<void()> tell = [host = host_, number = number_, push] {
    host->queue(Message("done").add(number).add(push));
    host->flush();
  };
  if (slot_) {
    slot_->begin_push();
    tell = [slot = slot_, tell = std::move(tell)] { slot->end_push(tell); };
  }
  node_.set_output_beside(std::move(port), std::move(value), std::move(tell));
}

bool PythonCall::has_queued_push() const {
  return std::any_of(events_.begin(), events_.end(),
                     [](const Event& event) { return event.kind == Kind::kPush; });
}

/// Those that arrived together with one that has been started, in their order.
void PythonCall::start_queued_pushes() {
  while (!events_.empty() && (events_.front().kind == Kind::kPush || events_.front().kind == Kind::kOut)) {
    Event event = std::move(events_.front());
    events_.pop_front();
    if (event.kind == Kind::kPush) {
      push_beside(event.push, std::move(event.port), std::move(event.value));
    } else {
      node_.set_output_beside(std::move(event.port), std::move(event.value), [] {});
    }
  }
}

void PythonCall::on_out(std::string_view port, Value value) {
  if (session_.run().is_stopped() || state_ == State::kCancelled) return;  // rule 24
  if (!events_.empty() &&
      !is_pushing_) {  // behind what the chain has still to do: others may come in between
    events_.push_back({.kind = Kind::kOut, .port = std::string(port), .value = std::move(value)});
    return;
  }
  try {
    // Nothing hangs on it that takes time, so there is no coroutine to await.
    const Task<void> rest = node_.set_output(port, value);
    if (rest) node_.set_output_beside(std::string(port), std::move(value), [] {});
  } catch (const Cancelled&) {
    // The run has been stopped in between, from another thread.
  }
}

void PythonCall::on_return(Outputs outputs) { add({.kind = Kind::kReturn, .outputs = std::move(outputs)}); }

void PythonCall::on_error(std::string_view message, std::string_view traceback, std::string_view code) {
  add({.kind = Kind::kError,
       .message = std::string(message),
       .detail = std::string(traceback),
       .code = std::string(code)});
}

void PythonCall::on_death(std::string message, std::string detail, std::string_view code) {
  add({.kind = Kind::kDeath,
       .message = std::move(message),
       .detail = std::move(detail),
       .code = std::string(code)});
}

}  // namespace vnode
