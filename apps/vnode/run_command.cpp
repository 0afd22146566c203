#include <unistd.h>

#include <csignal>
#include <memory>
#include <thread>

#include "apps/vnode/command_table.h"
#include "apps/vnode/node_types.h"
#include "apps/vnode/params_file.h"
#include "apps/vnode/print.h"
#include "apps/vnode/problem_report.h"
#include "apps/vnode/run_driver.h"
#include "apps/vnode/run_options.h"
#include "apps/vnode/run_outputs.h"
#include "apps/vnode/workflow_loading.h"
#include "async/signal_watcher.h"
#include "engine/node_address.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// One `vnode run`, from the settings to the exit code.
class RunCommand {
 public:
  RunCommand(RunSettings& settings, Diagnostics& diagnostics)
      : settings_(settings), diagnostics_(diagnostics), outputs_(settings, clock_, stopper_, diagnostics) {}

  ExitCode run();

 private:
  ExitCode read_overrides(std::vector<Override>& overrides);
  ExitCode resolve_output(const Registry& registry);
  ExitCode refuse();
  ExitCode execute();
  ExitCode print_result(const Run& run);
  void show_problems(const Problems& problems);
  void on_signal(int signal);

  RunSettings& settings_;
  Diagnostics& diagnostics_;
  SystemClock clock_;
  RunStopper stopper_;
  RunOutputs outputs_;
  LoadedWorkflow loaded_;
  std::optional<NodeAddress> output_;
  int interrupts_ = 0;
};

ExitCode RunCommand::run() {
  settings_.options.run_id = Uuid::random().text();
  settings_.options.workflow_path = settings_.file;
  if (settings_.format == OutputFormat::kNdjson && !settings_.output.empty()) {
    diagnostics_.error(
        "--output writes to standard output, which --format ndjson keeps for events; use --events");
    return kExitUsage;
  }
  std::vector<Override> overrides;
  if (const ExitCode code = read_overrides(overrides); code != kExitSuccess) return code;
  const Result<Settings> in_force = Settings::load(settings_.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics_);
  settings_.jobs = in_force->jobs();
  settings_.max_value_bytes = in_force->max_value_bytes();
  const Registry registry = load_node_types(*in_force).registry;
  for (const LoadNote& note : registry.notes()) diagnostics_.debug(note.file + ": " + note.message);
  loaded_ = load_workflow(settings_.file, registry, overrides);
  if (loaded_.exit_code == kExitSuccess && !settings_.output.empty())
    loaded_.exit_code = resolve_output(registry);
  show_problems(loaded_.problems);
  if (loaded_.exit_code == kExitUsage) return kExitUsage;
  return loaded_.exit_code == kExitSuccess ? execute() : refuse();
}

ExitCode RunCommand::read_overrides(std::vector<Override>& overrides) {
  if (!settings_.params_file.empty()) {
    Result<std::vector<Override>> read = read_params_file(settings_.params_file);
    if (!read) return report_usage_error(read.error(), diagnostics_);
    overrides = std::move(*read);
  }
  for (const std::string& text : settings_.parameters) {
    Result<Override> parsed = parse_parameter(text);
    if (!parsed) return report_usage_error(parsed.error(), diagnostics_);
    overrides.push_back(std::move(*parsed));
  }
  return kExitSuccess;
}

/// Finds the node and port of --output before anything runs.
ExitCode RunCommand::resolve_output(const Registry& registry) {
  const Workflow& workflow = loaded_.plan->workflow();
  output_ = resolve_address(workflow, settings_.output, loaded_.problems);
  if (!output_) return kExitUsage;
  const NodeInstance& node = workflow.nodes[output_->node];
  const NodeTypePtr type = registry.find(node.node_id);
  if (type && type->runtime) return kExitSuccess;  // which outputs it has shows when it is made
  const std::optional<InstancePorts> ports = instance_ports(node, registry);
  std::vector<std::string> names;
  for (const Port& port : ports ? ports->outputs : std::vector<Port>()) {
    if (port.name == output_->port) return kExitSuccess;
    names.push_back(port.name);
  }
  if (names.empty()) return kExitSuccess;
  loaded_.problems.push_back({Severity::kError, "unknown_port", "",
                              "--output: no output '" + output_->port + "'",
                              spelling_hint(output_->port, names), node_label(node)});
  return kExitUsage;
}

/// A run may go on for hours on a guessed encoding or without a start node: say so, unless quiet was asked
/// for.
void RunCommand::show_problems(const Problems& problems) {
  const bool shows_warnings = RunOutputs::format_of(settings_) != OutputFormat::kQuiet;
  Problems shown;
  for (const Problem& problem : problems) {
    if (shows_warnings || problem.severity == Severity::kError) shown.push_back(problem);
  }
  const std::string place = loaded_.exit_code == kExitUsage ? std::string() : shown_name(settings_.file);
  if (!shown.empty()) write_to_stderr(problem_text(shown, place, wants_colour(STDERR_FILENO)));
}

ExitCode RunCommand::refuse() {
  if (const ExitCode code = outputs_.open(); code != kExitSuccess) return code;
  report_refusal(outputs_.sink(), clock_, settings_.options, loaded_.refused ? &*loaded_.refused : nullptr,
                 loaded_.problems);
  const ExitCode closed = outputs_.close();
  return closed == kExitSuccess ? kExitInvalid : closed;
}

/// On the watcher's thread.
void RunCommand::on_signal(int signal) {
  if (signal == SIGINT && ++interrupts_ > 1) ::_exit(kExitCancelled);
  if (PrettyView* view = outputs_.view()) view->show_stopping();
  stopper_.stop(signal == SIGINT ? StopReason::kCancel : StopReason::kTerminate);
}

ExitCode RunCommand::execute() {
  if (const ExitCode code = outputs_.open(); code != kExitSuccess) return code;
  // Before every other thread: they inherit the signal mask.
  std::vector<int> signals = {SIGINT, SIGTERM};
  // A terminal that is closed ends the run in order too, unless it was started with nohup.
  struct sigaction hangup = {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) signals.push_back(SIGHUP);
  const SignalWatcher watcher(signals, [this](int signal) { on_signal(signal); });
  EventLoop loop;
  WorkerPool workers(settings_.jobs > 0 ? settings_.jobs : std::max(1u, std::thread::hardware_concurrency()));
  HttpClient http;
  Run run(loaded_.plan, RunServices{clock_, workers, http}, outputs_.sink(), settings_.options);
  stopper_.attach(run);
  drive(run, loop, outputs_.sink(), outputs_.view());
  stopper_.detach();
  // A stopped run leaves work behind that did not give way; the program does not wait for it either.
  workers.abandon();
  const ExitCode closed = outputs_.close();
  // Definitions that do not load show only when their instances are made.
  const bool is_refused = run.outcome().status == RunStatus::kInvalid;
  if (is_refused) show_problems(run.problems());
  const ExitCode printed = output_ && !is_refused ? print_result(run) : kExitSuccess;
  for (const ExitCode code : {closed, printed}) {
    if (code != kExitSuccess) return code;
  }
  return static_cast<ExitCode>(run.outcome().exit_code);
}

ExitCode RunCommand::print_result(const Run& run) {
  const Value* result = run.result(loaded_.plan->workflow().nodes[output_->node].instance_id, output_->port);
  std::string text;
  append_json(text, result ? *result : Value());
  text += '\n';
  return print(text, diagnostics_);
}

}  // namespace

void set_up_run(CommandSpec& command) {
  auto settings = std::make_shared<RunSettings>();
  declare_run_options(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) { return RunCommand(*settings, diagnostics).run(); };
}

}  // namespace vnode
