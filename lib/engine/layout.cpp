#include "engine/layout.h"

namespace vnode {

Layout::Layout(std::vector<Port> inputs, std::vector<Port> outputs,
               std::span<const std::string> further_names)
    : inputs_(std::move(inputs)), outputs_(std::move(outputs)) {
  // A parameter is set when its name first appears, inputs before outputs; declaring it again leaves it
  // alone.
  auto set_initial = [this](SlotIndex slot, const Port& port) {
    if (initial_[slot].is_unset())
      initial_[slot] = port.initial.is_unset() ? port.default_value : port.initial;
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const SlotIndex slot = add(inputs_[i].name);
    roles_[slot].input = static_cast<std::int32_t>(i);
    input_slots_.push_back(slot);
    has_exec_input_ |= inputs_[i].is_exec();
    set_initial(slot, inputs_[i]);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const SlotIndex slot = add(outputs_[i].name);
    roles_[slot].output = static_cast<std::int32_t>(i);
    output_slots_.push_back(slot);
    if (outputs_[i].is_exec()) exec_output_slots_.push_back(slot);
    set_initial(slot, outputs_[i]);
  }
  for (const std::string& name : further_names) add(name);
}

SlotIndex Layout::find(std::string_view name) const {
  if (!hashed_.empty()) {
    auto found = hashed_.find(std::string(name));
    return found == hashed_.end() ? kNoSlot : found->second;
  }
  for (SlotIndex slot = 0; slot < names_.size(); ++slot) {
    if (names_[slot] == name) return slot;
  }
  return kNoSlot;
}

SlotIndex Layout::add(const std::string& name) {
  SlotIndex slot = find(name);
  if (slot != kNoSlot) return slot;
  slot = static_cast<SlotIndex>(names_.size());
  names_.push_back(name);
  roles_.emplace_back();
  initial_.push_back(Value::unset());
  if (!hashed_.empty()) {
    hashed_.emplace(name, slot);
  } else if (names_.size() >= kHashedFrom) {
    for (SlotIndex i = 0; i < names_.size(); ++i) hashed_.emplace(names_[i], i);
  }
  return slot;
}

}  // namespace vnode
