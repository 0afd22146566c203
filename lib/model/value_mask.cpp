#include "model/value_mask.h"

#include <optional>
#include <utility>
#include <vector>

#include "model/foreign_object.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// An object that shows less of itself. The node code's own is not behind it any more.
Value mask_object(const SecretMask& mask, const ForeignObject& object) {
  return Value::object(std::make_shared<const ForeignObject>(
      mask.apply(object.type()), mask.apply(object.repr()), mask.apply(object.text()), object.truth()));
}

/// Of what holds no other values; nullopt: there is nothing in it to be masked.
std::optional<Value> mask_leaf(const SecretMask& mask, const Value& value) {
  switch (value.kind()) {
    case Kind::kText:
      if (!mask.is_in(value.as_text())) return std::nullopt;
      return Value(mask.apply(std::string(value.as_text())));
    case Kind::kInt:
    case Kind::kFloat:
    case Kind::kBigInt: {
      if (!mask.may_be_in_numbers()) return std::nullopt;
      std::string text = to_text(value);
      if (!mask.is_in(text)) return std::nullopt;
      return Value(mask.apply(std::move(text)));
    }
    case Kind::kObject: {
      const ForeignObject& object = value.as_object();
      if (!mask.is_in(object.type()) && !mask.is_in(object.repr()) && !mask.is_in(object.text()) &&
          !(object.is_data() && mask.is_in(object.data())))
        return std::nullopt;
      return mask_object(mask, object);
    }
    default:
      return std::nullopt;
  }
}

bool is_container(const Value& value) { return value.is_list() || value.is_dict(); }

std::size_t item_count(const Value& container) {
  return container.is_list() ? container.as_list().size() : 2 * container.as_entries().size();
}

/// Of a dictionary keys and values in turn.
const Value& item_at(const Value& container, std::size_t index) {
  if (container.is_list()) return container.as_list()[index];
  const DictEntry& entry = container.as_entries()[index / 2];
  return index % 2 == 0 ? entry.key : entry.value;
}

/// One container on the way down: values may be nested more deeply than any stack is.
struct Level {
  Value source;
  std::size_t next = 0;
  std::vector<Value> items = {};
};

bool has_secret(const SecretMask& mask, const Value& root) {
  if (!is_container(root)) return mask_leaf(mask, root).has_value();
  std::vector<Level> levels = {{root}};
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.next == item_count(level.source)) {
      levels.pop_back();
      continue;
    }
    const Value& item = item_at(level.source, level.next++);
    if (is_container(item)) {
      Value inner = item;
      levels.push_back({std::move(inner)});
    } else if (mask_leaf(mask, item)) {
      return true;
    }
  }
  return false;
}

Value made_of(Level level) {
  if (level.source.is_list()) return Value::list(std::move(level.items));
  Dict dict;
  for (std::size_t i = 0; i + 1 < level.items.size(); i += 2)
    dict.set(std::move(level.items[i]), std::move(level.items[i + 1]));
  return dict;
}

Value masked_copy(const SecretMask& mask, const Value& root) {
  if (!is_container(root)) return mask_leaf(mask, root).value_or(root);
  std::vector<Level> levels = {{root}};
  for (;;) {
    Level& level = levels.back();
    if (level.next < item_count(level.source)) {
      Value item = item_at(level.source, level.next++);
      if (is_container(item)) {
        levels.push_back({std::move(item)});
      } else {
        level.items.push_back(mask_leaf(mask, item).value_or(item));
      }
      continue;
    }
    Value made = made_of(std::move(level));
    levels.pop_back();
    if (levels.empty()) return made;
    levels.back().items.push_back(std::move(made));
  }
}

Value mask_value(const SecretMask& mask, const Value& value) {
  return has_secret(mask, value) ? masked_copy(mask, value) : value;
}

}  // namespace

Value ValueMask::apply(const Value& value) {
  if (mask_.is_empty()) return value;
  return value.is_list() ? apply_to_list(value) : mask_value(mask_, value);
}

Value ValueMask::apply_to_list(const Value& list) {
  const std::span<const Value> items = list.as_list();
  const bool goes_on = known_list_.is_list() && known_list_.identity() == list.identity() &&
                       known_list_.as_list().size() <= items.size() && !items.empty() &&
                       known_generation_ == mask_.generation();
  Value masked;
  if (!goes_on) {
    known_generation_ = mask_.generation();
    masked = mask_value(mask_, list);
  } else {
    // As long as nothing had to be masked it is the list itself.
    const std::size_t known = known_list_.as_list().size();
    bool is_itself = known_masked_.identity() == list.identity();
    masked = is_itself ? list : known_masked_;
    for (std::size_t i = known; i < items.size(); ++i) {
      Value item = mask_value(mask_, items[i]);
      if (is_itself && item.is_same_object(items[i])) continue;
      if (std::exchange(is_itself, false)) masked = Value::list(items.subspan(0, i));
      masked = Value::appended(masked, std::move(item));
    }
  }
  known_list_ = list;
  known_masked_ = masked;
  return masked;
}

void mask_problem(const SecretMask& mask, Problem& problem) {
  if (mask.is_empty()) return;
  for (std::string* text :
       {&problem.pointer, &problem.message, &problem.hint, &problem.node, &problem.traceback}) {
    *text = mask.apply(std::move(*text));
  }
}

}  // namespace vnode
