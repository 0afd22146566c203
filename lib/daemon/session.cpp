#include "daemon/session.h"

#include <new>

#include "async/event_loop.h"
#include "async/timer_queue.h"
#include "async/worker_pool.h"
#include "base/at_end.h"
#include "base/heap.h"
#include "daemon/daemon.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/settings.h"

namespace vnode {
namespace {

/// Replies that wait for a client: beyond that it is not read from.
constexpr std::size_t kMostUnsent = 1024 * 1024;
/// Events are handed to the socket in blocks, while no more than that waits there.
constexpr std::size_t kEventBlock = 64 * 1024;
constexpr int kBlocksATurn = 8;
/// Changes of runs that a client has not read: beyond that it has to begin anew.
constexpr std::size_t kMostChanged = 10'000;
constexpr std::size_t kMostSubscriptions = 256;
/// How long a client that was turned away may take to read why.
constexpr Duration kPartingTime = std::chrono::seconds(5);
/// What one client may do in a turn of the loop before it is the others' turn.
constexpr Duration kShare = std::chrono::milliseconds(5);

/// The longest line, and the most calls, of one that has not shown the token: more than `auth` needs.
constexpr std::size_t kStrangerLine = 4096;
constexpr int kMostStrangeCalls = 16;

/// How much the answers of one batch may be.
constexpr std::size_t kLargestBatch = 32 * 1024 * 1024;
/// Calls that nothing waits for (CallOrder::kAtOnce) that one client may leave open.
constexpr std::size_t kMostWaits = 10'000;

/// What is collected for a batch until all its calls are answered.
struct Batch {
  std::vector<std::string> answers;
  std::size_t missing = 0;
  std::size_t size = 0;

  void add(std::string answer) {
    size += answer.size();
    if (size > kLargestBatch) {
      answer = rpc_error(Value(), daemon_error("too_busy", "the answers of one batch have become too large"));
    }
    answers.push_back(std::move(answer));
  }

