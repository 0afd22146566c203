#include "model/members.h"

namespace vnode {

const Value* member(const ObjectToRead& object, std::string_view name) { return object.entries().find(name); }

std::string text_member(const ObjectToRead& object, std::string_view name) {
  return std::string(text_view(object, name));
}

std::string_view text_view(const ObjectToRead& object, std::string_view name) {
  const Value* value = member(object, name);
  return value && value->is_text() ? value->as_text() : std::string_view();
}

bool switch_member(const ObjectToRead& object, std::string_view name, bool otherwise) {
  const Value* value = member(object, name);
  return value && value->is_bool() ? value->as_bool() : otherwise;
}

std::optional<std::int64_t> integer_member(const ObjectToRead& object, std::string_view name) {
  const Value* value = member(object, name);
  return value && value->is_int() ? std::optional(value->as_int()) : std::nullopt;
}

std::uint64_t count_member(const ObjectToRead& object, std::string_view name) {
  return static_cast<std::uint64_t>(integer_member(object, name).value_or(0));
}

std::optional<double> number_member(const ObjectToRead& object, std::string_view name) {
  const Value* value = member(object, name);
  if (value && value->is_float()) return value->as_float();
  return value && value->is_int() ? std::optional(static_cast<double>(value->as_int())) : std::nullopt;
}

std::span<const Value> list_member(const ObjectToRead& object, std::string_view name) {
  const Value* value = member(object, name);
  return value && value->is_list() ? value->as_list() : std::span<const Value>();
}

std::vector<std::string> texts_member(const ObjectToRead& object, std::string_view name) {
  std::vector<std::string> texts;
  for (const Value& item : list_member(object, name)) {
    if (item.is_text()) texts.emplace_back(item.as_text());
  }
  return texts;
}

std::span<const DictEntry> dict_member(const ObjectToRead& object, std::string_view name) {
  const Value* value = member(object, name);
  return value && value->is_dict() ? value->as_entries() : std::span<const DictEntry>();
}

}  // namespace vnode
