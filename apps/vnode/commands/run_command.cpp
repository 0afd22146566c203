#include <unistd.h>

#include <atomic>
#include <csignal>
#include <iterator>
#include <memory>
#include <thread>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/asked_outputs.h"
#include "apps/vnode/local/job_control.h"
#include "apps/vnode/local/last_line.h"
#include "apps/vnode/local/overwritten_input.h"
#include "apps/vnode/local/resume_wishes.h"
#include "apps/vnode/local/run_command_options.h"
#include "apps/vnode/local/run_journal.h"
#include "apps/vnode/local/run_outputs.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/nodes/used_definitions.h"
#include "apps/vnode/settings/params_file.h"
#include "apps/vnode/settings/path_map_file.h"
#include "apps/vnode/settings/run_resources.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/show/run_forecast.h"
#include "apps/vnode/terminal/ci_commands.h"
#include "apps/vnode/terminal/forced_end.h"
#include "apps/vnode/terminal/print.h"
#include "async/signal_watcher.h"
#include "base/spelling.h"
#include "engine/node_address.h"
#include "engine/overrides.h"
#include "engine/run_driver.h"
#include "journal/cache_layer.h"
#include "model/json_writer.h"
#include "model/value_mask.h"
#include "python/definition_check.h"
#include "validate/validate.h"

namespace vnode {
namespace {

/// The outputs of a node; nullopt where only its instance in the run will tell. A Python class may have
/// others than its file says: it is asked if `wanted` is not among those, where it may be (`asks`).
std::optional<std::vector<Port>> find_outputs(const NodeInstance& node, std::string_view wanted,
                                              const NodeTypes& types, bool asks) {
  const std::optional<InstancePorts> ports = instance_ports(node, types.registry);
  const NodeTypePtr type = types.registry.find(node.node_id);
  if (!ports || !type) return std::nullopt;
  if (!is_python(*type) || type->definition.find_output(wanted)) return ports->outputs;
  if (type->definition.python_code.find("restore_from_parameters") != std::string::npos) return std::nullopt;
  if (!asks) return std::nullopt;
  const auto checks = check_definitions(*types.python, std::span(&type, 1), kLoadTimeout);
  if (checks.front().failure) return std::nullopt;  // which the run tells
  return checks.front().outputs;
}

/// From the beginning, by who has started the program.
bool is_ignored(int signal) {
  struct sigaction action = {};
  return ::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN;
}

/// After a stop: what may be written behind the end of the run, beyond the grace period.
constexpr Duration kEndPatience = std::chrono::milliseconds(1750);

/// The code of a run that nothing has stopped.
bool is_own_end(int code) { return code == kExitSuccess || code == kExitNodeFailed; }

/// What a run reads: the workflow, what its parameters come from, settings and definitions.
std::vector<std::string> inputs_of(const RunCommandOptions& settings, const Settings& in_force,
                                   const Registry& registry) {
  std::vector<std::string> inputs = {settings.file};
  if (!settings.params_file.empty()) inputs.push_back(settings.params_file);
  for (const std::string& parameter : settings.parameters) {
    const std::size_t at = parameter.find("=@");
    if (at != parameter.npos) inputs.push_back(parameter.substr(at + 2));
  }
  if (std::string map = in_force.text_of("path_map"); !map.empty()) inputs.push_back(std::move(map));
  for (const Settings::File& file : in_force.files()) inputs.push_back(file.path);
  for (const std::vector<std::string>& files : {in_force.secret_files(), settings.secrets.files})
    inputs.insert(inputs.end(), files.begin(), files.end());
  for (std::string& file : registry.files()) inputs.push_back(std::move(file));
  return inputs;
}

/// One `vnode run`, from the settings to the exit code.
class RunCommand {
 public:
  RunCommand(RunCommandOptions& settings, Diagnostics& diagnostics)
      : settings_(settings),
        diagnostics_(diagnostics),
        outputs_(settings, clock_, stopper_, diagnostics),
        wishes_(settings),
        journal_(clock_, diagnostics) {}

