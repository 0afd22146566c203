#include "apps/vnode/client/run_watch.h"

#include <unistd.h>

#include <algorithm>

#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/reader_watch.h"
#include "apps/vnode/show/run_table.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

constexpr auto kListRedrawInterval = std::chrono::milliseconds(100);
/// Times of running runs go on without a change.
constexpr auto kTick = std::chrono::seconds(1);

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

}  // namespace

RunWatch::RunWatch(DaemonConnection& connection, RunSelection selection, Options options,
                   Diagnostics& diagnostics)
    : connection_(connection),
      selection_(std::move(selection)),
      options_(options),
      diagnostics_(diagnostics) {}

ExitCode RunWatch::run(const ClientStopper& stopper) {
  if (const auto error = connection_.connect()) return report_call_error(*error, "", diagnostics_);
  const ReaderWatch reader(connection_);
  if (options_.is_live) screen_.emplace([this] { connection_.interrupt(); });
  std::optional<CallError> error;
  while (!error && printed_ == kExitSuccess) {
    error = subscribe();
    if (!error) error = follow();
  }
  if (screen_) {
    screen_.reset();
    std::string last;
    for (const std::string& line : table(runs_.size() + 1)) last += line + "\n";
    printed_ = print(last, diagnostics_);
  }
  if (printed_ != kExitSuccess) return printed_;
  // Without a signal it was q, or the reader.
  if (connection_.is_interrupted()) return stopper.code();
  return report_call_error(*error, "", diagnostics_);
}

/// Asks for changes first and for what is there then, so that nothing falls in between.
std::optional<CallError> RunWatch::subscribe() {
  const DaemonCall call = [this](std::string_view method, const Dict& params) {
    return connection_.call_patiently(method, params, [this] {
      notice_ = "the daemon went away; looking for it";
      if (screen_) draw();
    });
  };
  const std::variant<Value, CallError> reply = call("run.watch", {});
  if (const auto* error = std::get_if<CallError>(&reply)) return *error;
  subscription_ = integer_member(std::get<Value>(reply), "subscription").value_or(0);
  const std::variant<RunListing, CallError> listing = list_runs(selection_, call);
  if (const auto* error = std::get_if<CallError>(&listing)) return *error;
  notice_.clear();
  runs_.clear();
  for (const Value& run : std::get<RunListing>(listing).runs) take(run);
  return std::nullopt;
}

/// nullopt: the daemon has gone.
std::optional<CallError> RunWatch::follow() {
  while (printed_ == kExitSuccess) {
    draw_when_due();
    const auto notification =
        connection_.next_notification(screen_ ? std::optional(next_draw()) : std::nullopt);
    if (notification) {
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
  } else if (notification.method == "run.removed") {
    for (const Value& id : list_member(notification.params, "ids")) {
      if (!id.is_text() || runs_.erase(std::string(id.as_text())) == 0) continue;
      told_.erase(std::string(id.as_text()));
      if (options_.is_json && !screen_)
        printed_ = print(json_line(Value(Dict{{"id", id}, {"removed", Value(true)}})), diagnostics_);
    }
    has_changed_ = true;
  }
}

void RunWatch::take(const Value& run) {
  const std::string id = text_member(run, "id");
  if (selection_.takes(run)) {
    runs_[id] = run;
    if (!screen_) tell(run, id);
  } else if (runs_.erase(id) > 0 && !screen_) {
    tell(run, id);  // it has left what is shown, which is a change too
  }
  drop_old();
  has_changed_ = true;
}

/// With a limit the newest stay; else of those that have ended only the last ones, unless all were asked for.
void RunWatch::drop_old() {
  while (selection_.limit && runs_.size() > *selection_.limit) {
    told_.erase(runs_.begin()->first);
    runs_.erase(runs_.begin());
  }
  if (!selection_.is_default()) return;
  const auto has_ended = [](const auto& entry) {
    const std::string status = text_member(entry.second, "status");
    return status != "pending" && status != "running";
  };
  auto ended = static_cast<std::size_t>(std::count_if(runs_.begin(), runs_.end(), has_ended));
  for (auto entry = runs_.begin(); ended > kRecentRuns && entry != runs_.end();) {
    if (!has_ended(*entry)) {
      ++entry;
      continue;
    }
    told_.erase(entry->first);
    entry = runs_.erase(entry);
    --ended;
  }
}

void RunWatch::tell(const Value& run, const std::string& id) {
  std::string line = options_.is_json ? json_line(run) : change_line(run);
  std::string& last = told_[id];
  if (line == last) return;
  if (printed_ == kExitSuccess) printed_ = print(line, diagnostics_);
  last = std::move(line);
}

SteadyTime RunWatch::next_draw() const {
  return last_draw_ + (has_changed_ ? Duration(kListRedrawInterval) : Duration(kTick));
}

void RunWatch::draw_when_due() {
  if (screen_ && std::chrono::steady_clock::now() >= next_draw()) draw();
}

void RunWatch::draw() {
  const TerminalSize size = terminal_size(STDOUT_FILENO);
  std::vector<std::string> lines = table(static_cast<std::size_t>(std::max(size.rows - 2, 1)));
  lines.insert(lines.begin(), cut_to_width(title(), static_cast<std::size_t>(size.columns)));
  screen_->draw(std::move(lines));
  last_draw_ = std::chrono::steady_clock::now();
  has_changed_ = false;
}

std::string RunWatch::title() const {
  std::size_t running = 0;
  std::size_t pending = 0;
  for (const auto& [id, run] : runs_) {
    const std::string status = text_member(run, "status");
    running += status == "running" ? 1 : 0;
    pending += status == "pending" ? 1 : 0;
  }
  std::string text = std::to_string(running) + " running, " + std::to_string(pending) + " pending";
  return text + "   " + (notice_.empty() ? "q: quit" : notice_);
}

/// The header and the newest runs, at most so many lines.
std::vector<std::string> RunWatch::table(std::size_t most) const {
  std::vector<RunInfo> shown;
  for (auto entry = runs_.rbegin(); entry != runs_.rend() && shown.size() + 1 < most; ++entry) {
    shown.push_back(read_run_info(entry->second));
  }
  std::reverse(shown.begin(), shown.end());
  return run_table(shown, std::chrono::system_clock::now(),
                   static_cast<std::size_t>(terminal_size(STDOUT_FILENO).columns),
                   wants_colour(STDOUT_FILENO));
}

}  // namespace vnode
