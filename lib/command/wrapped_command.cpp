#include "command/wrapped_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "model/resource_amounts.h"

namespace vnode {
namespace {

constexpr std::array<std::string_view, 5> kRunVariables{"VNODE_RUN_ID", "VNODE_NODE_ID", "VNODE_ATTEMPT",
                                                        "VNODE_TRY", "VNODE_REPEATED"};

std::optional<std::string> amount_of(const ResourceAmounts& resources, std::string_view name) {
  const auto found = resources.find(name);
  return found == resources.end() ? std::nullopt : std::optional(resource_amount_text(found->second));
}

std::vector<std::string> variables_to_pass(std::vector<std::string> names,
                                           const std::vector<std::string>& environment) {
  for (const std::string_view name : kRunVariables) {
    const std::string begin = std::string(name) + "=";
    const bool is_there =
        std::any_of(environment.begin(), environment.end(),
                    [&begin](const std::string& entry) { return entry.starts_with(begin); });
    if (is_there) names.emplace_back(name);
  }
  return names;
}

}  // namespace

Result<WrapStop> wrap_start(const WrapExecutor& executor, const InstanceRequest& request,
                            const std::vector<std::string>& own_variables, const std::string& name,
                            ProcessStart& start) {
  const auto refuse = [&executor](const std::string& message) {
    return Error{ErrorCode::kInvalidValue, "executor '" + executor.name + "': " + message};
  };
  if (!own_variables.empty() && !executor.words.passes_environment()) {
    return refuse("its words do not pass the variable " + own_variables.front() +
                  " on that the node sets: {environment:FLAG} is missing in them");
  }
  const std::vector<std::string> variables = variables_to_pass(own_variables, start.environment);
  WrapValues values{.words = start.words,
                    .directory = start.directory,
                    .variables = variables,
                    .name = name,
                    .cpus = amount_of(request.resources, kCpus),
                    .mem = amount_of(request.resources, kMem),
                    .options = &request.executor_options};
  if (request.timeout) {
    values.time = std::to_string(std::chrono::ceil<std::chrono::seconds>(*request.timeout).count());
  }
  Result<std::vector<std::string>> words = executor.words.fill(values);
  if (!words) return refuse(words.error().message);
  WrapStop stop;
  if (!executor.stop.is_empty()) {
    for (const auto& [signal, into] : {std::pair("TERM", &stop.terminate), std::pair("KILL", &stop.kill)}) {
      values.signal = signal;
      Result<std::vector<std::string>> filled = executor.stop.fill(values);
      if (!filled) return refuse(filled.error().message);
      *into = std::move(*filled);
    }
  }
  start.words = std::move(*words);
  return stop;
}

}  // namespace vnode
