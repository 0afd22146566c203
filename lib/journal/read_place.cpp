#include "journal/read_place.h"

namespace vnode {
namespace {

const Value* member(const Dict& record, std::string_view name, bool (Value::*is)() const) {
  const Value* value = record.find(name);
  return value && (value->*is)() ? value : nullptr;
}

bool is_number(const Value& value) { return value.is_int() && value.as_int() >= 0; }

}  // namespace

std::optional<ReadPlace> ReadPlace::of(const Dict& record) {
  const Value* node = member(record, "node", &Value::is_text);
  const Value* run = member(record, "run", &Value::is_int);
  const std::optional<Uuid> id = node ? Uuid::parse(node->as_text()) : std::nullopt;
  if (!id || !run || !is_number(*run)) return std::nullopt;
  ReadPlace place;
  place.node_ = *id;
  place.execution_ = static_cast<std::uint32_t>(run->as_int());
  const Value* path = member(record, "path", &Value::is_list);
  const std::span<const Value> items = path ? path->as_list() : std::span<const Value>();
  for (std::size_t i = 0; i < items.size();) {
    const std::optional<Uuid> group = items[i].is_text() ? Uuid::parse(items[i].as_text()) : std::nullopt;
    if (!group || i + 1 == items.size() || !is_number(items[i + 1])) return std::nullopt;
    const LevelPath* outer = place.levels_.empty() ? nullptr : &place.levels_.back();
    const auto execution = static_cast<std::uint32_t>(items[i + 1].as_int());
    i += 2;
    const bool is_item = i + 1 < items.size() && items[i].is_text() && items[i].as_text() == "item";
    if (!is_item) {
      place.levels_.push_back(LevelPath::of_group(outer, *group, execution));
      continue;
    }
    if (!is_number(items[i + 1])) return std::nullopt;
    place.levels_.push_back(LevelPath::of_item(outer, *group, execution));
    place.levels_.back().iteration = items[i + 1].as_int();
    i += 2;
  }
  return place;
}

}  // namespace vnode
