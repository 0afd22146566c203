#include "engine/emitter.h"

namespace vnode {

void Emitter::emit(NodeRef node, const LevelPath* path, EventBody body) {
  path_.resize(path ? path->groups : 0);
  iteration_.resize(path ? path->items : 0);
  for (std::size_t group = path_.size(), item = iteration_.size(); path; path = path->outer) {
    if (path->iteration) {
      iteration_[--item] = *path->iteration;
    } else {
      path_[--group] = path->group;
    }
  }
  node.path = path_;
  node.iteration = iteration_;
  send(node, std::move(body));
}

void Emitter::send(std::optional<NodeRef> node, EventBody body) {
  mask_.apply(body);
  sink_.on_event(Event{++seq_, clock_.wall_now(), run_id_, node, std::move(body)});
}

}  // namespace vnode
