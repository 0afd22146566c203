#include "events/value_shortener.h"

#include <charconv>
#include <limits>

#include "model/foreign_object.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

constexpr std::size_t kPreviewBytes = 200;
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
/// A byte of text is at most six of JSON (`\u001f`), besides the quotes.
constexpr std::size_t kMaxEscape = 6;

/// The start of a text that does not end within a UTF-8 sequence.
std::string_view text_prefix(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

/// The first bytes of a value's JSON text. Recursion is bounded: every level has written at least one byte.
void append_preview(std::string& out, const Value& value, std::size_t end) {
  if (out.size() >= end) return;
  switch (value.kind()) {
    case Kind::kText:
      append_json_text(out, text_prefix(value.as_text(), end - out.size()));
      break;
    case Kind::kBigInt:
      out += value.as_digits().substr(0, end - out.size());
      break;
    case Kind::kObject: {
      const ForeignObject& object = value.as_object();
      out += R"({"$object":)";
      append_json_text(out, text_prefix(object.type(), kPreviewBytes));
      out += R"(,"repr":)";
      append_json_text(out, text_prefix(object.repr(), kPreviewBytes));
      out += '}';
      break;
    }
    case Kind::kList: {
      char separator = '[';
      for (const Value& item : value.as_list()) {
        if (out.size() >= end) return;
        out += separator;
        append_preview(out, item, end);
        separator = ',';
      }
      out += value.as_list().empty() ? "[]" : "]";
      break;
    }
    case Kind::kDict: {
      const Dict dict = value.as_dict();
      char separator = '{';
      for (const Dict::Entry& entry : dict) {
        if (out.size() >= end) return;
        out += separator;
        if (entry.key.is_text()) {
          append_preview(out, entry.key, end);
        } else {
          append_json_key(out, entry.key);
        }
        out += ':';
        append_preview(out, entry.value, end);
        separator = ',';
      }
      out += dict.empty() ? "{}" : "}";
      break;
    }
    default:
      append_json(out, value);
      break;
  }
}

}  // namespace

void ValueShortener::append(std::string& out, const Value& value) {
  if (is_long(value)) {
    append_shortened(out, value);
  } else {
    append_json(out, value);
  }
}

bool ValueShortener::is_long(const Value& value) {
  switch (value.kind()) {
    case Kind::kText:
      if (value.as_text().size() * kMaxEscape + 2 <= limit_) return false;
      if (value.as_text().size() + 2 > limit_) return true;
      break;
    case Kind::kBigInt:
      return value.as_digits().size() > limit_;
    case Kind::kList:
      // Every item has at least one byte and a comma or bracket.
      if (value.as_list().size() * 2 > limit_) return true;
      if (knows(value)) return exact_size(value) > limit_;
      break;
    case Kind::kObject:
    case Kind::kDict:
      break;
    default:
      return false;
  }
  return json_size(value, limit_) > limit_;
}

bool ValueShortener::knows(const Value& list) const {
  return known_list_.is_list() && known_list_.as_list().data() == list.as_list().data();
}

std::size_t ValueShortener::exact_size(const Value& value) {
  if (!value.is_list() || value.as_list().empty()) return json_size(value, kNoLimit);
  const std::span<const Value> items = value.as_list();
  // Of two lists on one storage the shorter is the start of the longer: only the difference has to be
  // counted.
  std::size_t counted = 0;
  std::size_t size = 1;
  if (knows(value)) {
    counted = known_list_.as_list().size();
    size = known_size_;
  }
  for (; counted < items.size(); ++counted) size += json_size(items[counted], kNoLimit) + 1;
  for (; counted > items.size(); --counted)
    size -= json_size(known_list_.as_list()[counted - 1], kNoLimit) + 1;
  known_list_ = value;
  known_size_ = size;
  return size;
}

void ValueShortener::append_shortened(std::string& out, const Value& value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, exact_size(value)).ptr;
  std::string preview;
  append_preview(preview, value, kPreviewBytes);
  out += R"({"$truncated":true,"bytes":)";
  out.append(digits, end);
  out += R"(,"preview":)";
  append_json_text(out, text_prefix(preview, kPreviewBytes));
  out += '}';
}

}  // namespace vnode
