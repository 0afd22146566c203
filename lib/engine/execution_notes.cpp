// What runtimes tell of an execution for the run's journal: journal rules 6 to 8.
#include <algorithm>

#include "engine/execution.h"
#include "model/value_ops.h"

namespace vnode {

/// It may be another value than that by which the execution would go if it was begun now.
bool Execution::is_read_late(const Value& name) const {
  if (first_->has_set_off) return true;
  const Value* const first = first_->variables.find(name);
  const Value* const now = level_.variables().find(name);
  return first != now && (!first || !now || !first->is_same_object(*now));
}

void Execution::note_read(const Value& name) {
  if (!record_) return;
  if (is_read_late(name))
    level_.run_.recorder->mark(record_, RecordMark::kLateRead, to_text(name));
  else
    level_.run_.recorder->read(record_, name, first_->variables.find(name));
}

void Execution::note_all_read(const std::vector<Value>& except) {
  if (!record_) return;
  const auto is_own = [&except](const Value& name) {
    return std::any_of(except.begin(), except.end(), [&name](const Value& own) { return same(own, name); });
  };
  Dict read;
  for (const Dict::Entry& entry : level_.variables()) {
    if (is_own(entry.key)) continue;
    if (is_read_late(entry.key)) return note_read(entry.key);
    read.set(entry.key, entry.value);
  }
  for (const Dict::Entry& entry : first_->variables) {
    if (!is_own(entry.key) && is_read_late(entry.key)) return note_read(entry.key);
  }
  level_.run_.recorder->read_all(record_, read);
}

void Execution::note_stateful(std::string_view what) {
  if (record_) level_.run_.recorder->mark(record_, RecordMark::kStateful, what);
}

void Execution::note_last(Outputs returned) {
  if (record_) first_->returned = std::move(returned);
}

void Execution::note_modules(const std::vector<UsersModule>& modules) {
  if (record_) level_.run_.recorder->modules(record_, modules);
}

}  // namespace vnode
