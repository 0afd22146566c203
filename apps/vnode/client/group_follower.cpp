#include "apps/vnode/client/group_follower.h"

#include <algorithm>
#include <utility>

#include "apps/vnode/show/run_info.h"
#include "apps/vnode/show/run_listing.h"
#include "model/members.h"

namespace vnode {
namespace {

/// The daemon allows each client some hundred subscriptions.
constexpr std::size_t kMostAtOnce = 100;

CallError interrupted_call() { return {{.word = "interrupted", .message = "interrupted"}, false}; }

bool has_ended_status(const std::string& status) {
  const std::optional<RunStatus> known = parse_run_status(status);
  return !known || is_ended(*known);
}

}  // namespace

std::optional<CallError> GroupFollower::read(const Callbacks& callbacks) {
  // One that is lost again and again, with nothing read in between, will never say more.
  constexpr int kMostLosses = 10;
  std::uint64_t told = events_;
  for (int losses = 0; losses < kMostLosses; ++losses) {
    if (std::exchange(told, events_) != events_) losses = 0;
    if (std::optional<CallError> error = begin(callbacks)) return error;
    auto outcome = follow(callbacks);
    if (auto* error = std::get_if<CallError>(&outcome)) return std::move(*error);
    switch (std::get<Outcome>(outcome)) {
      case Outcome::kEnded:
        return std::nullopt;
      case Outcome::kInterrupted:
        return interrupted_call();
      case Outcome::kLost:
      case Outcome::kGoOn:
        break;
    }
  }
  return CallError{{.word = "disconnected", .message = "the daemon closes the connection each time"}, false};
}

/// Asks for changes first and for what is there then, so that nothing falls in between.
std::optional<CallError> GroupFollower::begin(const Callbacks& callbacks) {
  reading_.clear();
  wanted_.clear();
  for (auto& [id, followed] : runs_) followed.is_asked_for = false;
  const DaemonCall call = [&](std::string_view method, const Dict& params) {
    return connection_.call_patiently(method, params, callbacks.on_lost);
  };
  const std::variant<Value, CallError> group = call("group.get", {{"id", Value(group_)}});
  if (const auto* error = std::get_if<CallError>(&group)) return *error;
  group_ = text_member(std::get<Value>(group), "id");
  if (follows_) {
    const std::variant<Value, CallError> watched = call("run.watch", {});
    if (const auto* error = std::get_if<CallError>(&watched)) return *error;
  }
  const std::variant<RunListing, CallError> listing = list_runs({.all = true, .group = group_}, call);
  if (const auto* error = std::get_if<CallError>(&listing)) return *error;
  const std::vector<Value>& found = std::get<RunListing>(listing).runs;
  std::vector<Run> runs;
  for (const Value& run : found) runs.push_back({text_member(run, "id"), text_member(run, "group_value")});
  callbacks.on_runs(runs);
  for (const bool is_live : {false, true}) {
    for (const Value& run : found) {
      if (has_ended_status(text_member(run, "status")) != is_live) note(run);
    }
  }
  return std::nullopt;
}

/// A run as it is now. One that has not begun has nothing to tell.
void GroupFollower::note(const Value& run) {
  const RunInfo info = read_run_info(run);
  Followed& followed = runs_[info.id];
  const bool is_new = followed.run.id.empty();
  const bool was_live = !is_new && followed.is_live;
  followed.run = {info.id, info.group_value};
  if (followed.is_read && info.has_ended()) return;
  followed.is_read = false;
  followed.is_live = !info.has_ended() || was_live;
  const bool has_begun = !info.is_pending() || info.attempt > 1;
  if (has_begun) want(info.id);
}

void GroupFollower::want(const std::string& id) {
  if (!std::exchange(runs_.at(id).is_asked_for, true)) wanted_.push_back(id);
}

/// Those that have ended before are told one by one, in their order.
bool GroupFollower::may_subscribe() const {
  if (wanted_.empty() || reading_.size() >= kMostAtOnce) return false;
  if (reading_.empty()) return true;
  const bool are_live = std::all_of(reading_.begin(), reading_.end(),
                                    [this](const auto& entry) { return runs_.at(entry.second).is_live; });
  return follows_ && are_live && runs_.at(wanted_.front()).is_live;
}

std::optional<CallError> GroupFollower::subscribe() {
  while (may_subscribe()) {
    const std::string id = wanted_.front();
    wanted_.pop_front();
    const Dict params = {{"id", Value(id)},
                         {"since", Value(static_cast<std::int64_t>(runs_.at(id).since))},
                         {"follow", Value(follows_)}};
    const std::variant<Value, CallError> reply = connection_.call("run.events", params);
    if (const auto* error = std::get_if<CallError>(&reply)) {
      if (error->error.word == "unknown_run") continue;  // it was removed meanwhile
      return *error;
    }
    reading_[integer_member(std::get<Value>(reply), "subscription").value_or(0)] = id;
  }
  return std::nullopt;
}

bool GroupFollower::is_over() const {
  if (!wanted_.empty() || !reading_.empty()) return false;
  return !follows_ || std::all_of(runs_.begin(), runs_.end(), [](const auto& entry) {
    return entry.second.is_read || !entry.second.is_live;
  });
}

std::variant<GroupFollower::Outcome, CallError> GroupFollower::follow(const Callbacks& callbacks) {
  for (;;) {
    if (std::optional<CallError> error = subscribe()) {
      if (connection_.is_interrupted()) return Outcome::kInterrupted;
      if (!connection_.is_connected()) return Outcome::kLost;
      return std::move(*error);
    }
    if (is_over()) return Outcome::kEnded;
    const auto notification = connection_.next_notification(std::nullopt);
    if (!notification) {
      if (connection_.is_interrupted()) return Outcome::kInterrupted;
      if (!connection_.is_connected()) return Outcome::kLost;
      continue;
    }
    const Outcome outcome = take(*notification, callbacks);
    if (outcome != Outcome::kGoOn) return outcome;
  }
}

GroupFollower::Outcome GroupFollower::take(const Client::Notification& notification,
                                           const Callbacks& callbacks) {
  const std::int64_t subscription = integer_member(notification.params, "subscription").value_or(-1);
  if (notification.method == "run.changed") {
    const Value* run = member(notification.params, "run");
    if (run && text_view(*run, "group") == group_) note(*run);
    return Outcome::kGoOn;
  }
  if (notification.method == "run.removed") {
    for (const Value& id : list_member(notification.params, "ids")) {
      const auto gone = runs_.find(id.is_text() ? std::string(id.as_text()) : std::string());
      if (gone != runs_.end()) gone->second.is_read = true;
    }
    return Outcome::kGoOn;
  }
  const auto reading = reading_.find(subscription);
  if (reading == reading_.end()) return Outcome::kGoOn;
  Followed& followed = runs_.at(reading->second);
  if (notification.method == "run.event") {
    const Value* event = member(notification.params, "event");
    if (!event) return Outcome::kGoOn;
    ++events_;
    followed.since = std::max(followed.since, static_cast<std::uint64_t>(count_member(*event, "seq")));
    return callbacks.on_event(followed.run, *event) ? Outcome::kGoOn : Outcome::kEnded;
  }
  if (notification.method != "run.events_end") return Outcome::kGoOn;
  reading_.erase(reading);
  followed.is_asked_for = false;
  const bool has_ended = has_ended_status(text_member(notification.params, "status"));
  followed.is_read = has_ended || !follows_;
  // A daemon that shuts down ends its subscriptions too: the runs go on under the next one.
  return followed.is_read ? Outcome::kGoOn : Outcome::kLost;
}

}  // namespace vnode
