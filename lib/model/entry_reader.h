#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "model/problem.h"
#include "model/value.h"

namespace vnode {

/// What was found wrong in one part of a document.
struct Findings {
  static constexpr std::size_t kShownKeys = 5;

  Problems problems;
  std::size_t unknown_keys = 0;
  std::vector<std::string> unknown_pointers = {};  ///< of the first kShownKeys unknown keys

  void add_unknown_key(std::string_view parent_pointer, std::string_view key);
};

enum class Need { kOptional, kRequired };

/// Reads the fields of one entry (a node, a wire, a note), leniently, and reports those that are wrong. Each
/// key is asked for once, and then counts as known. Refers to all its arguments: it lives as long as one
/// entry is being read.
class EntryReader {
 public:
  /// `list_pointer` and `index` say where the entry stands; `what` names it in messages ("node").
  EntryReader(const Value& entry, std::string_view what, std::string_view list_pointer, std::size_t index,
              Findings& findings);

  // Unset, or the default, when the key is absent or its value is refused.
  std::optional<Uuid> uuid(std::string_view key, Need need);
  Value uuid_text(std::string_view key);  ///< as it is written in the document
  Value text(std::string_view key, Need need);
  Value number_pair(std::string_view key, Need need);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  Dict object(std::string_view key);

  /// The keys that were not asked for; to be called last.
  Dict unknown();

 private:
  static constexpr std::size_t kMostKeys = 8;  ///< that any kind of entry has

  const Value* find(std::string_view key, Need need);
  std::optional<Uuid> parse_uuid(std::string_view key, const Value& found);
  bool is_known(std::string_view key) const;
  void refuse(std::string_view key, const Value& found, std::string_view expected, std::string hint = {});
  void add_problem(std::string code, std::string pointer, std::string message, std::string hint);
  std::string pointer() const { return join_pointer(list_pointer_, index_); }

  Dict entry_;
  std::string_view what_;
  std::string_view list_pointer_;
  std::size_t index_;
  Findings& findings_;
  bool is_object_;
  std::array<std::string_view, kMostKeys> known_;  ///< keys that were asked for and are there
  std::size_t known_count_ = 0;
};

}  // namespace vnode
