#include "model/entry_reader.h"

#include <algorithm>
#include <utility>

#include "model/lenient.h"
#include "model/value_ops.h"

namespace vnode {

void Findings::add_unknown_key(std::string_view parent_pointer, std::string_view key) {
  if (unknown_keys++ < kShownKeys) unknown_pointers.push_back(join_pointer(parent_pointer, key));
}

EntryReader::EntryReader(const Value& entry, std::string_view what, std::string_view list_pointer,
                         std::size_t index, Findings& findings)
    : what_(what),
      list_pointer_(list_pointer),
      index_(index),
      findings_(findings),
      is_object_(entry.is_dict()) {
  if (is_object_) {
    entry_ = entry.as_dict();
  } else {
    add_problem("wrong_type", pointer(),
                "a " + std::string(what_) + " must be an object, but this is " + describe_found(entry), {});
  }
}

std::optional<Uuid> EntryReader::uuid(std::string_view key, Need need) {
  const Value* found = find(key, need);
  return found ? parse_uuid(key, *found) : std::nullopt;
}

Value EntryReader::uuid_text(std::string_view key) {
  const Value* found = find(key, Need::kOptional);
  return found && parse_uuid(key, *found) ? *found : Value::unset();
}

Value EntryReader::text(std::string_view key, Need need) {
  const Value* found = find(key, need);
  if (!found) return Value::unset();
  if (found->is_text()) return *found;
  refuse(key, *found, "a text", found->is_int() || found->is_float() ? "put it in double quotes" : "");
  return Value::unset();
}

Value EntryReader::number_pair(std::string_view key, Need need) {
  const Value* found = find(key, need);
  if (!found) return Value::unset();
  if (is_number_pair(*found)) return *found;
  refuse(key, *found, "a list of exactly two numbers", "write [0, 0]");
  return Value::unset();
}

std::optional<bool> EntryReader::boolean(std::string_view key) {
  const Value* found = find(key, Need::kOptional);
  if (!found) return std::nullopt;
  const std::optional<bool> value = lenient_bool(*found);
  if (!value) refuse(key, *found, "true or false");
  return value;
}

std::optional<std::int64_t> EntryReader::integer(std::string_view key) {
  const Value* found = find(key, Need::kOptional);
  if (!found) return std::nullopt;
  const std::optional<std::int64_t> value = lenient_int(*found);
  if (!value) refuse(key, *found, "a whole number");
  return value;
}

Dict EntryReader::object(std::string_view key) {
  const Value* found = find(key, Need::kOptional);
  if (!found) return {};
  if (found->is_dict()) return found->as_dict();
  refuse(key, *found, "an object", "write {}, or leave the key out");
  return {};
}

Dict EntryReader::unknown() {
  Dict unknown;
  if (known_count_ == entry_.size()) return unknown;  // by far the most entries
  for (const Dict::Entry& field : entry_) {
    const std::string name = field.key.is_text() ? std::string(field.key.as_text()) : to_text(field.key);
    if (field.key.is_text() && is_known(name)) continue;
    unknown.set(field.key, field.value);
    findings_.add_unknown_key(pointer(), name);
  }
  return unknown;
}

const Value* EntryReader::find(std::string_view key, Need need) {
  const Value* found = entry_.find(key);
  if (found) {
    known_[known_count_++] = key;
  } else if (need == Need::kRequired && is_object_) {
    add_problem("missing_key", pointer(),
                "the " + std::string(what_) + " has no \"" + std::string(key) + "\"",
                "add \"" + std::string(key) + "\" to it");
  }
  return found;
}

std::optional<Uuid> EntryReader::parse_uuid(std::string_view key, const Value& found) {
  std::optional<Uuid> id;
  if (found.is_text()) id = Uuid::parse(found.as_text());
  if (!id) {
    add_problem("bad_uuid", join_pointer(pointer(), key),
                "\"" + std::string(key) + "\" must be a UUID, but is " + describe_found(found),
                "write 32 hexadecimal digits, for example \"1b4e28ba-2fa1-41d2-883f-0016d3cca427\"");
  }
  return id;
}

bool EntryReader::is_known(std::string_view key) const {
  return std::find(known_.begin(), known_.begin() + known_count_, key) != known_.begin() + known_count_;
}

void EntryReader::refuse(std::string_view key, const Value& found, std::string_view expected,
                         std::string hint) {
  if (hint.empty() && found.is_none()) hint = "leave the key out to get its default";
  add_problem(
      "wrong_type", join_pointer(pointer(), key),
      "\"" + std::string(key) + "\" must be " + std::string(expected) + ", but is " + describe_found(found),
      std::move(hint));
}

void EntryReader::add_problem(std::string code, std::string pointer, std::string message, std::string hint) {
  findings_.problems.push_back({.severity = Severity::kError,
                                .code = std::move(code),
                                .pointer = std::move(pointer),
                                .message = std::move(message),
                                .hint = std::move(hint)});
}

}  // namespace vnode
