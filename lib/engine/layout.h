#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/port.h"

namespace vnode {

using SlotIndex = std::uint32_t;
inline constexpr SlotIndex kNoSlot = 0xFFFFFFFF;

/// The parameter table of an instance, as a shape: every name that a value can stand under has a slot. Inputs
/// and outputs of one name share the slot (rule 2); further names are those of saved parameters and of wires
/// that no port bears. Instances of one type usually share one layout. Immutable.
class Layout {
 public:
  Layout(std::vector<Port> inputs, std::vector<Port> outputs, std::span<const std::string> further_names);

  std::size_t size() const { return names_.size(); }
  SlotIndex find(std::string_view name) const;
  std::string_view name(SlotIndex slot) const { return names_[slot]; }

  /// Null where the slot is not a declared input or output.
  const Port* input(SlotIndex slot) const {
    return roles_[slot].input < 0 ? nullptr : &inputs_[roles_[slot].input];
  }
  const Port* output(SlotIndex slot) const {
    return roles_[slot].output < 0 ? nullptr : &outputs_[roles_[slot].output];
  }

  /// Slots in port order.
  std::span<const SlotIndex> inputs() const { return input_slots_; }
  std::span<const SlotIndex> outputs() const { return output_slots_; }
  std::span<const SlotIndex> exec_outputs() const { return exec_output_slots_; }
  bool has_exec_input() const { return has_exec_input_; }

  /// The parameters of an instance right after construction.
  std::span<const Value> initial() const { return initial_; }

 private:
  struct Role {
    std::int32_t input = -1;
    std::int32_t output = -1;
  };
  /// Up to this many names are found by comparing, which is faster than hashing them.
  static constexpr std::size_t kHashedFrom = 17;

  SlotIndex add(const std::string& name);

  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
  std::vector<std::string> names_;
  std::vector<Role> roles_;
  std::vector<Value> initial_;
  std::vector<SlotIndex> input_slots_;
  std::vector<SlotIndex> output_slots_;
  std::vector<SlotIndex> exec_output_slots_;
  std::unordered_map<std::string, SlotIndex> hashed_;
  bool has_exec_input_ = false;
};

}  // namespace vnode