  std::string line() const {
    std::string text = "[";
    for (const std::string& answer : answers) text += (text.size() > 1 ? "," : "") + answer;
    return text + "]";
  }
};

RpcRequest read_request(std::string_view line) {
  try {
    return read_rpc_request(line);
  } catch (const std::bad_alloc&) {
    RpcRequest request;
    request.items.push_back({.call = {}, .error = out_of_memory(), .error_id = {}});
    return request;
  }
}

}  // namespace

Session::Session(DaemonCore& core, bool is_over_tcp, Callbacks callbacks)
    : core_(core),
      callbacks_(std::move(callbacks)),
      is_over_tcp_(is_over_tcp),
      is_authenticated_(!is_over_tcp) {}

Session::~Session() {
  for (Waiting& waiting : calls_) let_go(std::move(waiting));
}

WorkerPool& Session::workers() const { return is_large() ? core_.large : core_.background; }

/// Taking apart what came in a large line takes its time.
void Session::let_go(Waiting waiting) {
  if (!is_large()) return;
  try {
    core_.large.submit([gone = std::move(waiting)]() mutable {
      gone = {};
      give_back_heap();
    });
  } catch (const std::exception&) {
    // Then here, after all.
  }
}

/// Without memory in the middle of something it is not known what was done: then the client has to go.
template <class Function>
void Session::guard(const Function& function) {
  try {
    function();
  } catch (const std::bad_alloc&) {
    refuse(out_of_memory());
  }
}

void Session::open(OwnedFd socket) {
  LineSocket::Callbacks callbacks{
      .on_line = [this](const std::string& line) { guard([&] { on_request(read_request(line)); }); }};
  callbacks.on_long_line = [this](LongText line) { guard([&] { on_long_line(std::move(line)); }); };
  callbacks.on_too_long = [this] {
    const RpcError error{RpcErrorCode::kInvalidRequest, "line_too_long",
                         "the line is longer than " + std::to_string(longest_line()) + " bytes"};
    if (!is_authenticated_) return refuse(error);
    send(rpc_error(Value(), error));
  };
  callbacks.on_no_memory = [this] { send(rpc_error(Value(), out_of_memory())); };
  callbacks.on_drained = [this] { on_drained(); };
  callbacks.on_unfinished = [this] { callbacks_.on_unfinished(); };
  callbacks.on_closed = [this](const Error*) {
    is_closed_ = true;
    subscriptions_.clear();
    watch_ = 0;
    callbacks_.on_closed();
  };
  socket_ = std::make_unique<LineSocket>(core_.loop, std::move(socket), longest_line(), std::move(callbacks));
  send(rpc_notification("hello", Dict{{"vnode", core_.settings.version},
                                      {"protocol", kRpcProtocol},
                                      {"authenticated", is_authenticated_}}));
}

void Session::refuse(const RpcError& error) {
  if (std::exchange(is_refused_, true) || is_closed_) return;
  send(rpc_error(Value(), error));
  close();
  core_.timers.add(core_.services.clock.steady_now() + kPartingTime, [self = weak_from_this()] {
    if (const auto alive = self.lock(); alive && !alive->is_closed_) alive->end();
  });
}

void Session::drop() {
  if (!is_closed_) end();
}

void Session::end() {
  is_closed_ = true;
  socket_.reset();
  for (Waiting& waiting : calls_) let_go(std::move(waiting));
  calls_.clear();
  subscriptions_.clear();
  watch_ = 0;
  callbacks_.on_closed();
}

bool Session::may_subscribe() const { return subscriptions_.size() < kMostSubscriptions; }

void Session::close() {
  if (socket_) socket_->close_when_sent();
}

std::size_t Session::longest_line() const {
  return is_authenticated_ ? core_.settings.max_submission_bytes : kStrangerLine;
}

void Session::set_authenticated() {
  is_authenticated_ = true;
  socket_->set_max_line(longest_line());
}

void Session::hold() {
  ++holds_;
  update_reading();
}

void Session::resume() {
  --holds_;
  work();
}

void Session::update_reading() {
  if (!is_closed_) socket_->set_reading(holds_ == 0 && !is_congested_ && calls_.empty());
}

void Session::send(const std::string& line) {
  if (is_closed_) return;
  socket_->send(line + "\n");
  if (!is_congested_ && socket_->unsent() > kMostUnsent) {
    is_congested_ = true;
    update_reading();
  }
}

/// Read on another thread; the calls behind it wait, so that the order stays.
void Session::on_long_line(LongText line) {
  held_bytes_ = line.size();
  const auto text = std::make_shared<LongText>(std::move(line));
  WorkerPool& pool = workers();
  const auto job = [self = weak_from_this(), text, is_large = is_large(), &pool, loop = &core_.loop] {
    auto request = std::make_shared<RpcRequest>(read_request(text->view()));
    text->clear();
    loop->post([self, request, is_large, &pool] {
      if (const auto alive = self.lock()) {
        --alive->holds_;
        alive->guard([&] { alive->on_request(std::move(*request)); });
      } else if (is_large) {
        pool.submit([gone = std::move(*request)] {});
      }
    });
  };
  pool.submit(job);
  hold();
}

void Session::on_request(RpcRequest request) {
  const std::weak_ptr<Session> self = weak_from_this();
  const Answer to_client = [self](std::string line) {
    if (const auto alive = self.lock()) alive->send(line);
  };
  auto batch = std::make_shared<Batch>();
  for (const RpcRequest::Item& item : request.items) {
    if (!item.call || item.call->id) ++batch->missing;
  }
  const Answer to_batch = [batch, to_client](std::string line) {
    batch->add(std::move(line));
    if (--batch->missing == 0) to_client(batch->line());
  };
  for (RpcRequest::Item& item : request.items) {
    calls_.push_back({std::move(item), request.is_batch ? to_batch : to_client});
  }
  work();
}

/// Whether something is left of its share of this turn.
bool Session::has_time() {
  const SteadyTime now = core_.services.clock.steady_now();
  if (is_in_turn_) return now < turn_end_;
  is_in_turn_ = true;
  turn_end_ = now + kShare;
  core_.loop.post([self = weak_from_this()] {
    const auto alive = self.lock();
    if (!alive) return;
    alive->is_in_turn_ = false;
    if (!alive->calls_.empty()) alive->work();
  });
  return true;
}

/// True, and it is the end, when a stranger says more than it takes to show a token.
bool Session::is_too_much() {
  if (is_authenticated_ || ++strange_calls_ <= kMostStrangeCalls) return false;
  refuse(daemon_error("not_authenticated", "too many calls without the token"));
  calls_.clear();
  return true;
}

/// Carries out what is waiting, one after the other, until something has to be waited for.
void Session::work() {
  if (std::exchange(is_working_, true)) return;
  {
    const AtEnd done([this] { is_working_ = false; });
    while (!calls_.empty() && holds_ == 0 && !is_congested_ && !is_closed_ && has_time()) {
      if (is_too_much()) break;
      Waiting next = std::move(calls_.front());
      calls_.pop_front();
      if (next.item.call) {
        carry_out(*next.item.call, next.answer);
      } else {
        next.answer(rpc_error(next.item.error_id, *next.item.error));
      }
      let_go(std::move(next));
    }
  }
  if (calls_.empty() && holds_ == 0) held_bytes_ = 0;
  update_reading();
}

void Session::carry_out(const RpcCall& call, Answer answer) {
  const auto refuse = [&call, &answer](const RpcError& error) { Reply(call.id, answer).error(error); };
  const Method* method = find_method(call.method);
  if (!is_authenticated_ && !(method && method->is_for_strangers)) {
    return refuse(daemon_error("not_authenticated", "call 'auth' with the token first"));
  }
  if (!method) return refuse(unknown_method(call.method, method_specs()));
  if (const std::optional<RpcError> wrong = check_call(method->spec, call)) return refuse(*wrong);
  const std::weak_ptr<Session> self = weak_from_this();
  std::function<void()> on_answered;
  if (method->order == CallOrder::kAtOnce) {
    if (waits_ >= kMostWaits)
      return refuse(daemon_error("too_busy", "too many calls wait for their replies"));
    ++waits_;
    on_answered = [self] {
      if (const auto alive = self.lock()) --alive->waits_;
    };
  } else if (method->order == CallOrder::kAfterReply) {
    hold();
    on_answered = [self] {
      if (const auto alive = self.lock()) alive->resume();
    };
  }
  const Reply reply(call.id, std::move(answer), std::move(on_answered));
  try {
    callbacks_.carry_out(*this, *method, call.params, reply);
  } catch (const std::bad_alloc&) {
    reply.error(out_of_memory());
  }
}

// ---- subscriptions

std::uint64_t Session::subscribe(const std::string& run_id, std::uint64_t since, bool is_following,
                                 std::optional<RunStatus> ended_status) {
  const std::uint64_t number = ++last_number_;
  auto subscription =
      std::make_unique<EventSubscription>(number, run_id, core_.book.event_path(run_id), since, is_following);
  if (ended_status) subscription->set_ended(*ended_status);
  subscriptions_[number] = std::move(subscription);
  callbacks_.on_follow(*this, run_id);
  pump_later();  // the first events come behind the reply
  return number;
}

void Session::pump_later() {
  core_.loop.post([self = weak_from_this()] {
    if (const auto alive = self.lock()) alive->pump();
  });
}

std::uint64_t Session::watch(bool is_alone) {
  if (watch_ == 0) watch_ = ++last_number_;
  is_watch_alone_ = is_alone;
  is_watch_held_ = true;
  callbacks_.on_watch();
  return watch_;
}

void Session::release_watch() {
  is_watch_held_ = false;
  flush_watch();
}

bool Session::unsubscribe(std::uint64_t number) {
  if (number != 0 && number == watch_) {
    watch_ = 0;
    changed_.clear();
    changed_groups_.clear();
    removed_.clear();
    return true;
  }
  return subscriptions_.erase(number) > 0;
}

bool Session::follows(const std::string& run_id) const {
  for (const auto& [number, subscription] : subscriptions_) {
    if (subscription->run_id() == run_id) return true;
  }
  return false;
}

void Session::on_events(const std::string& run_id) {
  for (auto& [number, subscription] : subscriptions_) {
    if (subscription->run_id() == run_id) pump(*subscription);
  }
}

void Session::on_ended(const std::string& run_id, RunStatus status) {
  for (auto& [number, subscription] : subscriptions_) {
    if (subscription->run_id() == run_id) subscription->set_ended(status);
  }
  pump();
}

void Session::pump(EventSubscription& subscription) {
  std::string block;
  for (int blocks = 0; !is_closed_ && socket_->unsent() < kEventBlock; ++blocks) {
    if (blocks == kBlocksATurn) return pump_later();  // others want their turn, however fast this one reads
    block.clear();
    const bool is_more = subscription.pump(core_.book.find(subscription.run_id()), kEventBlock, block);
    if (!block.empty()) socket_->send(block);
    if (!is_more) return;
  }
}

void Session::pump() {
  for (auto& [number, subscription] : subscriptions_) pump(*subscription);
  std::erase_if(subscriptions_, [](const auto& entry) { return entry.second->is_over(); });
  flush_watch();
}

void Session::on_changed(const std::string& run_id, const std::shared_ptr<const std::string>& run) {
  changed_[run_id] = run;
  flush_watch();
  if (changed_.size() + removed_.size() > kMostChanged) {
    refuse(daemon_error("too_busy", "more has changed than this client has read"));
  }
}

void Session::on_group_changed(const std::string& id, const std::shared_ptr<const std::string>& group) {
  changed_groups_[id] = group;
  flush_watch();
}

void Session::on_removed(const std::shared_ptr<const std::string>& ids) {
  removed_.push_back(ids);
  flush_watch();
}

void Session::flush_watch() {
  if (watch_ == 0 || is_watch_held_ || is_closed_) return;
  const std::string head = R"(","params":{"subscription":)" + std::to_string(watch_);
  while (!changed_.empty() && socket_->unsent() < kEventBlock) {
    const auto first = changed_.begin();
    socket_->send(R"({"jsonrpc":"2.0","method":"run.changed)" + head + R"(,"run":)" + *first->second +
                  "}}\n");
    changed_.erase(first);
  }
  while (!changed_groups_.empty() && socket_->unsent() < kEventBlock) {
    const auto first = changed_groups_.begin();
    socket_->send(R"({"jsonrpc":"2.0","method":"group.changed)" + head + R"(,"group":)" + *first->second +
                  "}}\n");
    changed_groups_.erase(first);
  }
  while (!removed_.empty() && socket_->unsent() < kEventBlock) {
    socket_->send(R"({"jsonrpc":"2.0","method":"run.removed)" + head + R"(,"ids":)" + *removed_.front() +
                  "}}\n");
    removed_.erase(removed_.begin());
  }
}

void Session::on_drained() {
  is_congested_ = false;
  work();
  pump();
}

}  // namespace vnode
