#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "model/value.h"
#include "node/node_type.h"

namespace vnode::test {

/// What the model of a node may do: the counterpart of NodeContext, without coroutines.
class ModelNode {
 public:
  virtual ~ModelNode() = default;
  virtual Value input(const std::string& port) const = 0;  ///< in the snapshot
  virtual Value live(const std::string& port) const = 0;
  virtual void set_live(const std::string& port, Value value) = 0;
  virtual void push(const std::string& port, Value value) = 0;
  virtual void pull(const std::string& port) = 0;
  virtual void yield() = 0;
  virtual bool is_wired_or_saved(const std::string& port) const = 0;
};

/// What the model throws where a node throws NodeFailure.
struct ModelFailure {};

using ModelTable = std::vector<std::pair<std::string, Value>>;

/// A kind of node twice: as the engine runs it, and as the model does. Both behave alike by inspection; that
/// is why they stand side by side and are so short.
struct PropertyKind {
  NodeType type;
  std::function<ModelTable(ModelNode&)> execute;
  std::function<void(ModelNode&, const Value&)> hook = nullptr;  ///< for the ports that `type` watches
  std::vector<std::string> unwired = {};  ///< inputs that only saved values may reach, lest loops get long
};

const std::vector<PropertyKind>& property_kinds();
const PropertyKind& property_kind(const std::string& node_id);

}  // namespace vnode::test
