#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/secret_mask.h"
#include "events/event.h"
#include "model/value_mask.h"

namespace vnode {

/// Takes the secrets of a run out of its events, before anybody gets to see them. Thread rule: one thread at
/// a time; the mask must outlive it.
class EventMask {
 public:
  explicit EventMask(const SecretMask& mask) : mask_(mask), values_(mask) {}

  /// What is masked in `body` is valid until the next call.
  void apply(EventBody& body) {
    if (!mask_.is_empty()) apply_to_all(body);
  }

 private:
  void apply_to_all(EventBody& body);
  void apply_to(std::string_view& text);

  void apply_to(ExecutionStarted& body);
  void apply_to(NodeStarted& body) { apply_to(body.reason_detail); }
  void apply_to(NodeOutput& body);
  void apply_to(NodeLog& body) { apply_to(body.message); }
  void apply_to(NodeError& body);
  void apply_to(NodeProgress& body) { apply_to(body.message); }
  void apply_to(NodeWaiting& body) { apply_to(body.detail); }
  void apply_to(NodeResumed&) {}
  void apply_to(NodeFinished& body) { apply_to(body.cause); }
  void apply_to(ExecutionPaused&) {}
  void apply_to(ExecutionUnpaused&) {}
  void apply_to(StreamGap&) {}
  void apply_to(ExecutionFinished& body);

  const SecretMask& mask_;
  ValueMask values_;
  std::deque<std::string> texts_;  ///< a deque: they do not move
  std::vector<PortValue> output_;
  Problems problems_;
};

}  // namespace vnode
