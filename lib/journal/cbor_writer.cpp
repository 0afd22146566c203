#include "journal/cbor_writer.h"

#include <bit>

#include "model/foreign_object.h"

namespace vnode {

void CborWriter::head(unsigned major, std::uint64_t argument) {
  const auto first = static_cast<unsigned>(major << 5);
  if (argument < 24) {
    out_ += static_cast<char>(first | argument);
    return;
  }
  const int bytes = argument <= 0xFF ? 1 : argument <= 0xFFFF ? 2 : argument <= 0xFFFFFFFF ? 4 : 8;
  const unsigned kind = bytes == 1 ? 24 : bytes == 2 ? 25 : bytes == 4 ? 26 : 27;
  out_ += static_cast<char>(first | kind);
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out_ += static_cast<char>(argument >> shift);
}

void CborWriter::integer(std::int64_t value) {
  if (value >= 0) {
    head(0, static_cast<std::uint64_t>(value));
  } else {
    head(1, ~static_cast<std::uint64_t>(value));
  }
}

void CborWriter::real(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  out_ += '\xfb';
  for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(bits >> shift);
}

void CborWriter::text(std::string_view value) {
  head(3, value.size());
  out_ += value;
}

void CborWriter::object(const Value& value) {
  const ForeignObject& object = value.as_object();
  const bool is_data = object.is_data();
  tag(kObjectTag);
  if (name_) {
    array(2);
    text(object.type());
    return text(is_data ? object.data() : (*name_)(object));
  }
  array(is_data ? 5 : 4);
  text(object.type());
  text(object.repr());
  text(object.text());
  boolean(object.truth());
  if (is_data) text(object.data());
}

/// Of a container only its head; its contents follow.
void CborWriter::begin(const Value& value, const TextStore* store) {
  switch (value.kind()) {
    case Kind::kUnset:
    case Kind::kNone:
      return null();
    case Kind::kBool:
      return boolean(value.as_bool());
    case Kind::kInt:
      return integer(value.as_int());
    case Kind::kFloat:
      return real(value.as_float());
    case Kind::kBigInt:
      tag(kDigitsTag);
      return text(value.as_digits());
    case Kind::kText:
      if (const std::uint64_t stored = store ? (*store)(value) : 0) {
        tag(kStoredTag);
        return number(stored);
      }
      return text(value.as_text());
    case Kind::kObject:
      return object(value);
    case Kind::kList:
      array(value.as_list().size());
      open_.push_back({value.as_list().data(), nullptr, value.as_list().size()});
      return;
    case Kind::kDict:
      map(value.as_entries().size());
      open_.push_back({nullptr, value.as_entries().data(), 2 * value.as_entries().size()});
  }
}

void CborWriter::value(const Value& value, const TextStore* store) {
  const std::size_t outer = open_.size();
  begin(value, store);
  while (open_.size() > outer) {
    Open& open = open_.back();
    if (open.next == open.size) {
      open_.pop_back();
      continue;
    }
    const std::size_t index = open.next++;
    if (open.items) {
      begin(open.items[index], store);
    } else {
      const DictEntry& entry = open.entries[index / 2];
      // Keys stand where they are: readers look for them.
      begin(index % 2 == 0 ? entry.key : entry.value, index % 2 == 0 ? nullptr : store);
    }
  }
}

}  // namespace vnode
