#include "apps/vnode/event_follower.h"

#include "apps/vnode/reply_members.h"

namespace vnode {

std::optional<CallError> EventFollower::read(const Callbacks& callbacks) {
  for (;;) {
    const Dict params = {
        {"id", Value(id_)}, {"since", Value(static_cast<std::int64_t>(since_))}, {"follow", Value(follows_)}};
    std::variant<Value, CallError> reply =
        connection_.call_patiently("run.events", params, callbacks.on_lost);
    if (auto* error = std::get_if<CallError>(&reply)) return std::move(*error);
    const std::int64_t subscription = integer_member(std::get<Value>(reply), "subscription").value_or(0);
    switch (read_subscription(subscription, callbacks)) {
      case Outcome::kEnded:
        return std::nullopt;
      case Outcome::kInterrupted:
        return CallError{{.word = "interrupted", .message = "interrupted"}, false};
      case Outcome::kLost:
        break;
    }
  }
}

EventFollower::Outcome EventFollower::read_subscription(std::int64_t subscription,
                                                        const Callbacks& callbacks) {
  for (;;) {
    const auto notification = connection_.next_notification(callbacks.on_idle());
    if (!notification) {
      if (connection_.is_interrupted()) return Outcome::kInterrupted;
      if (!connection_.is_connected()) return Outcome::kLost;
      continue;
    }
    if (integer_member(notification->params, "subscription") != subscription) continue;
    if (notification->method == "run.event") {
      const Value* event = member(notification->params, "event");
      if (!event) continue;
      const auto seq = static_cast<std::uint64_t>(integer_member(*event, "seq").value_or(0));
      if (seq > since_) since_ = seq;
      if (!callbacks.on_event(*event)) return Outcome::kEnded;
    } else if (notification->method == "run.events_end") {
      const std::string status = text_member(notification->params, "status");
      const bool has_ended = status != "pending" && status != "running";
      // A daemon that shuts down ends its subscriptions too: the run goes on under the next one.
      return has_ended || !follows_ ? Outcome::kEnded : Outcome::kLost;
    }
  }
}

}  // namespace vnode
