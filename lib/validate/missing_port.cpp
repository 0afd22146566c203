#include "validate/missing_port.h"

namespace vnode {
namespace {

const char* effect_of(bool is_source, bool is_exec) {
  if (is_source && is_exec) return "the wire never fires";
  if (is_source) return "nothing comes through the wire, and its target does not use the saved value either";
  return is_exec ? "the wire runs the node all the same"
                 : "the value appears among the node's inputs all the same";
}

}  // namespace

std::string missing_port_text(const NodeInstance& node, const Connection& connection, bool is_source) {
  const std::string& name = is_source ? connection.from_port : connection.to_port;
  return node_label(node) + " has no " + (is_source ? "output " : "input ") + "\"" + name +
         "\": " + effect_of(is_source, connection.is_exec);
}

}  // namespace vnode
