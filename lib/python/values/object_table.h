#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// What the engine and one Python host know each other's objects by (protocol.md, "Values"): turns values
/// into message text and back, so that the same object stays the same object on the host's side, and large
/// content crosses once.
///
/// Keeps the containers that have crossed alive only as long as somebody else does: `take_free_message` finds
/// those that nobody else holds, and the host is told to forget them. Thread rule: one thread at a time, the
/// one that steps the run; foreign objects that it made may die on any thread.
class ObjectTable {
 public:
  ObjectTable();
  ObjectTable(const ObjectTable&) = delete;
  ~ObjectTable();

  /// Appends the value as a message has it, outermost: `$n` and `$r` are possible.
  void append_value(std::string& out, const Value& value);

  /// The value of a message, from the JSON value as it was read. A value without any `$` form comes back as
  /// it is. Errors: kBadDocument for text that does not follow the protocol (the host is broken then).
  Result<Value> read_value(const Value& raw);

  /// The `free` message that is due, or empty. Looks for unused objects only when enough has crossed since
  /// the last time that it pays.
  std::string take_free_message();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vnode
