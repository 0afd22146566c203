// The run's variables (engine rule 3) as Python code sees them. They belong to the engine; a host fetches
// what it reads, keeps what it writes, and hands it over when somebody else needs it: a loop that changes a
// long list in every iteration costs nothing as long as only one side uses it.
#include "model/value_ops.h"
#include "python/python_session.h"

namespace vnode {
namespace {

LevelKey level_key_of(const Value& value) {
  return value.is_int() ? static_cast<LevelKey>(value.as_int()) : 0;
}
std::uint64_t request_of(const Value& value) {
  return value.is_int() ? static_cast<std::uint64_t>(value.as_int()) : 0;
}

}  // namespace

/// Tells the host which variables have changed behind its back; with the next step, so that it is in time.
void PythonSession::announce_stale(PythonHost& host, LevelKey level) {
  const auto found = host.variables.find(level);
  if (found == host.variables.end() || !found->second.is_read) return;
  const Dict* now = run_.variables(level);
  PythonHost::Variables& known = found->second;
  if (!now || known.seen.is_same_object(*now)) return;
  Message message("stale");
  message.add(level).open();
  for (const Dict::Entry& entry : *now) {
    const Value* before = known.seen.find(entry.key);
    if (!before || !before->is_same_object(entry.value)) message.item(entry.key, host.objects());
  }
  for (const Dict::Entry& entry : known.seen) {
    if (!now->find(entry.key)) message.item(entry.key, host.objects());
  }
  message.close();
  known.seen = *now;
  host.queue(message);
}

void PythonSession::on_keys_request(PythonHost& host, std::span<const Value> message) {
  const LevelKey level = level_key_of(message[2]);
  const Dict* variables = run_.variables(level);
  PythonHost::Variables& known = host.variables[level];
  known.is_read = true;
  if (variables) known.seen = *variables;
  Message answer("value");
  answer.add(request_of(message[1])).open();
  for (const Dict::Entry& entry : known.seen) answer.item(entry.key, host.objects());
  host.queue(answer.close());
  host.flush();
}

void PythonSession::on_variable_request(PythonHost& host, std::span<const Value> message) {
  const LevelKey level = level_key_of(message[2]);
  announce_stale(host, level);
  const Dict* variables = run_.variables(level);
  PythonHost::Variables& known = host.variables[level];
  if (!known.is_read && variables) known.seen = *variables;
  known.is_read = true;
  const Value name = read_value(host, message[3]);
  const Value* found = variables && is_hashable(name) ? variables->find(name) : nullptr;
  Message answer("value");
  answer.add(request_of(message[1])).open();
  if (found) answer.item(*found, host.objects());
  host.queue(answer.close());
  host.flush();
}

void PythonSession::on_variables(PythonHost& host, std::span<const Value> message) {
  const LevelKey level = level_key_of(message[1]);
  PythonHost::Variables& known = host.variables[level];
  known.dirty = false;
  Dict* variables = run_.variables(level);
  if (variables && message[2].is_list() && message[3].is_list()) {
    const Dict seen = known.seen;
    announce_stale(host, level);
    for (const Value& entry : message[2].as_list()) {
      if (!entry.is_list() || entry.as_list().size() != 2) continue;
      const Value name = read_value(host, entry.as_list()[0]);
      if (!is_hashable(name)) continue;
      Value value = read_value(host, entry.as_list()[1]);
      tell_conflict(host, name, seen, *variables, value);
      variables->set(name, std::move(value));
    }
    for (const Value& raw : message[3].as_list()) {
      const Value name = read_value(host, raw);
      if (name.is_text()) variables->erase(name.as_text());
    }
    known.seen = *variables;
    known.is_read = true;  // it keeps what it has written
  }
  wake_waiting();
}

/// Rule 46: bodies of a map may change one variable at once, each on its side. `seen`: what this side knew.
void PythonSession::tell_conflict(const PythonHost& host, const Value& name, const Dict& seen,
                                  const Dict& now, const Value& value) {
  const Value* const before = seen.find(name);
  const Value* const other = now.find(name);
  if (!before || !other || other->is_same_object(*before) || same(*other, value)) return;
  const std::string text = to_text(name);
  if (!conflicts_.insert(text).second) return;
  run_.log(
      host.last_active, LogLevel::kWarning,
      "the variable '" + text + "' was changed by two bodies at once: what this one has made of it counts",
      {});
}

Task<void> PythonSession::read_variables(LevelKey level) {
  for (const auto& host : hosts_) {
    const auto found = host->variables.find(level);
    if (host->is_alive() && found != host->variables.end() && found->second.dirty) {
      return [](PythonSession& self, LevelKey level) -> Task<void> {
        for (std::size_t i = 0; i < self.hosts_.size(); ++i)
          co_await self.read_variables_of(*self.hosts_[i], level);
      }(*this, level);
    }
  }
  return {};
}

Task<void> PythonSession::read_variables_of(PythonHost& host, LevelKey level) {
  const auto is_behind = [&host, level] {
    const auto found = host.variables.find(level);
    return host.is_alive() && found != host.variables.end() && found->second.dirty;
  };
  while (is_behind()) {  // also when code has gone on between the answer and here
    host.queue(Message("sync").add(level));
    host.flush();
    co_await wait_for_answer();
  }
}

/// Another interpreter's host may have changed what this one is about to read.
Task<void> PythonSession::read_other_hosts(const PythonHost& host, LevelKey level) {
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    if (hosts_[i].get() != &host) co_await read_variables_of(*hosts_[i], level);
  }
}

}  // namespace vnode
