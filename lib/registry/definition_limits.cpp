#include "registry/definition_limits.h"

#include "model/value_ops.h"

namespace vnode {

NodeLimits definition_limits(const Value& document, Problems& problems) {
  const Dict keys = document.as_dict();
  const Value* limits = keys.find(std::string_view("limits"));
  if (!limits || !truthy(*limits)) return {};
  const bool is_command = keys.find(std::string_view("command")) != nullptr;
  const MemberReader members(*limits, "/limits", problems, "bad_limit");
  for (const DictEntry& entry : members.entries()) {
    const std::string name = to_text(entry.key);
    if (!is_command && !is_node_limit(name)) members.complain(name, "is no limit of such a node");
  }
  return read_node_limits(members);
}

}  // namespace vnode
