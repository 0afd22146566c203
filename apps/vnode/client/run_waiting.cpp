#include "apps/vnode/client/run_waiting.h"

#include <algorithm>

#include "apps/vnode/show/run_info.h"
#include "store/run_id.h"

namespace vnode {

std::variant<Value, CallError> wait_for_run(DaemonConnection& connection, const std::string& id,
                                            std::optional<SteadyTime> deadline, Diagnostics& diagnostics) {
  const auto on_lost = [&] {
    diagnostics.warning("the daemon went away; looking for it (" + noun_of(id) + " " + id + ")");
  };
  const char* method = looks_like_group_id(id) ? "group.wait" : "run.wait";
  for (;;) {
    Dict params = {{"id", Value(id)}};
    double left = 0;
    if (deadline) {
      left = std::chrono::duration<double>(*deadline - std::chrono::steady_clock::now()).count();
      params.set("timeout", Value(std::max(left, 0.0)));
    }
    std::variant<Value, CallError> reply = connection.call_patiently(method, params, on_lost);
    const Value* run = std::get_if<Value>(&reply);
    // An answer before its time comes from a daemon that ends: the next one is asked again.
    if (!run || read_run_info(*run).has_ended() || (deadline && left <= 0)) return reply;
  }
}

}  // namespace vnode
