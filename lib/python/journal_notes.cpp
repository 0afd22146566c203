// What hosts tell of executions for the run's journal: journal rules 6 to 8.
#include "model/value_ops.h"
#include "python/python_session.h"

namespace vnode {
namespace {

std::span<const Value> items_of(const Value& list) {
  return list.is_list() ? list.as_list() : std::span<const Value>();
}

}  // namespace

void PythonSession::note_for_journal(PythonHost& host, PythonCall& call, std::span<const Value> message) {
  const std::string_view name = message[0].as_text();
  const Value& what = message[2];
  NodeContext& node = call.node();
  if (name == "read") {
    const Value variable = read_value(host, what);
    if (is_hashable(variable)) node.note_read(variable);
  } else if (name == "reads") {
    std::vector<Value> except;
    for (const Value& item : items_of(what)) except.push_back(read_value(host, item));
    node.note_all_read(except);
  } else if (name == "stateful") {
    node.note_stateful(what.is_text() ? what.as_text() : std::string_view());
  } else {
    std::vector<UsersModule> modules;
    for (const Value& item : items_of(what)) {
      const auto parts = items_of(item);
      if (parts.size() == 2 && parts[0].is_text() && parts[1].is_text())
        modules.push_back({std::string(parts[0].as_text()), std::string(parts[1].as_text())});
    }
    node.note_modules(modules);
  }
}

}  // namespace vnode
