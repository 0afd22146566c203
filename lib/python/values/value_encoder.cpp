#include "python/values/value_encoder.h"

#include <utility>

#include "model/json_writer.h"
#include "python/values/data_object.h"
#include "python/values/forms.h"

namespace vnode {

ContentParts ValueEncoder::append(std::string& out, const Value& value) {
  const std::size_t start = out.size();
  begin(out, value);
  while (!opened_.empty()) {
    if (opened_.back().next == opened_.back().size) {
      end(out);
    } else {
      next_member(out);
    }
  }
  if (!parts_.parts.empty()) parts_.parts[0].value = nullptr;
  parts_.bytes = out.size() - start;
  return std::exchange(parts_, {});
}

void ValueEncoder::begin(std::string& out, const Value& value) {
  if (value.is_list()) {
    const auto items = value.as_list();
    out += '[';
    opened_.push_back({items.data(), nullptr, items.size(), 0, parts_.open(&value), "]", false});
  } else if (value.is_dict()) {
    begin_dict(out, value);
  } else if (value.is_object()) {
    append_object(out, value.as_object());
  } else {
    append_json(out, value, NonFinite::kBare);
  }
}

void ValueEncoder::begin_dict(std::string& out, const Value& dict) {
  const auto entries = dict.as_entries();
  const bool has_pairs = needs_pairs(entries);
  out += has_pairs ? R"({"$d":[)" : "{";
  opened_.push_back(
      {nullptr, entries.data(), entries.size(), 0, parts_.open(&dict), has_pairs ? "]]}" : "}", has_pairs});
}

void ValueEncoder::next_member(std::string& out) {
  Opened& top = opened_.back();
  if (top.next > 0) out += top.has_pairs ? "]," : ",";
  if (!top.entries) return begin(out, top.items[top.next++]);  // may invalidate `top`, as below
  const DictEntry& entry = top.entries[top.next++];
  if (top.has_pairs) out += '[';
  const char separator = top.has_pairs ? ',' : ':';
  begin(out, entry.key);  // keys are no containers
  out += separator;
  begin(out, entry.value);
}

void ValueEncoder::end(std::string& out) {
  const Opened& top = opened_.back();
  out += top.closing;
  parts_.close(top.part);
  opened_.pop_back();
}

void ValueEncoder::append_object(std::string& out, const ForeignObject& object) {
  const auto* data = dynamic_cast<const DataObject*>(&object);
  if (data) return data->append(out, objects_);
  // What a journal has kept.
  if (const std::string form = object.is_data() ? object.data() : std::string(); is_data_form(form)) {
    out += form;
    return;
  }
  objects_.append(out, object);
}

}  // namespace vnode