  ExitCode run();

 private:
  ExitCode refuse();
  ExitCode check_journal();
  ExitCode execute();
  ExitCode open_cache();
  ExitCode forecast(const std::vector<Override>& overrides);
  std::vector<std::pair<Uuid, std::string>> find_overridden(const std::vector<Override>& overrides) const;
  ExitCode check_output_options() const;
  void check_needs(const Registry& registry);
  ExitCode tell_end(const Run& run);
  ExitCode print_results(const Run& run);
  ExitCode exit_code_of_end(const RunOutcome& outcome) const;
  void show_problems(const Problems& problems);
  ExitCode annotate(Problems problems);
  void on_signal(int signal);
  void limit_end();
  [[noreturn]] void end_at_once();

  RunCommandOptions& settings_;
  Diagnostics& diagnostics_;
  SystemClock clock_;
  RunStopper stopper_;
  RunOutputs outputs_;
  ResumeWishes wishes_;
  LoadedWorkflow loaded_;
  RunJournal journal_;
  std::unique_ptr<CacheFolder> cache_folder_;  ///< null: the run has no cache
  std::optional<CacheLayer> cache_;
  std::optional<LastLine> last_line_;
  std::optional<JobControl> job_control_;
  SteadyTime started_;
  AskedOutputs asked_;
  int interrupts_ = 0;                                ///< on the watcher's thread
  std::atomic<ExitCode> signal_code_ = kExitSuccess;  ///< that of the first signal
  std::vector<KnownExecutor> executors_;              ///< that nodes can name
  std::atomic<bool> owes_results_ = false;            ///< they are asked for, and not all written
  std::atomic<bool> is_shown_ = false;                ///< the event stream and the views are closed
};

ExitCode RunCommand::run() {
  settings_.options.run_id = Uuid::random().text();
  settings_.options.workflow_path = settings_.file;
  if (const ExitCode code = check_output_options(); code != kExitSuccess) return code;
  if (const Result<void> asked = wishes_.check(); !asked)
    return report_usage_error(asked.error(), diagnostics_);
  const Result<std::vector<Override>> overrides =
      read_parameters(settings_.params_file, settings_.parameters);
  if (!overrides) return report_usage_error(overrides.error(), diagnostics_);
  const Result<Settings> in_force = Settings::load(settings_.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics_);
  settings_.jobs = in_force->jobs();
  settings_.grace = in_force->grace();
  settings_.max_value_bytes = in_force->max_value_bytes();
  settings_.cache = in_force->text_of("cache");
  settings_.max_cache_bytes = in_force->max_cache_bytes();
  settings_.options.logged_errors = in_force->logged_errors();
  settings_.options.default_limits = in_force->limits();
  Result<ResourceAmounts> resources = run_resources(settings_.resources);
  if (!resources) return report_usage_error(resources.error(), diagnostics_);
  settings_.options.resources = std::move(*resources);
  const ExecutorSet executors = in_force->executors();
  for (const std::string& name : executors.names()) executors_.push_back({.name = name});
  if (!settings_.executor.empty()) {
    const auto executor = executors.find(settings_.executor);
    if (!executor) return report_usage_error(executor.error(), diagnostics_);
    settings_.options.limits.executor = settings_.executor;
  }
  Result<std::shared_ptr<const PathMap>> path_map = load_path_map(*in_force);
  if (!path_map) return report_usage_error(path_map.error(), diagnostics_);
  settings_.options.path_map = std::move(*path_map);
  Result<Secrets> secrets = collect_secrets(in_force->secret_files(), settings_.secrets);
  if (!secrets) return report_usage_error(secrets.error(), diagnostics_);
  settings_.options.environment.secrets = std::move(*secrets);
  const NodeTypes types = load_used_node_types(*in_force, settings_.is_dry ? std::string() : settings_.logs);
  const Registry& registry = types.registry;
  for (const LoadNote& note : registry.notes()) diagnostics_.debug(note.file + ": " + note.message);
  const Result<void> apart =
      check_overwritten_inputs(RunOutputs::named(settings_), inputs_of(settings_, *in_force, registry));
  if (!apart) return report_usage_error(apart.error(), diagnostics_);
  if (RunOutputs::format_of(settings_) != OutputFormat::kQuiet)
    warn_of_missing_folders(registry, diagnostics_);
  PreparationRequest request{
      .overrides = *overrides, .part = settings_.part, .path_map = settings_.options.path_map.get()};
  wishes_.ask_for_inputs(request);
  loaded_ = load_workflow(settings_.file, registry, request,
                          {.form = settings_.form, .encoding = in_force->encoding()});
  if (loaded_.plan) check_needs(registry);
  if (loaded_.plan) wishes_.find_nodes(*loaded_.plan, loaded_.problems);
  if (loaded_.exit_code == kExitSuccess && has_errors(loaded_.problems)) loaded_.exit_code = kExitUsage;
  const OutputFinder outputs_of = [&types, asks = !settings_.is_dry](const NodeInstance& node,
                                                                     std::string_view wanted) {
    return find_outputs(node, wanted, types, asks);
  };
  if (loaded_.exit_code == kExitSuccess &&
      !asked_.resolve(settings_.outputs, loaded_.plan->workflow(), outputs_of, loaded_.problems)) {
    loaded_.exit_code = kExitUsage;
    for (Problem& problem : loaded_.problems) {
      if (problem.code == "unknown_node" && !settings_.part.is_empty())
        problem.hint = with_hint("only the part that runs has results", problem.hint);
    }
  }
  if (loaded_.exit_code == kExitSuccess)
    settings_.options.wanted_outputs = asked_.wanted(loaded_.plan->workflow());
  show_problems(loaded_.problems);
  if (settings_.is_dry) return forecast(*overrides);
  if (loaded_.exit_code == kExitUsage) return kExitUsage;
  return loaded_.exit_code == kExitSuccess ? execute() : refuse();
}

/// The inputs that the command line has set, of what runs.
std::vector<std::pair<Uuid, std::string>> RunCommand::find_overridden(
    const std::vector<Override>& overrides) const {
  const Workflow& workflow = loaded_.plan->workflow();
  Problems known;  // has been told
  std::vector<std::pair<Uuid, std::string>> overridden;
  for (const Override& override : overrides) {
    if (is_of_workflow(override)) continue;
    const auto address = override.port ? resolve_address(workflow, override.target, *override.port, known)
                                       : resolve_address(workflow, override.target, known);
    if (address) overridden.emplace_back(workflow.nodes[address->node].instance_id, address->port);
  }
  return overridden;
}

/// Of what it was given: nothing is opened for it but what had to be read.
ExitCode RunCommand::forecast(const std::vector<Override>& overrides) {
  const bool is_quiet = settings_.format == OutputFormat::kQuiet;
  if (is_quiet || (!loaded_.plan && !settings_.is_json)) return loaded_.exit_code;
  const SecretMask mask(settings_.options.environment.secrets);
  std::string text;
  if (loaded_.plan) {
    if (const ExitCode code = check_journal(); code != kExitSuccess) return code;
    std::vector<ResumeRow> resumed;
    if (!settings_.resume.empty()) {
      Result<std::vector<ResumeRow>> rehearsed = wishes_.rehearse(loaded_.plan);
      if (!rehearsed) return journal_.fail(rehearsed.error(), kExitInvalid);
      resumed = std::move(*rehearsed);
    }
    const std::vector<std::pair<Uuid, std::string>> overridden = find_overridden(overrides);
    const RunForecast forecast{shown_name(settings_.file), *loaded_.plan, settings_.options,
                               loaded_.parameters,         overridden,    loaded_.nodes_in_file,
                               settings_.resume,           resumed};
    text = settings_.is_json ? forecast_json(forecast, loaded_.problems, mask)
                             : mask.apply(forecast_text(forecast));
  } else {
    std::vector<Value> problems;
    for (const Problem& problem : loaded_.problems) problems.push_back(problem_value(problem));
    const Value refused = Dict{{"file", shown_name(settings_.file)},
                               {"valid", false},
                               {"problems", Value::list(std::move(problems))}};
    append_json_pretty(text, ValueMask(mask).apply(refused), 2, NonFinite::kQuoted);
    text += "\n";
  }
  const ExitCode printed = print(text, diagnostics_);
  return printed == kExitSuccess ? loaded_.exit_code : printed;
}

/// Nobody waits for what will never be there.
void RunCommand::check_needs(const Registry& registry) {
  const Workflow& workflow = loaded_.plan->workflow();
  const ResourceOffer offer{.total = settings_.options.resources,
                            .general = settings_.options.default_limits.resources,
                            .hint = "give it what there is: --resource NAME=AMOUNT"};
  Problems missing = validate_resources(workflow, loaded_.plan->graph(), registry, offer);
  Problems unknown = validate_executors(workflow, loaded_.plan->graph(), registry, executors_);
  std::move(unknown.begin(), unknown.end(), std::back_inserter(missing));
  if (missing.empty()) return;
  point_into_file(*loaded_.plan, missing);
  std::move(missing.begin(), missing.end(), std::back_inserter(loaded_.problems));
  loaded_.refused = workflow;
  loaded_.plan.reset();
  loaded_.exit_code = kExitInvalid;
}

ExitCode RunCommand::check_output_options() const {
  const char* wrong = nullptr;
  if (settings_.is_dry && settings_.format == OutputFormat::kNdjson) {
    wrong = "--dry-run has no events; it writes text, or with -o json a document";
  } else if (settings_.is_json && !settings_.is_dry) {
    wrong = "-o json is for --dry-run; the event stream is -o ndjson";
  }
  if (wrong) {
    diagnostics_.error(wrong);
    return kExitUsage;
  }
  if (settings_.farm && (settings_.format || !settings_.outputs.empty() || settings_.is_json)) {
    wrong = "--progress keeps standard output for the farm's agent; events and results go to --events FILE";
  } else if (settings_.format == OutputFormat::kNdjson && !settings_.outputs.empty()) {
    wrong = "--output writes to standard output, which --format ndjson keeps for events; use --events";
  } else if (settings_.output_format && settings_.outputs.empty()) {
    wrong = "--output-format says how --output prints; name a result with --output NODE.PORT";
  }
  if (wrong) {
    diagnostics_.error(wrong);
    return kExitUsage;
  }
  const Result<void> reports = RunReports::check(settings_.reports);
  return reports ? kExitSuccess : report_usage_error(reports.error(), diagnostics_);
}

/// A run may go on for hours on a guessed encoding or without a start node: say so, unless quiet was asked
/// for.
void RunCommand::show_problems(const Problems& problems) {
  const bool shows_warnings = RunOutputs::format_of(settings_) != OutputFormat::kQuiet;
  Problems shown;
  for (const Problem& problem : problems) {
    if (shows_warnings || problem.severity == Severity::kError) shown.push_back(problem);
  }
  const SecretMask mask(settings_.options.environment.secrets);
  for (Problem& problem : shown) mask_problem(mask, problem);
  const std::string place = loaded_.exit_code == kExitUsage ? std::string() : shown_name(settings_.file);
  if (shown.empty()) return;
  const std::string text = problem_text(shown, place, wants_colour(STDERR_FILENO));
  write_to_stderr(settings_.ci.has_command_reader() ? without_ci_commands(text) : text);
}

/// What the run has told a CI job's server beside the view.
ExitCode RunCommand::annotate(Problems problems) {
  if (!outputs_.annotations()) return kExitSuccess;
  const SecretMask mask(settings_.options.environment.secrets);
  for (Problem& problem : problems) mask_problem(mask, problem);
  outputs_.annotations()->add(problems);
  return outputs_.print_annotations();
}

ExitCode RunCommand::refuse() {
  if (const ExitCode code = outputs_.open(); code != kExitSuccess) return code;
  report_refusal(outputs_.sink(), clock_, settings_.options, loaded_.refused ? &*loaded_.refused : nullptr,
                 loaded_.problems);
  const ExitCode closed = outputs_.close();
  const ExitCode annotated = annotate(loaded_.problems);
  for (const ExitCode code : {closed, annotated}) {
    if (code != kExitSuccess) return code;
  }
  return kExitInvalid;
}

/// On the watcher's thread.
void RunCommand::on_signal(int signal) {
  if (signal == SIGTSTP) return job_control_->stop();
  if (signal == SIGCONT) return job_control_->go_on();
  const ExitCode code = signal == SIGINT ? kExitCancelled : kExitTerminated;
  ExitCode none = kExitSuccess;
  const bool is_first = signal_code_.compare_exchange_strong(none, code);
  outputs_.hurry(clock_.steady_now());
  if (signal == SIGINT && ++interrupts_ > 1) end_at_once();
  outputs_.show_stopping();
  stopper_.stop(signal == SIGINT ? StopReason::kCancel : StopReason::kTerminate);
  // Nothing is left but the results and messages of the program: a reader may take none of them.
  if (is_first && is_shown_) limit_end();
}

/// Behind the last event, after a signal. Any thread.
void RunCommand::limit_end() {
  const int code = last_line_->exit_code().value_or(kExitSuccess);
  end_at_the_latest(settings_.grace + kEndPatience,
                    is_own_end(code) ? signal_code_.load() : static_cast<ExitCode>(code));
}

/// On the watcher's thread, while the run may be anywhere. What its nodes have started ends with the program.
void RunCommand::end_at_once() {
  int code = last_line_->cut_off(kExitCancelled, [this] {
    ExecutionFinished finished{.status = RunStatus::kCancelled, .exit_code = kExitCancelled};
    finished.duration = clock_.steady_now() - started_;
    finished.error = "a second interrupt ended the run at once";
    outputs_.cut_off(Event{0, clock_.wall_now(), settings_.options.run_id, std::nullopt, finished});
  });
  const bool is_drained = outputs_.drain();
  if ((!is_drained || owes_results_) && is_own_end(code)) code = kExitCancelled;
  ::_exit(code);
}

/// --from: all others have to be done (exit code 3, before anything runs).
ExitCode RunCommand::check_journal() {
  const Result<Problems> missing = wishes_.find_missing(loaded_.plan);
  if (!missing) return journal_.fail(missing.error(), kExitInvalid);
  show_problems(*missing);
  return missing->empty() ? kExitSuccess : kExitInvalid;
}

ExitCode RunCommand::execute() {
  if (const ExitCode code = check_journal(); code != kExitSuccess) return code;
  const ExitCode journal = journal_.open({.journal = settings_.journal,
                                          .resume = settings_.resume,
                                          .grace = settings_.grace,
                                          .file_check = settings_.file_check,
                                          .without = wishes_.without(),
                                          .why_without = wishes_.why_without()},
                                         loaded_.plan->workflow(), settings_.options);
  if (journal != kExitSuccess) return journal;
  if (const ExitCode code = open_cache(); code != kExitSuccess) return code;
  if (const ExitCode code = outputs_.open(); code != kExitSuccess) return code;
  last_line_.emplace(outputs_.sink());
  owes_results_ = !settings_.outputs.empty();
  started_ = clock_.steady_now();
  if (settings_.options.timeout) outputs_.hurry(started_ + *settings_.options.timeout);
  job_control_.emplace(*last_line_, stopper_, [this](Duration pause) {
    if (signal_code_ == kExitSuccess) outputs_.put_off_hurry(pause);
  });
  // Before every other thread: they inherit the signal mask.
  std::vector<int> signals = {SIGINT, SIGTERM};
  if (!is_ignored(SIGTSTP)) signals.insert(signals.end(), {SIGTSTP, SIGCONT});
  // A terminal that is closed ends the run in order too, unless it was started with nohup.
  if (!is_ignored(SIGHUP)) signals.push_back(SIGHUP);
  // What comes after the last line, up to the end of the program, changes nothing any more.
  const SignalWatcher watcher(
      signals, [this](int signal) { on_signal(signal); }, SignalWatcher::AtEnd::kIgnore);
  EventLoop loop;
  WorkerPool workers(settings_.jobs > 0 ? settings_.jobs : std::max(1u, std::thread::hardware_concurrency()));
  HttpClient http;
  Run run(loaded_.plan,
          RunServices{clock_, workers, http, nullptr, cache_ ? &*cache_ : journal_.recorder(),
                      cache_ ? &*cache_ : journal_.resumption()},
          *job_control_, settings_.options);
  RunDriver driver(run, loop, *job_control_);
  stopper_.attach(run);
  driver.drive(outputs_.view());
  stopper_.detach();
  // A stopped run leaves work behind that did not give way; the program does not wait for it either.
  workers.abandon();
  return tell_end(run);
}

ExitCode RunCommand::open_cache() {
  if (settings_.cache.empty()) return kExitSuccess;
  Result<std::unique_ptr<CacheFolder>> folder = CacheFolder::open(settings_.cache, settings_.max_cache_bytes);
  if (!folder) return report_usage_error(folder.error(), diagnostics_);
  cache_folder_ = std::move(*folder);
  cache_.emplace(CacheLayer::Parts{.folder = *cache_folder_,
                                   .clock = clock_,
                                   .journal = journal_.recorder(),
                                   .resumption = journal_.resumption(),
                                   .directory = settings_.options.environment.working_directory});
  return kExitSuccess;
}

/// What is written behind the last event; the exit code.
ExitCode RunCommand::tell_end(const Run& run) {
  const ExitCode closed = outputs_.close();
  is_shown_ = true;
  if (signal_code_ != kExitSuccess) limit_end();
  // Definitions that do not load show only when their instances are made.
  const bool is_refused = run.outcome().status == RunStatus::kInvalid;
  if (is_refused) show_problems(run.problems());
  Problems problems = loaded_.problems;
  if (is_refused) problems.insert(problems.end(), run.problems().begin(), run.problems().end());
  const ExitCode annotated = annotate(problems);
  const ExitCode printed = !settings_.outputs.empty() && !is_refused ? print_results(run) : kExitSuccess;
  for (const ExitCode code : {closed, annotated, printed}) {
    if (code != kExitSuccess) return code;
  }
  return exit_code_of_end(run.outcome());
}

/// That of the run, unless a stop came behind its end and something could not be written any more: a result
/// that is cut off must not look like a whole one.
ExitCode RunCommand::exit_code_of_end(const RunOutcome& outcome) const {
  const auto code = static_cast<ExitCode>(outcome.exit_code);
  const ExitCode signal_code = signal_code_;
  if (!is_own_end(code)) return code;
  if (signal_code != kExitSuccess)
    return outputs_.has_lost_value() || outputs_.has_lost_view() ? signal_code : code;
  return outputs_.has_lost_value() ? kExitTimeout : code;
}

ExitCode RunCommand::print_results(const Run& run) {
  const std::vector<NamedResult> results = asked_.of(run, loaded_.plan->workflow());
  const ExitCode code =
      outputs_.print_value(result_text(results, settings_.output_format.value_or(ResultFormat::kLines)));
  if (!outputs_.has_lost_value()) owes_results_ = false;
  return code;
}

}  // namespace

void set_up_run(CommandSpec& command) {
  auto settings = std::make_shared<RunCommandOptions>();
  declare_run_options(command, *settings);
  command.action = [settings](Diagnostics& diagnostics) { return RunCommand(*settings, diagnostics).run(); };
}

}  // namespace vnode
