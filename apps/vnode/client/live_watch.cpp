#include "apps/vnode/client/live_watch.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/show/event_reading.h"
#include "apps/vnode/show/run_table.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal.h"
#include "model/members.h"

namespace vnode {
namespace {

/// There is room to scroll.
constexpr std::size_t kShownEnded = 100;
constexpr std::size_t kMostOfAGroup = 10'000;

RunBoard::Limits limits_of(const RunSelection& selection) {
  if (selection.is_default()) return {.ended = kShownEnded};
  return {.runs = selection.limit};
}

CallError was_interrupted() { return {{.word = "interrupted", .message = "interrupted"}, false}; }

}  // namespace

LiveWatch::LiveWatch(DaemonConnection& connection, RunSelection selection, Diagnostics& diagnostics)
    : connection_(connection),
      selection_(std::move(selection)),
      diagnostics_(diagnostics),
      stopper_(connection,
               [this] {
                 is_urgent_ = true;
                 connection_.wake();
               }),
      model_(limits_of(selection_)) {}

ExitCode LiveWatch::run() {
  if (const auto error = connection_.connect()) return report_call_error(*error, "", diagnostics_);
  screen_.emplace([this](const Key& key) {
    {
      const std::lock_guard lock(mutex_);
      keys_.push_back(key);
    }
    // Also where the daemon has gone and is waited for.
    if (key.is("q") || key.is("Q")) is_urgent_ = true;
    connection_.wake();
  });
  std::optional<CallError> error;
  while (!error && !has_quit_) {
    error = subscribe();
    if (!error) error = follow();
  }
  screen_.reset();
  const ExitCode printed = print(last_table(), diagnostics_);
  if (printed != kExitSuccess) return printed;
  if (connection_.is_interrupted() || has_quit_) return stopper_.code();
  return report_call_error(*error, "", diagnostics_);
}

std::variant<Value, CallError> LiveWatch::call_patiently(std::string_view method, const Dict& params) {
  return connection_.call_patiently(method, params, [this] {
    model_.set_notice("the daemon went away; looking for it");
    draw();
  });
}

/// Asks for changes first and for what is there then, so that nothing falls in between.
std::optional<CallError> LiveWatch::subscribe() {
  const DaemonCall call = [this](std::string_view method, const Dict& params) {
    return call_patiently(method, params);
  };
  if (std::optional<CallError> error = watch_table(call)) return error;
  const std::variant<RunListing, CallError> listing = list_runs(selection_, call, kShownEnded);
  if (const auto* error = std::get_if<CallError>(&listing)) return *error;
  model_.set_notice({});
  model_.board().clear();
  for (const Value& run : std::get<RunListing>(listing).merged()) take(run);
  if (!model_.open_group().empty()) list_group();
  if (!followed_.empty()) follow_events(followed_, seq_);
  is_urgent_ = true;
  return std::nullopt;
}

/// Of runs that are in groups only while somebody looks at those of one: there may be very many.
std::optional<CallError> LiveWatch::watch_table(const DaemonCall& call) {
  const bool has_group = !selection_.group.empty() || !model_.open_group().empty();
  const std::variant<Value, CallError> reply = call("run.watch", has_group ? Dict() : Dict{{"alone", true}});
  if (const auto* error = std::get_if<CallError>(&reply)) return *error;
  table_ = integer_member(std::get<Value>(reply), "subscription").value_or(0);
  return std::nullopt;
}

/// Where the daemon has gone all is asked for anew when it is found.
DaemonCall LiveWatch::direct_call() {
  return [this](std::string_view method, const Dict& params) { return connection_.call(method, params); };
}

/// Those that run, and the newest of the others: of a very large group the rest comes as it changes.
void LiveWatch::list_group() {
  const DaemonCall call = direct_call();
  RunSelection running{.statuses = {std::string(word(RunStatus::kRunning))}, .group = model_.open_group()};
  RunSelection newest{.group = model_.open_group(), .limit = kMostOfAGroup};
  model_.group_board()->clear();
  for (const RunSelection* selection : {&running, &newest}) {
    const std::variant<RunListing, CallError> listing = list_runs(*selection, call);
    if (const auto* error = std::get_if<CallError>(&listing)) return model_.say(error->error.message);
    for (const Value& run : std::get<RunListing>(listing).runs) take(run);
  }
}

/// nullopt: the daemon has gone, or nobody looks any more.
std::optional<CallError> LiveWatch::follow() {
  for (;;) {
    take_keys();
    if (has_quit_) return std::nullopt;
    if (std::chrono::steady_clock::now() >= next_draw()) draw();
    if (const auto notification = connection_.next_notification(next_draw())) {
      apply(*notification);
    } else if (connection_.is_interrupted()) {
      return was_interrupted();
    } else if (!connection_.is_connected()) {
      return std::nullopt;
    }
  }
}

void LiveWatch::apply(const Client::Notification& notification) {
  const std::int64_t subscription = integer_member(notification.params, "subscription").value_or(-1);
  if (notification.method == "run.event" && subscription == events_) {
    if (const Value* event = member(notification.params, "event")) add_event(*event);
  } else if (notification.method == "run.changed" && subscription == table_) {
    if (const Value* run = member(notification.params, "run")) take(*run);
  } else if (notification.method == "group.changed" && subscription == table_) {
    if (const Value* group = member(notification.params, "group")) take(*group);
  } else if (notification.method == "run.removed" && subscription == table_) {
    for (const Value& id : list_member(notification.params, "ids")) {
      if (!id.is_text()) continue;
      model_.board().remove(std::string(id.as_text()));
      if (RunBoard* group = model_.group_board()) group->remove(std::string(id.as_text()));
    }
  }
  pace_.note_change();
}

void LiveWatch::take(const Value& run) {
  RunInfo info = read_run_info(run);
  const std::string& group = model_.open_group();
  if (!group.empty() && text_view(run, "group") == group)
    model_.group_board()->apply(info, std::chrono::steady_clock::now());
  if (selection_.takes(run)) {
    model_.board().apply(std::move(info), std::chrono::steady_clock::now());
  } else {
    model_.board().remove(info.id);
  }
}

void LiveWatch::add_event(const Value& event) {
  seq_ = std::max(seq_, static_cast<std::uint64_t>(count_member(event, "seq")));
  const ReadEvent read(event);
  if (read.event()) model_.add_event(followed_, *read.event());
}

void LiveWatch::take_keys() {
  std::vector<Key> keys;
  {
    const std::lock_guard lock(mutex_);
    keys.swap(keys_);
  }
  for (const Key& key : keys) {
    carry_out(model_.press(key, terminal_size(STDOUT_FILENO)));
    is_urgent_ = true;
  }
}

void LiveWatch::carry_out(const WatchRequest& request) {
  switch (request.kind) {
    case WatchRequest::Kind::kNone:
      return;
    case WatchRequest::Kind::kQuit:
      has_quit_ = true;
      return;
    case WatchRequest::Kind::kFollow:
      return follow_events(request.run, 0);
    case WatchRequest::Kind::kUnfollow:
      followed_.clear();
      (void)connection_.call("run.unsubscribe", {{"subscription", Value(std::exchange(events_, 0))}});
      return;
    case WatchRequest::Kind::kCancel:
      return cancel(request.run);
    case WatchRequest::Kind::kOpenGroup:
      (void)watch_table(direct_call());
      return list_group();
    case WatchRequest::Kind::kCloseGroup:
      (void)watch_table(direct_call());
      return;
  }
}

void LiveWatch::follow_events(const std::string& run, std::uint64_t since) {
  followed_ = run;
  seq_ = since;
  const Dict params = {{"id", Value(run)}, {"since", Value(static_cast<std::int64_t>(since))}};
  const std::variant<Value, CallError> reply = connection_.call("run.events", params);
  if (const auto* error = std::get_if<CallError>(&reply)) return model_.say(error->error.message);
  events_ = integer_member(std::get<Value>(reply), "subscription").value_or(0);
}

void LiveWatch::cancel(const std::string& run) {
  const Dict params = {{"ids", Value::list({Value(run)})}};
  const std::variant<Value, CallError> reply = connection_.call("run.cancel", params);
  if (const auto* error = std::get_if<CallError>(&reply)) return model_.say(error->error.message);
  const bool has_ended = !list_member(std::get<Value>(reply), "ended").empty();
  model_.say(noun_of(run) + " " + run + (has_ended ? " has ended" : " is being cancelled"));
}

void LiveWatch::draw() {
  is_urgent_ = false;
  pace_.note_drawn(std::chrono::steady_clock::now());
  screen_->draw(model_.lines(terminal_size(STDOUT_FILENO), {std::chrono::system_clock::now(), pace_.last()},
                             wants_colour(STDOUT_FILENO)));
}

/// What stays on the terminal: the first runs, as many as it has room for.
std::string LiveWatch::last_table() const {
  const TerminalSize size = terminal_size(STDOUT_FILENO);
  std::vector<RunInfo> shown;
  const std::vector<const RunInfo*> runs = model_.board().ordered();
  const auto room = static_cast<std::size_t>(std::max(size.rows - 3, 1));
  for (std::size_t i = 0; i < std::min(room, runs.size()); ++i) shown.push_back(*runs[i]);
  std::string text;
  for (const std::string& line :
       run_table(shown, std::chrono::system_clock::now(), static_cast<std::size_t>(size.columns),
                 wants_colour(STDOUT_FILENO))) {
    text += line + "\n";
  }
  if (runs.size() > shown.size()) text += "and " + std::to_string(runs.size() - shown.size()) + " more\n";
  return text;
}

}  // namespace vnode
