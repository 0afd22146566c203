#include "engine/runtimes.h"

#include <algorithm>

#include "engine/rehearsal.h"
#include "engine/run_state.h"
#include "engine/runtime_level.h"

namespace vnode {
namespace {

/// Processes for bodies, of one interpreter: more than can be at work at once, since some only wait; each
/// takes some 10 MB.
constexpr std::size_t kHostsPerSlot = 4;
constexpr std::size_t kFewestHosts = 8;

}  // namespace

Runtimes::~Runtimes() = default;

RuntimeSession& Runtimes::session(NodeRuntime& runtime) {
  for (auto& [known, session] : sessions_) {
    if (known == &runtime) return *session;
  }
  RuntimeSession& session = *sessions_.emplace_back(&runtime, open(runtime)).second;
  if (is_frozen_) session.freeze();
  return session;
}

/// A rehearsal executes no users' code, not even to make instances.
std::unique_ptr<RuntimeSession> Runtimes::open(NodeRuntime& runtime) {
  return run_.rehearsal && runtime.holds_parameters() ? make_rehearsal_session() : runtime.open(*this);
}

int Runtimes::take_host() {
  const std::size_t most =
      std::max<std::size_t>(kHostsPerSlot * run_.services.workers.threads(), kFewestHosts);
  if (std::find(host_users_.begin(), host_users_.end(), 0u) == host_users_.end() && host_users_.size() < most)
    host_users_.push_back(0);
  const auto fewest = std::min_element(host_users_.begin(), host_users_.end());
  ++*fewest;
  return static_cast<int>(fewest - host_users_.begin()) + 1;
}

void Runtimes::give_host(int host) { --host_users_[static_cast<std::size_t>(host) - 1]; }

LevelKey Runtimes::add_level(RuntimeLevel& level) {
  levels_.emplace(next_level_, &level);
  return next_level_++;
}

InstanceKey Runtimes::add_instance(RuntimeLevel& level, NodeIndex node) {
  instances_.emplace(next_instance_, Place{&level, node});
  return next_instance_++;
}

void Runtimes::remove_level(LevelKey key) {
  levels_.erase(key);
  for (auto& [runtime, session] : sessions_) session->close_level(key);
}

Task<void> Runtimes::read_variables(LevelKey level) {
  // Sessions are few: with a single one its task is all there is to await.
  if (sessions_.size() == 1) return sessions_.front().second->read_variables(level);
  return [](Runtimes& self, LevelKey level) -> Task<void> {
    for (auto& [runtime, session] : self.sessions_) co_await session->read_variables(level);
  }(*this, level);
}

bool Runtimes::pump(Duration spin) {
  bool something = false;
  for (auto& [runtime, session] : sessions_) something |= session->pump(spin);
  return something;
}

void Runtimes::arm() {
  for (auto& [runtime, session] : sessions_) session->arm();
}

void Runtimes::stop() {
  for (auto& [runtime, session] : sessions_) session->stop();
}

void Runtimes::freeze() {
  is_frozen_ = true;
  for (auto& [runtime, session] : sessions_) session->freeze();
}

void Runtimes::thaw() {
  if (!std::exchange(is_frozen_, false)) return;
  for (auto& [runtime, session] : sessions_) session->thaw();
}

Task<void> Runtimes::close(Trampoline& chain) {
  thaw();  // what cannot go on cannot end by itself
  for (auto& [runtime, session] : sessions_) co_await session->close(chain);
}

const std::string& Runtimes::run_id() const { return run_.options.run_id; }
int Runtimes::attempt() const { return run_.options.attempt; }
const RunEnvironment& Runtimes::environment() const { return run_.options.environment; }
std::shared_ptr<SecretMask> Runtimes::secret_mask() { return run_.secret_mask; }
const Clock& Runtimes::clock() const { return run_.services.clock; }
bool Runtimes::is_recorded() const { return run_.recorder != nullptr; }
bool Runtimes::is_stopped() const { return run_.is_stopped(); }

std::function<void()> Runtimes::waker() {
  return [inbox = run_.scheduler.inbox()] { inbox->notify(); };
}

Dict* Runtimes::variables(LevelKey level) {
  const auto found = levels_.find(level);
  return found == levels_.end() ? nullptr : found->second->variables();
}

const Runtimes::Place* Runtimes::find(InstanceKey instance) const {
  const auto found = instances_.find(instance);
  return found == instances_.end() ? nullptr : &found->second;
}

void Runtimes::log(InstanceKey instance, LogLevel level, std::string_view message, std::string_view stream) {
  if (const Place* place = find(instance)) place->level->log(place->node, level, message, stream);
}

void Runtimes::push_late(InstanceKey instance, std::string port, Value value, std::function<void()> done) {
  const Place* place = find(instance);
  if (!place) return done();
  place->level->push_late(place->node, port, std::move(value), std::move(done));
}

ResourcePool& Runtimes::resources() { return run_.resources; }

void Runtimes::hold(Trampoline& chain) { run_.scheduler.hold(Chain::of(chain)); }

std::vector<std::uint64_t> Runtimes::chain_numbers(const Trampoline& chain) {
  std::vector<std::uint64_t> numbers;
  for (const Chain* at = &Chain::of(chain); at; at = at->parent) numbers.push_back(at->number);
  return numbers;
}

void Runtimes::park(Trampoline& chain, std::coroutine_handle<> at, std::optional<SteadyTime> deadline) {
  run_.scheduler.park_shielded(Chain::of(chain), at, deadline);
}

void Runtimes::wake(Trampoline& chain) { run_.scheduler.wake(Chain::of(chain)); }

}  // namespace vnode
