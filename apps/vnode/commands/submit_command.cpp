#include <unistd.h>

#include <filesystem>
#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/client/client_stopper.h"
#include "apps/vnode/client/daemon_error.h"
#include "apps/vnode/client/daemon_starting.h"
#include "apps/vnode/client/run_follower.h"
#include "apps/vnode/client/run_waiting.h"
#include "apps/vnode/client/submit_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/show/run_info.h"
#include "apps/vnode/terminal/print.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

/// One `vnode submit`.
class SubmitCommand {
 public:
  SubmitCommand(const SubmitOptions& settings, const DaemonAddress& address, Diagnostics& diagnostics)
      : settings_(settings), diagnostics_(diagnostics), connection_(address), stopper_(connection_) {}

  ExitCode run();

 private:
  Result<void> check_directory() const;
  ExitCode complete(Submission& submission);
  ExitCode connect();
  ExitCode submit(const Submission& submission, Value& reply);
  void tell_problems(const Problems& problems) const;
  ExitCode tell_accepted(const Value& reply);
  ExitCode wait(const std::string& id);
  ExitCode end_early(const std::string& id);
  ExitCode report(const CallError& error);
  bool prints_events() const { return settings_.follows && format() == OutputFormat::kNdjson; }
  OutputFormat format() const;

  const SubmitOptions& settings_;
  Diagnostics& diagnostics_;
  DaemonConnection connection_;
  const ClientStopper stopper_;
};

ExitCode SubmitCommand::run() {
  Submission submission = settings_.submission;
  if (settings_.has_no_journal) submission.journal = false;
  if (const ExitCode code = complete(submission); code != kExitSuccess) return code;
  if (const ExitCode code = connect(); code != kExitSuccess) return code;
  Value reply;
  if (const ExitCode code = submit(submission, reply); code != kExitSuccess) return code;
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

ExitCode SubmitCommand::complete(Submission& submission) {
  if (const Result<void> there = check_directory(); !there) {
    return report_usage_error(there.error(), diagnostics_);
  }
  const Result<void> completed = complete_submission(submission, settings_.texts);
  if (!completed) return report_usage_error(completed.error(), diagnostics_);
  const std::string& file = settings_.file;
  const Result<Settings> in_force = Settings::load(settings_.client.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics_);
  std::optional<NodeTypes> types;
  const RegistrySource registry = [&]() -> const Registry& {
    types = load_node_types(*in_force);
    return types->registry;
  };
  const WorkflowReadingOptions reading{.form = settings_.form, .encoding = in_force->encoding()};
  const Result<Problems> added =
      add_workflow(submission, file, kMostByValue, settings_.texts.is_elsewhere, reading, registry);
  if (added) {
    if (!has_errors(*added)) {
      tell_problems(*added);
      return kExitSuccess;
    }
    write_to_stderr(problem_text(*added, shown_name(file), wants_colour(STDERR_FILENO)));
    return kExitInvalid;
  }
  if (added.error().code == ErrorCode::kUsage) return report_usage_error(added.error(), diagnostics_);
  write_to_stderr(problem_text({file_problem(added.error())}, shown_name(file), wants_colour(STDERR_FILENO)));
  return kExitInvalid;
}

/// The run would fail: better said here.
Result<void> SubmitCommand::check_directory() const {
  const std::string& directory = settings_.submission.directory;
  std::error_code error;
  if (settings_.texts.is_elsewhere || directory.empty()) return {};
  if (std::filesystem::is_directory(directory, error)) return {};
  const std::string why = error ? error.message() : "it is no folder";
  return Error{ErrorCode::kUsage, "--directory " + directory + ": " + why};
}

ExitCode SubmitCommand::connect() {
  const std::optional<CallError> error = connection_.connect();
  if (!error) return kExitSuccess;
  const bool may_come = error->error.word == "no_daemon" || error->error.word == "not_serving";
  if (!settings_.starts_daemon || !may_come) return report(*error);
  return start_daemon(settings_.client.flags, connection_, diagnostics_);
}

ExitCode SubmitCommand::submit(const Submission& submission, Value& reply) {
  const Dict params = submission_params(submission);
  const auto on_lost = [this] { diagnostics_.warning("the daemon went away; submitting again"); };
  // Only with a key is it safe to ask again when the answer did not come.
  std::variant<Value, CallError> result = submission.key.empty()
                                              ? connection_.call("run.submit", params)
                                              : connection_.call_patiently("run.submit", params, on_lost);
  if (const auto* error = std::get_if<CallError>(&result)) return report(*error);
  reply = std::get<Value>(std::move(result));
  tell_problems(problems_in(reply));
  if (switch_member(reply, "duplicate")) {
    const std::string id = text_member(reply, "id");
    diagnostics_.debug("key '" + submission.key + "': " + noun_of(id) + " " + id +
                       " has been submitted before");
  }
  return kExitSuccess;
}

/// What does not keep the workflow from running; as `run` tells it.
void SubmitCommand::tell_problems(const Problems& problems) const {
  if (problems.empty() || settings_.format == OutputFormat::kQuiet) return;
  write_to_stderr(problem_text(problems, shown_name(settings_.file), wants_colour(STDERR_FILENO)));
}

/// The id alone, so that scripts can take it; beside a stream of events it goes to standard error.
ExitCode SubmitCommand::tell_accepted(const Value& reply) {
  const std::string id = text_member(reply, "id");
  // Beside another document, too: one command prints one.
  if (prints_events() || (settings_.client.is_json() && settings_.waits)) {
    write_to_stderr("vnode: " + noun_of(id) + " " + id + "\n");
    return kExitSuccess;
  }
  std::string out = id;
  if (settings_.client.is_json()) {
    out.clear();
    append_json(out, reply);
  }
  const ExitCode printed = print(out + "\n", diagnostics_);
  // It must not be lost: the run goes on.
  if (printed != kExitSuccess) write_to_stderr("vnode: " + noun_of(id) + " " + id + " was accepted\n");
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
  write_to_stderr("\nvnode: " + noun_of(id) + " " + id + " goes on; 'vnode cancel " + id +
                  "' ends it, 'vnode wait " + id + "' waits for it\n");
  return stopper_.code();
}

ExitCode SubmitCommand::report(const CallError& error) {
  if (stopper_.code() != kExitSuccess) return stopper_.code();
  return report_call_error(error, shown_name(settings_.file), diagnostics_);
}

}  // namespace

void set_up_submit(CommandSpec& command) {
  auto settings = std::make_shared<SubmitOptions>();
  declare_submit_options(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) {
    const Result<DaemonAddress> address = daemon_address(settings->client.flags);
    if (!address) return report_usage_error(address.error(), diagnostics);
    settings->texts.is_elsewhere = !address->tcp.empty();
    if (settings->follows && !settings->texts.map.empty()) {
      const Error error{ErrorCode::kUsage, "--follow shows one run; with --map there is --wait"};
      return report_usage_error(error, diagnostics);
    }
    if (settings->texts.is_elsewhere && settings->starts_daemon) {
      const Error error{ErrorCode::kUsage, "--start is for a daemon of this machine, not with --connect"};
      return report_usage_error(error, diagnostics);
    }
    return SubmitCommand(*settings, *address, diagnostics).run();
  };
}

}  // namespace vnode
