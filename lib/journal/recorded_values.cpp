#include "journal/recorded_values.h"

#include <algorithm>

#include "base/sha256.h"
#include "journal/cbor_writer.h"

namespace vnode {
namespace {

constexpr std::size_t kRecent = 8;
/// Hexadecimal digits of a digest.
constexpr std::size_t kDigits = 32;

}  // namespace

std::string short_digest(std::string_view bytes) { return hex_text(sha256(bytes)).substr(0, kDigits); }

Value RecordedValues::masked(const Value& value, bool& was_masked) {
  if (secrets_->is_empty()) return value;
  Value shown = mask_.apply(value);
  was_masked = was_masked || !shown.is_same_object(value);
  return shown;
}

std::string RecordedValues::text(std::string_view text, bool& was_masked) const {
  if (secrets_->is_empty() || !secrets_->is_in(text)) return std::string(text);
  was_masked = true;
  return secrets_->apply(std::string(text));
}

RecordedValues::Large* RecordedValues::find_large(const Value& value) {
  if (!value.identity()) return nullptr;
  const auto found = std::find_if(recent_.begin(), recent_.end(),
                                  [&value](const Large& large) { return large.value.is_same_object(value); });
  return found == recent_.end() ? nullptr : &*found;
}

RecordedValues::Large& RecordedValues::remember_large(const Value& value) {
  if (Large* known = find_large(value)) return *known;
  if (recent_.size() < kRecent) return recent_.emplace_back(Large{value});
  return recent_[next_recent_++ % kRecent] = Large{value};
}

std::string RecordedValues::encode(const Value& value, bool& was_masked) {
  const Value shown = masked(value, was_masked);
  const Large* known = find_large(shown);
  std::uint64_t number = known ? known->number : 0;
  std::string bytes;
  if (number == 0) {
    const CborWriter::TextStore texts = [this](const Value& text) { return store_text(text); };
    CborWriter(bytes).value(shown, &texts);
    if (bytes.size() <= kLarge) return bytes;
    number = store(shown, bytes);
    bytes.clear();
  }
  CborWriter writer(bytes);
  writer.tag(kStoredTag);
  writer.number(number);
  return bytes;
}

std::string RecordedValues::digest(const Value& value, bool& was_masked) {
  const Value shown = masked(value, was_masked);
  const Large* known = find_large(shown);
  if (known && !known->digest.empty()) return known->digest;
  std::string bytes;
  const CborWriter::ObjectName name = [this](const ForeignObject& object) {
    return origins_.name_of(object);
  };
  CborWriter(bytes, &name).value(shown);
  if (bytes.size() <= kLarge) return short_digest(bytes);
  return remember_large(shown).digest = short_digest(bytes);
}

/// 0: it is not large.
std::uint64_t RecordedValues::store_text(const Value& text) {
  if (text.as_text().size() <= kLarge) return 0;
  const Large* known = find_large(text);
  if (known && known->number != 0) return known->number;
  std::string bytes;
  CborWriter(bytes).value(text);
  return store(text, bytes);
}

std::uint64_t RecordedValues::store(const Value& value, std::string_view encoded) {
  const auto [found, is_new] = stored_.try_emplace(short_digest(encoded), last_number_ + stored_.size() + 1);
  remember_large(value).number = found->second;
  if (!is_new) return found->second;
  std::string payload;
  CborWriter writer(payload);
  writer.map(3);
  writer.text("record");
  writer.text("value");
  writer.text("number");
  writer.number(found->second);
  writer.text("value");
  payload += encoded;
  append_(payload);
  return found->second;
}

}  // namespace vnode
