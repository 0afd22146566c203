#include "engine/emitter.h"

namespace vnode {

void Emitter::emit(const Uuid& instance_id, std::string_view node_type, const GroupPath* path,
                   EventBody body) {
  path_.resize(path ? path->depth : 0);
  for (std::size_t i = path_.size(); path; path = path->outer) path_[--i] = path->group;
  send(NodeRef{instance_id, node_type, path_}, std::move(body));
}

void Emitter::send(std::optional<NodeRef> node, EventBody body) {
  mask_.apply(body);
  sink_.on_event(Event{++seq_, clock_.wall_now(), run_id_, node, std::move(body)});
}

}  // namespace vnode
