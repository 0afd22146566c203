#include "model/value_ops.h"

#include <cstring>
#include <vector>

#include "base/text.h"
#include "model/foreign_object.h"

namespace vnode {
namespace {

Error wrong_type(const char* before, const Value& value, const char* after) {
  std::string message(before);
  message += type_name(value);
  message += after;
  return {ErrorCode::kInvalidValue, std::move(message)};
}

Value characters(std::string_view text) {
  std::vector<Value> parts;
  parts.reserve(count_code_points(text));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    next_code_point(text, at);
    parts.emplace_back(text.substr(start, at - start));
  }
  return Value::list(std::move(parts));
}

Value keys(const Value& dict) {
  const auto entries = dict.as_entries();
  std::vector<Value> keys;
  keys.reserve(entries.size());
  for (const DictEntry& entry : entries) keys.push_back(entry.key);
  return Value::list(std::move(keys));
}

}  // namespace

bool truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::kUnset:
    case Kind::kNone:
      return false;
    case Kind::kBool:
    case Kind::kInt:
      return value.as_int() != 0;
    case Kind::kFloat:
      return value.as_float() != 0.0;
    case Kind::kBigInt:
      return true;
    case Kind::kText:
      return !value.as_text().empty();
    case Kind::kObject:
      return value.as_object().truth();
    case Kind::kList:
      return !value.as_list().empty();
    case Kind::kDict:
      return !value.as_entries().empty();
  }
  return false;
}

std::size_t count_code_points(std::string_view text) {
  // Every byte that does not continue a code point begins one; eight bytes at a time: the lowest bit of each
  // byte of `continued` becomes 1 where the byte is 10xxxxxx.
  std::size_t continuations = 0;
  std::size_t at = 0;
  std::uint64_t word = 0;
  for (; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t continued = (word >> 7) & (~word >> 6) & 0x0101010101010101u;
    continuations += static_cast<std::size_t>(continued * 0x0101010101010101u >> 56);  // the sum of its bytes
  }
  for (; at < text.size(); ++at)
    continuations += (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80 ? 1 : 0;
  return text.size() - continuations;
}

Result<std::size_t> length_of(const Value& value) {
  switch (value.kind()) {
    case Kind::kText:
      return count_code_points(value.as_text());
    case Kind::kList:
      return value.as_list().size();
    case Kind::kDict:
      return value.as_entries().size();
    default:
      return wrong_type("object of type '", value, "' has no len()");
  }
}

Result<Value> iterate(const Value& value) {
  switch (value.kind()) {
    case Kind::kText:
      return characters(value.as_text());
    case Kind::kList:
      return value;
    case Kind::kDict:
      return keys(value);
    default:
      return wrong_type("'", value, "' object is not iterable");
  }
}

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::kUnset:
      return "unset";
    case Kind::kNone:
      return "NoneType";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
    case Kind::kBigInt:
      return "int";
    case Kind::kFloat:
      return "float";
    case Kind::kText:
      return "str";
    case Kind::kObject:
      return value.as_object().type();
    case Kind::kList:
      return "list";
    case Kind::kDict:
      return "dict";
  }
  return "unset";
}

}  // namespace vnode
