#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/value.h"

namespace vnode {

/// The members of what a daemon replies, read leniently: it may be of another version. What is absent or of
/// another type is empty. Views live as long as `object`.

/// Null when there is none, or `object` is no dict.
const Value* member(const Value& object, std::string_view key);
std::string text_member(const Value& object, std::string_view key);
std::optional<std::int64_t> integer_member(const Value& object, std::string_view key);
std::optional<double> number_member(const Value& object, std::string_view key);
bool switch_member(const Value& object, std::string_view key);
std::span<const Value> list_member(const Value& object, std::string_view key);
std::span<const DictEntry> dict_member(const Value& object, std::string_view key);

}  // namespace vnode
