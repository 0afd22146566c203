#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "node/node_type.h"

namespace vnode {

/// The ports of one side, found by name in constant time, however many there are.
class PortIndex {
 public:
  explicit PortIndex(const std::vector<Port>& ports);

  const Port* find(std::string_view name) const;
  const std::vector<Port>& ports() const { return ports_; }

 private:
  static constexpr std::size_t kFewPorts = 16;  ///< so many are compared one by one, which is quicker

  const std::vector<Port>& ports_;
  std::unordered_map<std::string_view, const Port*> by_name_;
};

/// The ports of a node type, or of an instance that adds its own. Refers to its arguments.
class PortTable {
 public:
  PortTable(const NodeType& type, const std::vector<Port>& inputs, const std::vector<Port>& outputs);

  /// One without a name for a further input of a type that takes any.
  const Port* input(std::string_view name) const;
  /// Also by an alias (rule 26).
  const Port* output(std::string_view name) const;
  bool has_exec_input() const { return has_exec_input_; }

  /// For people who mistyped a name: the one that they may have meant, or which there are.
  std::string advise_input(std::string_view wrong) const;
  std::string advise_output(std::string_view wrong) const;

 private:
  const NodeType& type_;
  PortIndex inputs_;
  PortIndex outputs_;
  bool has_exec_input_;
};

}  // namespace vnode
