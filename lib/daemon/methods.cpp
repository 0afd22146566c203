#include "daemon/methods.h"

#include <algorithm>
#include <vector>

namespace vnode {
namespace {

const std::vector<Method>& all_methods() {
  static const std::vector<Method> joined = [] {
    std::vector<Method> methods;
    for (const std::span<const Method> table :
         {submit_methods(), run_methods(), group_methods(), retry_methods(), result_methods(),
          event_methods(), queue_methods(), node_methods(), daemon_methods()}) {
      methods.insert(methods.end(), table.begin(), table.end());
    }
    return methods;
  }();
  return joined;
}

}  // namespace

std::span<const MethodSpec> method_specs() {
  static const std::vector<MethodSpec> specs = [] {
    std::vector<MethodSpec> found;
    for (const Method& method : all_methods()) found.push_back(method.spec);
    return found;
  }();
  return specs;
}

const Method* find_method(std::string_view name) {
  const std::vector<Method>& methods = all_methods();
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [name](const Method& method) { return method.spec.name == name; });
  return found == methods.end() ? nullptr : &*found;
}

}  // namespace vnode
