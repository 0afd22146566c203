#include "python/values/value_decoder.h"

#include <utility>

#include "model/value_ops.h"
#include "python/values/data_object.h"
#include "python/values/forms.h"

namespace vnode {
namespace {

/// Whether a decoded value can be a key of a Python dict, or an item of one that is a tuple. Takes tuples for
/// what they came as.
bool can_be_key(const Value& raw, const Value& value) {
  if (is_hashable(value)) return true;
  const Form form = form_of(raw);
  if (form.tag != "$t") return false;
  const auto items = value.as_list();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!can_be_key(form.argument->as_list()[i], items[i])) return false;
  }
  return true;
}

/// repr() of a key: its lists have been tuples.
void append_key_repr(std::string& out, const Value& key) {
  if (!key.is_list()) {
    out += to_repr(key);
    return;
  }
  const auto items = key.as_list();
  out += '(';
  for (const Value& item : items) {
    if (&item != items.data()) out += ", ";
    append_key_repr(out, item);
  }
  out += items.size() == 1 ? ",)" : ")";
}

}  // namespace

Result<Value> ValueDecoder::decode(const Value& raw) {
  bool is_fine = begin(raw);
  while (is_fine && !opened_.empty()) {
    is_fine = opened_.back().next == opened_.back().size ? end() : begin_next();
  }
  if (!is_fine) return error_;
  return result_;
}

bool ValueDecoder::begin(const Value& raw) {
  if (raw.is_list()) {
    const auto items = raw.as_list();
    return open({Shape::kList, items.data(), nullptr, items.size()});
  }
  if (!raw.is_dict()) return deliver(raw);
  if (form_of(raw).argument) return begin_form(raw);
  const auto entries = raw.as_entries();
  return open({Shape::kDict, nullptr, entries.data(), entries.size()});
}

bool ValueDecoder::begin_form(const Value& raw) {
  const auto [tag, argument] = form_of(raw);
  if (tag == "$o") return deliver_object(objects_.receive(*argument));
  if (tag == "$v") {
    return deliver_object(DataObject::read(*argument, objects_));
  }
  if (tag != "$t" && tag != "$d") return fail("a value may not hold the form " + std::string(tag));
  if (!argument->is_list()) return fail(std::string(tag) + " must hold a list");
  const auto items = argument->as_list();
  if (tag == "$t") return open({Shape::kList, items.data(), nullptr, items.size()});
  return open({Shape::kPairs, items.data(), nullptr, items.size() * 2});
}

bool ValueDecoder::begin_next() {
  Opened& top = opened_.back();
  switch (top.shape) {
    case Shape::kList:
      return begin(top.items[top.next]);
    case Shape::kDict:
      return begin(top.entries[top.next].value);
    case Shape::kPairs:
      break;
  }
  return top.next % 2 == 0 ? begin_key(top) : begin(top.items[top.next / 2].as_list()[1]);
}

bool ValueDecoder::begin_key(Opened& pairs) {
  const Value& pair = pairs.items[pairs.next / 2];
  if (!pair.is_list() || pair.as_list().size() != 2) return fail("$d must hold pairs");
  pairs.first_part = next_part_;
  return begin(pair.as_list()[0]);
}

bool ValueDecoder::open(Opened container) {
  if (opened_.size() >= kMaxFormDepth) return fail("a value nests too deep");
  ++next_part_;
  if (container.shape == Shape::kList) {
    container.values.reserve(container.size);
  } else {
    container.dict.reserve(container.shape == Shape::kPairs ? container.size / 2 : container.size);
  }
  opened_.push_back(std::move(container));
  return true;
}

/// `value` is complete: the next member of what is open, or the result.
bool ValueDecoder::deliver(Value value) {
  if (opened_.empty()) {
    result_ = std::move(value);
    return true;
  }
  Opened& top = opened_.back();
  const std::size_t at = top.next++;
  switch (top.shape) {
    case Shape::kList:
      top.values.push_back(std::move(value));
      return true;
    case Shape::kDict:
      top.dict.set(top.entries[at].key, std::move(value));
      return true;
    case Shape::kPairs:
      break;
  }
  return at % 2 == 0 ? deliver_key(top, std::move(value)) : deliver_member(top, std::move(value));
}

bool ValueDecoder::deliver_key(Opened& pairs, Value key) {
  const Value& raw = pairs.items[pairs.next / 2].as_list()[0];
  if (!can_be_key(raw, key)) return fail("$d has a key that cannot be one");
  if (!is_hashable(key)) {
    std::string text;
    append_key_repr(text, key);
    key = Value(text);
    forget_parts_from(pairs.first_part);
  }
  pairs.key = std::move(key);
  return true;
}

bool ValueDecoder::deliver_member(Opened& pairs, Value member) {
  if (pairs.dict.find_entry(pairs.key)) {
    // Only the text of a tuple can be the same as another key. One of the two has to go.
    forget_parts_from(pairs.first_part);
  } else {
    pairs.dict.set(std::move(pairs.key), std::move(member));
  }
  return true;
}

bool ValueDecoder::deliver_object(Result<Value> object) {
  if (object) return deliver(*std::move(object));
  error_ = object.error();
  return false;
}

bool ValueDecoder::end() {
  Opened& top = opened_.back();
  Value value = top.shape == Shape::kList ? Value::list(std::move(top.values)) : Value(std::move(top.dict));
  opened_.pop_back();
  return deliver(std::move(value));
}

bool ValueDecoder::fail(std::string message) {
  error_ = protocol_error(std::move(message));
  return false;
}

/// Nothing of what has been decoded since part `first` stays.
void ValueDecoder::forget_parts_from(std::uint32_t first) {
  while (!gaps_.empty() && gaps_.back() >= first) gaps_.pop_back();
  for (std::uint32_t part = first; part < next_part_; ++part) gaps_.push_back(part);
}

}  // namespace vnode
