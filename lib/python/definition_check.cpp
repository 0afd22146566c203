#include "python/definition_check.h"

#include <algorithm>
#include <map>

#include "async/event_loop.h"
#include "base/duration_text.h"
#include "base/uuid.h"
#include "python/python_host.h"
#include "python/python_runtime.h"
#include "python/python_session.h"
#include "python/setup_messages.h"

namespace vnode {
namespace {

std::string text_part(std::span<const Value> list, std::size_t index) {
  return index < list.size() && list[index].is_text() ? std::string(list[index].as_text()) : std::string();
}

/// Checks the definitions of one interpreter, one after the other, so that it is clear which one a host dies
/// over.
class Checker final : public HostListener {
 public:
  Checker(PythonRuntime& runtime, std::string interpreter, Duration timeout, bool looks_at_firings)
      : runtime_(runtime),
        interpreter_(std::move(interpreter)),
        timeout_(timeout),
        looks_at_firings_(looks_at_firings) {}

  void check(DefinitionCheck& definition);

  void on_message(PythonHost& host, std::span<const Value> message) override;
  void on_output(PythonHost&, std::string_view, bool) override {}  // what it prints is nobody's result
  void on_closed(PythonHost&) override {}
  void on_death(PythonHost&) override {}

 private:
  bool ensure_host();
  bool ask(Message message);
  void await_answer();
  void explain_silence();

  PythonRuntime& runtime_;
  const std::string interpreter_;
  const Duration timeout_;
  const bool looks_at_firings_;
  const SystemClock clock_;
  EventLoop loop_;  // outlives the host, which wakes it
  std::unique_ptr<PythonHost> host_;
  std::uint64_t last_number_ = 0;
  std::optional<DefinitionCheck::Failure> unusable_;  ///< why the interpreter cannot be used

  // The question that is being asked.
  DefinitionCheck* current_ = nullptr;
  bool is_answered_ = false;
};

void Checker::check(DefinitionCheck& definition) {
  current_ = &definition;
  if (!ensure_host()) {
    definition.failure = unusable_;
    return;
  }
  const std::uint64_t number = ++last_number_;
  if (!ask(load_message(*definition.type, number))) return;
  Message make("new");
  make.add(number).add(number).add(std::uint64_t{0}).add(definition.type->definition.node_id);
  if (!ask(std::move(make.open().close().open().close())) || !looks_at_firings_) return;
  ask(std::move(Message("look").add(number)));
}

/// True when there is an interpreter that could answer.
bool Checker::ensure_host() {
  if (host_ && host_->is_alive()) return true;
  host_.reset();
  if (unusable_) return false;
  Result<std::unique_ptr<HostProcess>> made = runtime_.start_host(interpreter_);
  if (!made) {
    unusable_ = {describe(made.error()), ""};
    return false;
  }
  host_ = std::make_unique<PythonHost>(
      std::move(*made), runtime_.watcher(), *this, [this] { loop_.wake(); }, clock_,
      std::make_shared<SecretMask>());
  host_->queue(begin_message(Uuid::random().text(), 1, RunEnvironment(), runtime_.settings().memory,
                             host_->directory()));
  return true;
}

/// True when the answer has come and was no failure.
bool Checker::ask(Message message) {
  is_answered_ = false;
  host_->queue(message);
  host_->flush();
  await_answer();
  if (!is_answered_) explain_silence();
  return !current_->failure;
}

void Checker::await_answer() {
  const SteadyTime deadline = clock_.steady_now() + timeout_;
  while (!is_answered_ && !host_->is_dead()) {
    if (host_->pump(Duration::zero())) continue;
    if (host_->is_alive() && clock_.steady_now() >= deadline) return;
    host_->arm();
    const std::optional<SteadyTime> end = host_->deadline();
    loop_.wait_until(end ? *end : deadline);
  }
}

/// The host is dead, or has been silent for too long.
void Checker::explain_silence() {
  if (!host_->is_dead()) {
    current_->failure = {"it did not load within " + duration_text(timeout_), ""};
  } else if (host_->has_answered()) {
    current_->failure = {"its Python process " + host_->describe_death(), host_->last_errors()};
  } else {
    unusable_ = {"the interpreter " + host_->interpreter().path + " does not run", host_->last_errors()};
    current_->failure = unusable_;
  }
  host_.reset();  // which kills it
}

void Checker::on_message(PythonHost& host, std::span<const Value> message) {
  const std::string_view name = message[0].as_text();
  if (!current_ || (name != "loaded" && name != "made" && name != "looked") || message.size() < 3) return;
  is_answered_ = true;
  if (name == "looked") {
    current_->has_work_behind_firings = !message[2].is_bool() || message[2].as_bool();
    return;
  }
  if (!message[2].is_list()) return;
  const std::span<const Value> parts = message[2].as_list();
  if (name == "made" && parts.size() == 3) {
    current_->inputs = read_ports(parts[0], host.objects());
    current_->outputs = read_ports(parts[1], host.objects());
    current_->has_hook = parts[2].is_bool() && parts[2].as_bool();
    return;
  }
  DefinitionCheck::Failure failure = {text_part(parts, 0), text_part(parts, 1)};
  if (parts.size() > 2 && parts[2].is_int()) failure.line = parts[2].as_int();
  if (name == "made") failure.message = "preparing it failed: " + failure.message;
  current_->failure = std::move(failure);
}

}  // namespace

std::vector<DefinitionCheck> check_definitions(PythonRuntime& runtime, std::span<const NodeTypePtr> types,
                                               Duration timeout, bool looks_at_firings) {
  std::vector<DefinitionCheck> checks;
  std::map<std::string, std::vector<std::size_t>> by_interpreter;
  for (const NodeTypePtr& type : types) {
    by_interpreter[interpreter_of(*type, runtime.settings())].push_back(checks.size());
    checks.emplace_back().type = type;
  }
  for (const auto& [interpreter, indexes] : by_interpreter) {
    Checker checker(runtime, interpreter, timeout, looks_at_firings);
    for (std::size_t index : indexes) checker.check(checks[index]);
  }
  return checks;
}

}  // namespace vnode
