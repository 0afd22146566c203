#include "command/command_outcome.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "command/output_values.h"
#include "node/node_failure.h"

namespace vnode {
namespace {

constexpr int kNotExecutable = 126;
constexpr int kNoProgram = 127;
constexpr int kSignalBase = 128;

using Failure = CommandOutcome::Failure;

bool is_folder(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// The system says "no such file" of a script, too, when it means the interpreter in its first line.
CommandOutcome not_started(const CommandPlan& plan, const std::string& directory, const Error& error) {
  CommandOutcome outcome;
  const std::string& program = plan.call.words.front();
  const std::string path = path_in(directory, program);
  const bool has_path = program.find('/') != program.npos;
  if (!directory.empty() && !is_folder(directory)) {
    outcome = {kNotExecutable,
               Failure{"not_started", "its working directory " + directory + " is not there"}};
  } else if (error.code == ErrorCode::kNotFound && has_path && ::access(path.c_str(), F_OK) == 0) {
    outcome = {kNotExecutable,
               Failure{"not_executable", program + " cannot be executed: the interpreter that its first "
                                                   "line names is not there"}};
  } else if (error.code == ErrorCode::kNotFound) {
    outcome = {kNoProgram, Failure{"no_program", error.message}};
  } else if (error.code == ErrorCode::kUnreadable && has_path && is_folder(path)) {
    outcome = {kNotExecutable, Failure{"not_executable", program + " cannot be executed: it is a folder"}};
  } else {
    outcome = {
        kNotExecutable,
        Failure{error.code == ErrorCode::kUnreadable ? "not_executable" : "not_started", error.message}};
  }
  return outcome;
}

std::optional<Failure> failure_of(const CommandPlan& plan, const ProcessEnd& end, const CommandOutput& output,
                                  const ExpectedFiles& files) {
  const std::string& program = plan.call.words.front();
  if (end.reason == ProcessStop::kMemory) return Failure{"memory", program + " " + describe(end)};
  if (end.code < 0) return Failure{std::string(kSignalFailure), program + " " + describe(end)};
  if (std::find(plan.exit_codes.begin(), plan.exit_codes.end(), end.code) == plan.exit_codes.end()) {
    return Failure{std::string(kExitCodeFailure), program + " " + describe(end)};
  }
  if (!output.forbidden().empty()) return Failure{"output", program + " has failed: " + output.forbidden()};
  const std::string complaint = files.complaint();
  if (!complaint.empty()) return Failure{"files", program + " has failed: " + complaint};
  return std::nullopt;
}

}  // namespace

CommandOutcome refused_command(const CommandDefinition& definition, std::string message) {
  CommandOutcome outcome{kNotExecutable, Failure{"not_started", std::move(message)}};
  outcome.outputs.resize(definition.outputs.size());
  return outcome;
}

CommandOutcome judge_command(const CommandPlan& plan, const std::string& directory, const ProcessEnd& end,
                             const CommandOutput& output, const ExpectedFiles& files) {
  const std::vector<OutputSource>& sources = plan.definition->outputs;
  CommandOutcome outcome;
  if (end.error && !end.is_lost) {
    outcome = not_started(plan, directory, *end.error);
  } else if (end.error) {
    outcome = {kSignalBase + 9, Failure{"lost", end.error->message}};
  } else {
    outcome.exit_code = end.code < 0 ? kSignalBase - end.code : end.code;
    outcome.failure = failure_of(plan, end, output, files);
  }
  outcome.outputs.resize(sources.size());
  for (std::size_t i = 0; i < sources.size() && !end.error; ++i) {
    Result<Value> value = output_value(sources[i], i, plan.output_paths[i], directory, output);
    if (value) {
      outcome.outputs[i] = std::move(*value);
    } else if (!outcome.failure) {
      outcome.failure = Failure{"output", plan.call.words.front() + " has failed: output '" +
                                              sources[i].port + "': " + value.error().message};
    }
  }
  outcome.text = output.text(OutputStream::kOutput);
  outcome.errors = output.text(OutputStream::kErrors);
  if (!outcome.failure) return outcome;
  if (!output.said_failure().empty()) outcome.failure->message += ": " + output.said_failure();
  const std::string last = output.last_errors();
  // One line is told in the same line: many reports show only the first.
  const bool is_one = last.find('\n') == last.npos;
  if (!last.empty())
    outcome.failure->message += is_one ? ": " + last : "; its last lines on stderr:\n" + last;
  return outcome;
}

}  // namespace vnode
