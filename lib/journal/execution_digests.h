#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engine/recorder.h"
#include "journal/journal_reader.h"

namespace vnode {

class RecordedValues;

/// What an execution goes by, as digests: another one with equal ones would do the same, as far as can be
/// told before it begins (journal rule 5). No secret is in them. A value.
struct ExecutionDigests {
  using Parts = std::vector<std::pair<std::string, std::string>>;  ///< name and digest, in a fixed order

  std::string definition;  ///< of the node type: its file, or its id and revision
  Parts inputs;
  Parts command;  ///< what its runtime would start; empty: nothing that its inputs do not tell

  /// All of them in one: equal where they all are.
  std::string whole() const;
};

/// Why an execution that goes by `now` is not the recorded one: "definition changed", "input changed: PORT",
/// "command changed: PART"; the first of them. nullopt: it is.
std::optional<std::string> difference(const ExecutionDigests& recorded, const ExecutionDigests& now);

/// Those in a record of kind `begin`.
ExecutionDigests read_digests(const JournalRecord& begin);

/// Makes them. Thread rule: one thread at a time.
class Digester {
 public:
  /// `values` must outlive it.
  explicit Digester(RecordedValues& values) : values_(values) {}

  /// `was_masked` becomes true if a secret was in an input.
  ExecutionDigests digests_of(const RecordedBegin& begin, bool& was_masked);
  std::string definition_digest(const NodeType& type);

 private:
  struct Known {
    Value document;  ///< held, so that no other one takes its place
    std::string digest;
  };

  ExecutionDigests::Parts parts_of(std::span<const PortValue> values, bool& was_masked);

  RecordedValues& values_;
  std::unordered_map<const void*, Known> definitions_;  ///< by their documents
};

}  // namespace vnode
