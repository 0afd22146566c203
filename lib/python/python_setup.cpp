// Making Python instances: starting hosts, loading definitions, and what becomes of those that do not load.
#include <algorithm>
#include <deque>
#include <unordered_set>

#include "base/at_end.h"
#include "base/descriptor_room.h"
#include "node/node_failure.h"
#include "python/python_runtime.h"
#include "python/python_session.h"
#include "python/setup_messages.h"

namespace vnode {
namespace {

/// A start needs no more; with less left it fails, whatever it says.
constexpr std::size_t kDescriptorsOfAStart = 16;
/// Whose supervisors have died one after the other: somebody kills them.
constexpr int kMostLostHosts = 5;

Problem shortage_of(const InstanceRequest& request) {
  return {.severity = Severity::kError,
          .code = std::string(kNoDescriptors),
          .pointer = request.pointer,
          .message = request.label + ": Python cannot be started: " + no_descriptors_text(),
          .node = request.label};
}

}  // namespace

/// Why something could not be made.
struct SetupReason {
  std::string message;
  std::string traceback = {};
};

/// One round of making instances.
struct PythonSession::Setup {
  Problems problems;
  std::unordered_map<InstanceKey, InstanceShape> shapes;
  std::unordered_map<const NodeType*, SetupReason> unloadable;  ///< reported with each node that uses it
  int lost_hosts = 0;
  // Of the host that is being asked: what has not been answered yet, in the order of asking.
  std::deque<const NodeType*> loading;
  std::deque<PythonInstance*> making;
  std::unordered_set<InstanceKey> reported;

  std::size_t bootstrapping = 0;  ///< of Prism

  bool is_answered() const { return loading.empty() && making.empty() && bootstrapping == 0; }
};

namespace {

constexpr std::string_view kPrismNode = "prism_core_init";

/// Engine rule 4. What becomes of it is a log of that node.
Message prism_message(const InstanceRequest& request, ObjectTable& objects) {
  Message prism("prism");
  prism.add(request.key).open();
  for (const Dict::Entry& entry : request.saved) {
    if (entry.key.is_text()) prism.pair(entry.key.as_text(), entry.value, objects);
  }
  return std::move(prism.close());
}

std::string_view text_in(const Value& list, std::size_t index) {
  if (!list.is_list() || index >= list.as_list().size() || !list.as_list()[index].is_text()) return {};
  return list.as_list()[index].as_text();
}

Value entry_of(const Value& document, std::string_view key) {
  if (!document.is_dict()) return {};
  for (const DictEntry& entry : document.as_entries()) {
    if (entry.key.is_text() && entry.key.as_text() == key) return entry.value;
  }
  return {};
}

}  // namespace

std::string interpreter_of(const NodeType& type, const PythonSettings& settings) {
  const Value own = entry_of(type.definition.document, "interpreter");
  return choose_interpreter(own.is_text() ? own.as_text() : std::string_view(), settings.interpreter);
}

std::uint64_t PythonSession::definition_number(const NodeType& type) {
  return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&type));
}

Task<std::vector<InstanceShape>> PythonSession::open_level(LevelKey level,
                                                           std::vector<InstanceRequest> requests,
                                                           Problems& problems) {
  std::vector<PythonInstance*> instances;
  for (InstanceRequest& request : requests) {
    PythonInstance& instance = instances_[request.key];
    levels_[level].push_back(request.key);
    instance.interpreter = interpreter_of(*request.type, runtime_.settings());
    instance.level = level;
    instance.request = std::move(request);
    instances.push_back(&instance);
  }
  Setup setup;
  co_await set_up(instances, setup);
  problems.insert(problems.end(), setup.problems.begin(), setup.problems.end());
  std::vector<InstanceShape> shapes;
  for (const PythonInstance* instance : instances) {
    shapes.push_back(std::move(setup.shapes[instance->request.key]));
  }
  co_return shapes;
}

