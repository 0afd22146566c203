#include "apps/vnode/client/event_follower.h"

#include <chrono>
#include <utility>

#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

/// A subscription that lasted so long has worked.
constexpr auto kLongWait = std::chrono::seconds(1);

/// The event within its notification, whose last member it is (`lib/rpc/protocol.md`). Of another daemon,
/// which arranges its messages in another way, it is written anew into `written`: equal, but perhaps not in
/// every byte.
std::string_view event_text(std::string_view message, const Value& event, std::string& written) {
  constexpr std::string_view kBegin = R"({"jsonrpc":"2.0","method":"run.event","params":{"subscription":)";
  constexpr std::string_view kEvent = R"(,"event":)";
  constexpr std::string_view kEnd = "}}";
  if (message.starts_with(kBegin) && message.ends_with(kEnd)) {
    const std::size_t number_end = message.find_first_not_of("0123456789", kBegin.size());
    if (number_end != std::string_view::npos && message.substr(number_end).starts_with(kEvent)) {
      message.remove_prefix(number_end + kEvent.size());
      message.remove_suffix(kEnd.size());
      return message;
    }
  }
  written.clear();
  append_json(written, event);
  return written;
}

}  // namespace

std::optional<CallError> EventFollower::read(const Callbacks& callbacks) {
  // One that is lost again and again, with nothing read in between, will never say more.
  constexpr int kMostLosses = 10;
  std::uint64_t lost_at = since_;
  for (int losses = 0; losses < kMostLosses; ++losses) {
    if (std::exchange(lost_at, since_) != since_) losses = 0;
    const SteadyTime start = std::chrono::steady_clock::now();
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
        if (std::chrono::steady_clock::now() - start > kLongWait) losses = 0;
        break;
    }
  }
  return CallError{{.word = "disconnected", .message = "the daemon closes the connection each time"}, false};
}

EventFollower::Outcome EventFollower::read_subscription(std::int64_t subscription,
                                                        const Callbacks& callbacks) {
  std::string written;
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
      ++(text_member(*event, "type") == "stream_gap" ? gaps_ : events_);
      if (!callbacks.on_event(*event, event_text(notification->text, *event, written)))
        return Outcome::kEnded;
    } else if (notification->method == "run.events_end") {
      const std::optional<RunStatus> status = parse_run_status(text_member(notification->params, "status"));
      const bool has_ended = !status || is_ended(*status);
      has_run_ended_ = status && is_ended(*status);
      // A daemon that shuts down ends its subscriptions too: the run goes on under the next one.
      return has_ended || !follows_ ? Outcome::kEnded : Outcome::kLost;
    }
  }
}

ExitCode report_lost_events(const std::string& id, Diagnostics& diagnostics) {
  diagnostics.error("run " + id +
                    " has ended, and none of its events are left: the daemon's file of them was removed or "
                    "damaged, or the disk was full ('vnode show " +
                    id + "' says how it ended)");
  return kExitNodeFailed;
}

}  // namespace vnode
