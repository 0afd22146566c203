#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace vnode {

/// An object whose members are read: a dictionary, or a value that may be one (anything else has no members).
/// Shares its contents; for the time of one call.
class ObjectToRead {
 public:
  ObjectToRead(const Dict& object) : entries_(object) {}
  ObjectToRead(const Value& object) : entries_(object.is_dict() ? object.as_dict() : Dict()) {}

  const Dict& entries() const { return entries_; }

 private:
  Dict entries_;
};

// The members of a JSON object, read leniently: it may have been written by another version. What is absent
// or of another type counts as empty. Pointers, spans and views live as long as something shares the object's
// contents: `object` itself, not a copy of what it holds.

/// Null when there is none.
const Value* member(const ObjectToRead& object, std::string_view name);
std::string text_member(const ObjectToRead& object, std::string_view name);
std::string_view text_view(const ObjectToRead& object, std::string_view name);
/// `otherwise` when it is absent or no switch.
bool switch_member(const ObjectToRead& object, std::string_view name, bool otherwise = false);
/// Whole numbers of 64 bits.
std::optional<std::int64_t> integer_member(const ObjectToRead& object, std::string_view name);
/// A whole number that counts something: 0 when there is none.
std::uint64_t count_member(const ObjectToRead& object, std::string_view name);
/// Any number.
std::optional<double> number_member(const ObjectToRead& object, std::string_view name);
std::span<const Value> list_member(const ObjectToRead& object, std::string_view name);
/// Those items of a list that are texts.
std::vector<std::string> texts_member(const ObjectToRead& object, std::string_view name);
std::span<const DictEntry> dict_member(const ObjectToRead& object, std::string_view name);

}  // namespace vnode
