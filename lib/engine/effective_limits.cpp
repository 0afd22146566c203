#include "engine/effective_limits.h"

namespace vnode {

NodeLimits effective_limits(const NodeLimits& of_instance, const NodeType& type, const RunOptions& run) {
  NodeLimits limits = of_instance;
  if (type.contents == NodeType::Contents::kNone) {
    limits.complete_from(run.limits);
    limits.complete_from(type.limits);
    limits.complete_from(run.default_limits);
    return limits;
  }
  if (!limits.backoff && !limits.backoff_max) {
    limits.backoff = run.default_limits.backoff;
    limits.backoff_max = run.default_limits.backoff_max;
  }
  limits.resources.reset();
  return limits;
}

}  // namespace vnode
