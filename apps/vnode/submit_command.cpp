#include <unistd.h>

#include <filesystem>
#include <memory>

#include "apps/vnode/client_options.h"
#include "apps/vnode/client_stopper.h"
#include "apps/vnode/command_table.h"
#include "apps/vnode/daemon_error.h"
#include "apps/vnode/daemon_starting.h"
#include "apps/vnode/print.h"
#include "apps/vnode/problem_report.h"
#include "apps/vnode/reply_members.h"
#include "apps/vnode/run_follower.h"
#include "apps/vnode/run_info.h"
#include "apps/vnode/run_waiting.h"
#include "apps/vnode/submit_options.h"
#include "apps/vnode/workflow_loading.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// One `vnode submit`.
class SubmitCommand {
 public:
  SubmitCommand(const SubmitSettings& settings, const DaemonAddress& address, Diagnostics& diagnostics)
      : settings_(settings), diagnostics_(diagnostics), connection_(address), stopper_(connection_) {}

  ExitCode run();

 private:
  Result<void> check_directory() const;
  ExitCode read_params(Dict& params);
  ExitCode connect();
  ExitCode submit(const Dict& params, Value& reply);
  ExitCode tell_accepted(const Value& reply);
  ExitCode wait(const std::string& id);
  ExitCode end_early(const std::string& id);
  ExitCode report(const CallError& error);
  bool prints_events() const { return settings_.follows && format() == OutputFormat::kNdjson; }
  OutputFormat format() const;

  const SubmitSettings& settings_;
  Diagnostics& diagnostics_;
  DaemonConnection connection_;
  const ClientStopper stopper_;
};

ExitCode SubmitCommand::run() {
  Dict params;
  if (const ExitCode code = read_params(params); code != kExitSuccess) return code;
  if (const ExitCode code = connect(); code != kExitSuccess) return code;
  Value reply;
  if (const ExitCode code = submit(params, reply); code != kExitSuccess) return code;
  if (const ExitCode code = tell_accepted(reply); code != kExitSuccess) return code;
  const std::string id = text_member(reply, "id");
  if (settings_.follows) {
    const ExitCode code = RunFollower(connection_, format(), diagnostics_).follow(id);
    if (stopper_.code() != kExitSuccess) return end_early(id);
    if (code != kExitSuccess) return code;
  }
  return settings_.waits || settings_.follows ? wait(id) : kExitSuccess;
}

OutputFormat SubmitCommand::format() const {
  if (settings_.format) return *settings_.format;
  return is_terminal(STDOUT_FILENO) ? OutputFormat::kPretty : OutputFormat::kNdjson;
}

ExitCode SubmitCommand::read_params(Dict& params) {
  if (const Result<void> there = check_directory(); !there) {
    return report_usage_error(there.error(), diagnostics_);
  }
  Result<Dict> built = submission_params(settings_.submission);
  if (!built) return report_usage_error(built.error(), diagnostics_);
  params = std::move(*built);
  const std::string& file = settings_.submission.file;
  const Result<void> added = add_workflow(params, file, kMostByValue, settings_.submission.is_elsewhere);
  if (added) return kExitSuccess;
  if (added.error().code == ErrorCode::kUsage) return report_usage_error(added.error(), diagnostics_);
  write_to_stderr(problem_text({file_problem(added.error())}, shown_name(file), wants_colour(STDERR_FILENO)));
  return kExitInvalid;
}

/// The run would fail: better said here.
Result<void> SubmitCommand::check_directory() const {
  const std::string& directory = settings_.submission.directory;
  std::error_code error;
  if (settings_.submission.is_elsewhere || directory.empty()) return {};
  if (std::filesystem::is_directory(directory, error)) return {};
  const std::string why = error ? error.message() : "it is no folder";
  return Error{ErrorCode::kUsage, "--directory " + directory + ": " + why};
}

ExitCode SubmitCommand::connect() {
  const std::optional<CallError> error = connection_.connect();
  if (!error) return kExitSuccess;
  if (!settings_.starts_daemon || error->error.word != "no_daemon") return report(*error);
  return start_daemon(settings_.client.flags, connection_, diagnostics_);
}

ExitCode SubmitCommand::submit(const Dict& params, Value& reply) {
  const auto on_lost = [this] { diagnostics_.warning("the daemon went away; submitting again"); };
  // Only with a key is it safe to ask again when the answer did not come.
  std::variant<Value, CallError> result = settings_.submission.key.empty()
                                              ? connection_.call("run.submit", params)
                                              : connection_.call_patiently("run.submit", params, on_lost);
  if (const auto* error = std::get_if<CallError>(&result)) return report(*error);
  reply = std::get<Value>(std::move(result));
  if (switch_member(reply, "duplicate")) {
    diagnostics_.debug("key '" + settings_.submission.key + "': run " + text_member(reply, "id") +
                       " has been submitted before");
  }
  return kExitSuccess;
}

/// The id alone, so that scripts can take it; beside a stream of events it goes to standard error.
ExitCode SubmitCommand::tell_accepted(const Value& reply) {
  const std::string id = text_member(reply, "id");
  // Beside another document, too: one command prints one.
  if (prints_events() || (settings_.client.is_json() && settings_.waits)) {
    write_to_stderr("vnode: run " + id + "\n");
    return kExitSuccess;
  }
  std::string out = id;
  if (settings_.client.is_json()) {
    out.clear();
    append_json(out, reply);
  }
  const ExitCode printed = print(out + "\n", diagnostics_);
  // It must not be lost: the run goes on.
  if (printed != kExitSuccess) write_to_stderr("vnode: run " + id + " was accepted\n");
  return printed;
}

ExitCode SubmitCommand::wait(const std::string& id) {
  const std::variant<Value, CallError> reply = wait_for_run(connection_, id, std::nullopt, diagnostics_);
  if (stopper_.code() != kExitSuccess) return end_early(id);
  if (const auto* error = std::get_if<CallError>(&reply)) return report(*error);
  const Value& run = std::get<Value>(reply);
  const RunInfo info = read_run_info(run);
  if (settings_.client.is_json() && !settings_.follows) {
    std::string out;
    append_json(out, run);
    if (const ExitCode printed = print(out + "\n", diagnostics_); printed != kExitSuccess) return printed;
  } else if (info.status != "completed" && !settings_.follows) {
    diagnostics_.error(outcome_text(info));
  }
  return exit_code_of(info);
}

/// After Ctrl-C: the run is the daemon's.
ExitCode SubmitCommand::end_early(const std::string& id) {
  write_to_stderr("\nvnode: run " + id + " goes on; 'vnode cancel " + id + "' ends it, 'vnode wait " + id +
                  "' waits for it\n");
  return stopper_.code();
}

ExitCode SubmitCommand::report(const CallError& error) {
  if (stopper_.code() != kExitSuccess) return stopper_.code();
  return report_call_error(error, shown_name(settings_.submission.file), diagnostics_);
}

}  // namespace

void set_up_submit(CommandSpec& command) {
  auto settings = std::make_shared<SubmitSettings>();
  declare_submit_options(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) {
    const Result<DaemonAddress> address = daemon_address(settings->client.flags);
    if (!address) return report_usage_error(address.error(), diagnostics);
    settings->submission.is_elsewhere = !address->tcp.empty();
    if (settings->submission.is_elsewhere && settings->starts_daemon) {
      const Error error{ErrorCode::kUsage, "--start is for a daemon of this machine, not with --connect"};
      return report_usage_error(error, diagnostics);
    }
    return SubmitCommand(*settings, *address, diagnostics).run();
  };
}

}  // namespace vnode