/// Host by host. One that dies over a definition is replaced, and the rest goes on in the new one.
Task<void> PythonSession::set_up(std::vector<PythonInstance*> instances, Setup& setup) {
  while (setup_) {  // one at a time; without hold, since the other one may hold the chains
    if (run_.is_stopped()) throw Cancelled{};
    Parking parking(run_);
    waiting_.push_back(&parking);
    co_await parking.wait(false, next_measure());
    std::erase(waiting_, &parking);
  }
  setup_ = &setup;
  const AtEnd reset([this] {
    setup_ = nullptr;
    wake_waiting();
  });
  while (!instances.empty()) {
    if (run_.is_stopped()) throw Cancelled{};
    const std::string interpreter = instances.front()->interpreter;
    const int number = instances.front()->request.host;
    const Result<PythonHost*> host = find_host(interpreter, number);
    std::vector<PythonInstance*> now, later;
    for (PythonInstance* instance : instances) {
      if (instance->interpreter != interpreter || instance->request.host != number) {
        later.push_back(instance);
      } else if (!host && !has_descriptors(kDescriptorsOfAStart)) {
        setup.reported.insert(instance->request.key);
        setup.problems.push_back(shortage_of(instance->request));
      } else if (!host) {
        report_unmade(*instance, "there is no Python to run it", {describe(host.error())}, setup);
      } else if (setup.unloadable.contains(instance->request.type)) {
        report_unmade(*instance, "its definition does not load", setup.unloadable.at(instance->request.type),
                      setup);
      } else {
        now.push_back(instance);
      }
    }
    if (host && !now.empty()) co_await make_in(**host, now, setup);
    // Those that a dying host has left unmade get their turn in the next one.
    for (PythonInstance* instance : now) {
      if (setup.shapes.contains(instance->request.key)) continue;
      if (!setup.reported.contains(instance->request.key)) later.push_back(instance);
    }
    instances = std::move(later);
  }
}

Task<void> PythonSession::make_in(PythonHost& host, const std::vector<PythonInstance*>& instances,
                                  Setup& setup) {
  hold_up_timed_calls(true);
  const AtEnd go_on([this] { hold_up_timed_calls(false); });
  for (PythonInstance* instance : instances) {
    const NodeType& type = *instance->request.type;
    if (host.loaded.insert(&type).second) {
      host.queue(load_message(type, definition_number(type)));
      setup.loading.push_back(&type);
    }
    make_instance(host, *instance);
    setup.making.push_back(instance);
  }
  host.last_active = instances.front()->request.key;
  host.flush();
  while (host.is_alive() && !setup.is_answered()) co_await wait_for_answer();
  while (!host.is_alive() && !host.is_dead() && !setup.is_answered()) co_await wait_for_answer();
  if (setup.is_answered()) co_return;
  if (run_.is_stopped()) throw Cancelled{};
  if (!host.has_answered() || host.is_lost() || !host.ended_for().empty()) {
    // Another one would not answer either; or it is nobody's fault, and another one is asked, though not for
    // ever.
    const bool is_tried_again =
        !host.ended_for().empty() || (host.is_lost() && ++setup.lost_hosts < kMostLostHosts);
    for (const PythonInstance* instance : instances) {
      if (is_tried_again) break;
      report_unmade(*instance, "there is no Python to run it",
                    {"its Python process " + host.describe_death()}, setup);
    }
    setup.bootstrapping = 0;
    setup.loading.clear();
    setup.making.clear();
    co_return;
  }
  // The first question that was not answered is what it died over.
  const std::string how = "its Python process " + host.describe_death();
  setup.bootstrapping = 0;
  if (setup.loading.empty() && setup.making.empty())
    co_return;  // it died over Prism: the next one is made on demand
  if (!setup.loading.empty() &&
      (setup.making.empty() || setup.making.front()->request.type == setup.loading.front())) {
    setup.unloadable[setup.loading.front()] = {how, host.last_errors()};
  } else {
    report_unmade(*setup.making.front(), "it cannot be prepared", {how, host.last_errors()}, setup);
  }
  setup.loading.clear();
  setup.making.clear();
}

void PythonSession::report_unmade(const PythonInstance& instance, const std::string& what,
                                  const SetupReason& reason, Setup& setup) {
  const NodeType& type = *instance.request.type;
  setup.reported.insert(instance.request.key);
  setup.problems.push_back(
      {.severity = Severity::kError,
       .code = "python_definition",
       .pointer = instance.request.pointer,
       .message = instance.request.label + ": " + what + " (" + type.origin + "): " + reason.message,
       .hint = "see `vnode nodes show " + type.definition.node_id + "`, or mend " + type.origin,
       .node = instance.request.label,
       .traceback = reason.traceback});
}

Result<PythonHost*> PythonSession::find_host(const std::string& interpreter, int number) {
  for (const auto& host : hosts_) {
    if (host->is_usable() && host->asked_for == interpreter && host->number == number) return host.get();
  }
  Result<std::unique_ptr<HostProcess>> made =
      runtime_.start_host(interpreter, run_.environment().held_descriptor);
  if (!made) return made.error();
  hosts_.push_back(std::make_unique<PythonHost>(std::move(*made), runtime_.watcher(), *this, run_.waker(),
                                                run_.clock(), run_.secret_mask()));
  PythonHost& host = *hosts_.back();
  if (is_frozen_) host.freeze();
  host.asked_for = interpreter;
  host.number = number;
  host.queue(begin_message(run_.run_id(), run_.attempt(), run_.environment(), runtime_.settings().memory,
                           host.directory(), run_.is_recorded()));
  if (number != 0) bootstrap_prism(host);
  return &host;
}

