// The part of CommandSession that deals with executors (rules of lib/executor).
#include <algorithm>
#include <utility>

#include "command/command_session.h"
#include "command/wrap_stopper.h"

namespace vnode {

/// The words of its executor around those of the process.
Result<WrapStop> CommandSession::wrap(const CommandInstance& instance, const CommandPlan& plan,
                                      std::span<const std::uint64_t> chains, const NodeContext& node,
                                      ProcessStart& start) {
  std::vector<std::string> names;
  for (const auto& [name, value] : plan.call.environment) names.push_back(name);
  for (const auto& [name, value] : variables_set_for(chains)) {
    if (value && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  const std::string unique =
      "vnode-" + run_.run_id() + "-" + std::to_string(++wraps_) + "-" + std::to_string(node.try_number());
  return wrap_start(*instance.executor, instance.request, names, unique, start);
}

/// What is behind the words of an executor is asked to end first: most of those end with it.
void CommandSession::stop_process(CommandProcess& process) {
  const Duration grace = runtime_.settings().grace;
  if (process.wrap_stop.terminate.empty()) return processes_->stop(process.number, grace);
  if (process.kill_due) return;
  stop_behind_wrap(process, process.wrap_stop.terminate);
  process.kill_due = run_.clock().steady_now() + grace;
  process.parking.wake();
}

/// That it cannot be done is told, and does not hold up the end of what is here.
void CommandSession::stop_behind_wrap(CommandProcess& process, const std::vector<std::string>& words) {
  ProcessStart start;
  start.words = words;
  Variables variables = *own_variables_;
  const Variables& given = run_.environment().variables;
  variables.insert(variables.end(), given.begin(), given.end());
  start.environment = child_environment(variables);
  start.directory = run_.environment().working_directory;
  start.grace = runtime_.settings().grace;
  auto stopper = std::make_shared<WrapStopper>(process.shared_from_this(), news_, words.front());
  Result<ProcessNumber> number = start_piped(processes(), runtime_.watcher(), std::move(start), stopper);
  if (!number) run_.log(process.instance, LogLevel::kWarning, number.error().message, "");
}

Task<void> CommandSession::wait_for_end(CommandProcess& process) {
  while (!process.has_ended) {
    co_await process.parking.wait(false, process.kill_due);
    if (process.has_ended || !process.kill_due || run_.clock().steady_now() < *process.kill_due) continue;
    stop_behind_wrap(process, process.wrap_stop.kill);
    process.wrap_stop = {};
    process.kill_due.reset();
    stop_process(process);
  }
}

}  // namespace vnode
