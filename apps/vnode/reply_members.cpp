#include "apps/vnode/reply_members.h"

namespace vnode {

const Value* member(const Value& object, std::string_view key) {
  return object.is_dict() ? object.as_dict().find(key) : nullptr;
}

std::string text_member(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  return value && value->is_text() ? std::string(value->as_text()) : std::string();
}

std::optional<std::int64_t> integer_member(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  return value && value->is_int() ? std::optional(value->as_int()) : std::nullopt;
}

std::optional<double> number_member(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  if (value && value->is_float()) return value->as_float();
  return value && value->is_int() ? std::optional(static_cast<double>(value->as_int())) : std::nullopt;
}

bool switch_member(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  return value && value->is_bool() && value->as_bool();
}

std::span<const Value> list_member(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  return value && value->is_list() ? value->as_list() : std::span<const Value>();
}

std::span<const DictEntry> dict_member(const Value& object, std::string_view key) {
  const Value* value = member(object, key);
  return value && value->is_dict() ? value->as_entries() : std::span<const DictEntry>();
}

}  // namespace vnode