/// Engine rule 4 holds in each process of a run; the run's own hears of it with the instance itself.
void PythonSession::bootstrap_prism(PythonHost& host) {
  for (const auto& [key, instance] : instances_) {
    const InstanceRequest& request = instance.request;
    if (request.host != 0 || request.type->definition.node_id != kPrismNode) continue;
    host.queue(prism_message(request, host.objects()));
    ++setup_->bootstrapping;
    return;
  }
}

void PythonSession::make_instance(PythonHost& host, PythonInstance& instance) {
  const InstanceRequest& request = instance.request;
  Message message("new");
  message.add(request.key).add(definition_number(*request.type)).add(instance.level).add(request.name);
  message.open();
  for (const Dict::Entry& entry : request.saved) {
    if (entry.key.is_text()) message.pair(entry.key.as_text(), entry.value, host.objects());
  }
  message.close().open();
  for (const std::string& name : request.wired_inputs) message.item(std::string_view(name));
  host.queue(message.close().add_json(request.blocking ? "true" : "false"));
  if (request.type->definition.node_id == kPrismNode) {
    host.queue(prism_message(request, host.objects()));
    if (setup_) ++setup_->bootstrapping;
  }
  instance.seen.clear();
}

void PythonSession::on_loaded(PythonHost& host, std::span<const Value> message) {
  if (!setup_ || setup_->loading.empty()) return;
  const NodeType* type = setup_->loading.front();
  setup_->loading.pop_front();
  if (!setup_->making.empty()) host.last_active = setup_->making.front()->request.key;
  if (message[2].is_list()) {
    host.loaded.erase(type);
    std::string reason(text_in(message[2], 0));
    const Value line = message[2].as_list().size() > 2 ? message[2].as_list()[2] : Value();
    if (line.is_int()) reason += " (line " + std::to_string(line.as_int()) + " of its python_code)";
    setup_->unloadable[type] = {reason, std::string(text_in(message[2], 1))};
  }
  wake_waiting();
}

void PythonSession::on_made(PythonHost& host, std::span<const Value> message) {
  PythonInstance* instance = find_instance(message[1]);
  if (instance && message[0].as_text() == "prismed") {
    if (message[2].is_list()) {
      run_.log(instance->request.key, LogLevel::kError,
               "Prism could not be started: " + std::string(text_in(message[2], 0)), {});
    }
    if (setup_ && setup_->bootstrapping > 0) --setup_->bootstrapping;
    return wake_waiting();
  }
  if (!setup_ || !instance || setup_->making.empty() || setup_->making.front() != instance) return;
  setup_->making.pop_front();
  const bool is_shape = message[2].is_list() && message[2].as_list().size() == 3;
  if (is_shape) {
    instance->host = &host;
    setup_->shapes[instance->request.key] = read_shape(host, *instance, message[2]);
  } else if (setup_->unloadable.contains(instance->request.type)) {
    report_unmade(*instance, "its definition does not load", setup_->unloadable.at(instance->request.type),
                  *setup_);
  } else {
    report_unmade(*instance, "preparing it failed",
                  {std::string(text_in(message[2], 0)), std::string(text_in(message[2], 1))}, *setup_);
  }
  wake_waiting();
}

InstanceShape PythonSession::read_shape(PythonHost& host, const PythonInstance& instance,
                                        const Value& parts) {
  const std::span<const Value> items = parts.as_list();
  return {.key = instance.request.key,
          .inputs = read_ports(items[0], host.objects()),
          .outputs = read_ports(items[1], host.objects()),
          .has_hook = items[2].is_bool() && items[2].as_bool()};
}

/// The host of the instance is gone: all instances of its level are made again when they are needed, in a new
/// one.
Task<void> PythonSession::ensure_made(PythonInstance& instance) {
  const bool is_there = std::any_of(hosts_.begin(), hosts_.end(), [&instance](const auto& host) {
    return host->is_usable() && host->asked_for == instance.interpreter &&
           host->number == instance.request.host;
  });
  if (!is_there) {  // once for all nodes that come after
    run_.log(instance.request.key, LogLevel::kWarning,
             "the Python process of this node was started again: what earlier nodes kept in modules and "
             "attributes is lost",
             {});
  }
  Setup setup;
  std::vector<PythonInstance*> instances(1, &instance);
  co_await set_up(std::move(instances), setup);
  if (!instance.host) {
    const std::string why =
        setup.problems.empty() ? "its Python process died" : setup.problems.front().message;
    throw NodeFailure("the node could not be prepared again: " + why, "python_definition");
  }
  instance.host->queue_text(instance.wiring);
}

}  // namespace vnode
