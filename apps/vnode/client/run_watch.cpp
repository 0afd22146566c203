#include "apps/vnode/client/run_watch.h"

#include <utility>

#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/reader_watch.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

std::string json_line(const Value& value) {
  std::string out;
  append_json(out, value);
  return out + "\n";
}

std::string change_line(const Value& value) {
  const RunInfo run = read_run_info(value);
  const std::string details = details_of(run);
  return harmless_line(run.id + "  " + run.status + "  " + run.queue + "  " + run.workflow +
                       (details.empty() ? "" : "  " + details)) +
         "\n";
}

/// With a limit the newest stay; else of those that have ended only the last ones, unless all were asked for.
RunBoard::Limits shown_limits(const RunSelection& selection) {
  if (selection.is_default()) return {.ended = kRecentRuns};
  return {.runs = selection.limit};
}

}  // namespace

RunWatch::RunWatch(DaemonConnection& connection, RunSelection selection, bool is_json,
                   Diagnostics& diagnostics)
    : connection_(connection),
      selection_(std::move(selection)),
      is_json_(is_json),
      diagnostics_(diagnostics),
      board_(shown_limits(selection_)) {}

ExitCode RunWatch::run(const ClientStopper& stopper) {
  if (const auto error = connection_.connect()) return report_call_error(*error, "", diagnostics_);
  const ReaderWatch reader(connection_);
  std::optional<CallError> error;
  while (!error && printed_ == kExitSuccess) {
    error = subscribe();
    if (!error) error = follow();
  }
  if (printed_ != kExitSuccess) return printed_;
  // Without a signal it was the reader.
  if (connection_.is_interrupted()) return stopper.code();
  return report_call_error(*error, "", diagnostics_);
}

/// Asks for changes first and for what is there then, so that nothing falls in between.
std::optional<CallError> RunWatch::subscribe() {
  const DaemonCall call = [this](std::string_view method, const Dict& params) {
    return connection_.call_patiently(method, params, [] {});
  };
  const std::variant<Value, CallError> reply =
      call("run.watch", selection_.group.empty() ? Dict{{"alone", true}} : Dict());
  if (const auto* error = std::get_if<CallError>(&reply)) return *error;
  subscription_ = integer_member(std::get<Value>(reply), "subscription").value_or(0);
  const std::variant<RunListing, CallError> listing = list_runs(selection_, call);
  if (const auto* error = std::get_if<CallError>(&listing)) return *error;
  board_.clear();
  for (const Value& run : std::get<RunListing>(listing).merged()) take(run);
  return std::nullopt;
}

/// nullopt: the daemon has gone.
std::optional<CallError> RunWatch::follow() {
  while (printed_ == kExitSuccess) {
    if (const auto notification = connection_.next_notification(std::nullopt)) {
      apply(*notification);
    } else if (connection_.is_interrupted()) {
      return CallError{{.word = "interrupted", .message = "interrupted"}, false};
    } else if (!connection_.is_connected()) {
      break;
    }
  }
  return std::nullopt;
}

void RunWatch::apply(const Client::Notification& notification) {
  if (integer_member(notification.params, "subscription") != subscription_) return;
  if (notification.method == "run.changed") {
    if (const Value* run = member(notification.params, "run")) take(*run);
  } else if (notification.method == "group.changed") {
    if (const Value* group = member(notification.params, "group")) take(*group);
  } else if (notification.method == "run.removed") {
    for (const Value& id : list_member(notification.params, "ids")) {
      if (!id.is_text() || !board_.remove(std::string(id.as_text()))) continue;
      told_.erase(std::string(id.as_text()));
      if (is_json_)
        printed_ = print(json_line(Value(Dict{{"id", id}, {"removed", Value(true)}})), diagnostics_);
    }
  }
}

void RunWatch::take(const Value& run) {
  RunInfo info = read_run_info(run);
  const std::string id = info.id;
  if (selection_.takes(run)) {
    const std::vector<std::string> dropped = board_.apply(std::move(info), std::chrono::steady_clock::now());
    tell(run, id);
    for (const std::string& old : dropped) told_.erase(old);
  } else if (board_.remove(id)) {
    tell(run, id);  // it has left what is shown, which is a change too
  }
}

void RunWatch::tell(const Value& run, const std::string& id) {
  std::string line = is_json_ ? json_line(run) : change_line(run);
  std::string& last = told_[id];
  if (line == last) return;
  if (printed_ == kExitSuccess) printed_ = print(line, diagnostics_);
  last = std::move(line);
}

}  // namespace vnode
