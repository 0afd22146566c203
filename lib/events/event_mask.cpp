#include "events/event_mask.h"

#include <variant>

namespace vnode {

void EventMask::apply_to_all(EventBody& body) {
  texts_.clear();
  std::visit([this](auto& of_type) { apply_to(of_type); }, body);
}

void EventMask::apply_to(std::string_view& text) {
  if (mask_.is_in(text)) text = texts_.emplace_back(mask_.apply(std::string(text)));
}

void EventMask::apply_to(ExecutionStarted& body) {
  apply_to(body.path);
  apply_to(body.name);
}

void EventMask::apply_to(NodeOutput& body) {
  output_.clear();
  for (const PortValue& entry : body.output) {
    std::string_view port = entry.port;
    apply_to(port);
    output_.push_back({port, values_.apply(entry.value)});
  }
  body.output = output_;
}

void EventMask::apply_to(NodeError& body) {
  apply_to(body.message);
  apply_to(body.detail);
}

void EventMask::apply_to(ExecutionFinished& body) {
  apply_to(body.error);
  problems_.assign(body.problems.begin(), body.problems.end());
  for (Problem& problem : problems_) mask_problem(mask_, problem);
  body.problems = problems_;
}

}  // namespace vnode
