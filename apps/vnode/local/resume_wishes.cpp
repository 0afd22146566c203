#include "apps/vnode/local/resume_wishes.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "apps/vnode/local/resume_rehearsal.h"
#include "base/owned_fd.h"
#include "engine/node_address.h"
#include "engine/nodes_behind.h"
#include "journal/last_inputs.h"

namespace vnode {
namespace {

Problem wish_problem(std::string code, std::string message, std::string hint = {}) {
  return {.severity = Severity::kError,
          .code = std::move(code),
          .pointer = "",
          .message = std::move(message),
          .hint = std::move(hint)};
}

Result<std::optional<LastInputs>> last_inputs_in(const std::string& journal, const Uuid& node) {
  const OwnedFd fd(::open(journal.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return io_error("cannot open the journal " + journal, errno);
  return read_last_inputs(fd.get(), journal, node);
}

}  // namespace

Result<void> ResumeWishes::check() const {
  if (settings_.from.empty()) return {};
  if (settings_.resume.empty())
    return usage_error("--from goes on from a journal: name it with --resume FILE", {});
  if (!settings_.part.only.empty())
    return usage_error("--only is a node alone, so there is nothing behind it for --from", {});
  return {};
}

std::string ResumeWishes::why_without() const {
  return settings_.part.only.empty() ? "asked for with --from" : "asked for with --only";
}

void ResumeWishes::ask_for_inputs(PreparationRequest& request) {
  if (settings_.resume.empty() || settings_.part.only.empty()) return;
  request.fill_single = [this](NodeInstance& node, const std::vector<std::string>& wired,
                               Problems& problems) { fill(node, wired, problems); };
}

/// Those of `-p` come behind that.
void ResumeWishes::fill(NodeInstance& node, const std::vector<std::string>& wired, Problems& problems) {
  const std::string wish = "--only " + settings_.part.only + ": ";
  const auto last = last_inputs_in(settings_.resume, node.instance_id);
  if (!last) return problems.push_back(wish_problem("no_record", wish + describe(last.error())));
  if (!*last)
    return problems.push_back(
        wish_problem("no_record", wish + "the node does not stand in " + settings_.resume,
                     "only nodes that touch the world do: Python, commands, files, HTTP"));
  const LastInputs& inputs = **last;
  for (const std::string& port : wired) {
    const Value* value = inputs.values.find(port);
    if (!value) continue;
    node.parameters.set(Value(port), *value);
  }
  if (inputs.was_masked || inputs.has_objects)
    return problems.push_back(
        wish_problem("no_record",
                     wish + "what wires have brought to it is not in the journal: " +
                         (inputs.was_masked ? "a secret was in it" : "objects that are no data"),
                     "run it with --from, or set its inputs with -p without --resume"));
  settings_.options.repeated = {.executions_before = inputs.execution - 1, .delivered = wired};
}

void ResumeWishes::find_nodes(const Plan& plan, Problems& problems) {
  without_.clear();
  const Workflow& workflow = plan.workflow();
  if (settings_.resume.empty()) return;
  if (!settings_.part.only.empty()) {
    for (const NodeInstance& node : workflow.nodes) without_.insert(node.instance_id);
  }
  if (settings_.from.empty()) return;
  const std::size_t known = problems.size();
  const auto address = resolve_address(workflow, settings_.from, "", problems);
  for (std::size_t i = known; i < problems.size(); ++i)
    problems[i].message.insert(0, "--from " + settings_.from + ": ");
  if (!address) return;
  const auto node = static_cast<NodeIndex>(address->node);
  std::vector<bool> is_behind = nodes_behind(plan.graph(), std::span(&node, 1));
  is_behind[node] = true;
  for (NodeIndex i = 0; i < workflow.nodes.size(); ++i) {
    if (is_behind[i]) without_.insert(workflow.nodes[i].instance_id);
  }
}

Result<std::vector<ResumeRow>> ResumeWishes::rehearse(const std::shared_ptr<const Plan>& plan) const {
  ResumeRehearsal rehearsal(plan);
  const Result<void> performed = rehearsal.perform(
      settings_.resume,
      {.file_check = settings_.file_check, .without = without_, .why_without = why_without()},
      settings_.options);
  return performed ? Result<std::vector<ResumeRow>>(rehearsal.rows())
                   : Result<std::vector<ResumeRow>>(performed.error());
}

Result<Problems> ResumeWishes::find_missing(const std::shared_ptr<const Plan>& plan) const {
  Problems missing;
  if (settings_.from.empty()) return missing;
  ResumeRehearsal rehearsal(plan);
  const Result<void> performed = rehearsal.perform(settings_.resume,
                                                   {.file_check = settings_.file_check,
                                                    .without = without_,
                                                    .why_without = why_without(),
                                                    .takes_stateful = true},
                                                   settings_.options);
  if (!performed) return performed.error();
  for (std::size_t i = 0; i < rehearsal.rows().size(); ++i) {
    const ResumeRow& row = rehearsal.rows()[i];
    const NodeInstance& node = plan->workflow().nodes[rehearsal.node_of(i)];
    // What is never taken runs each time, and has its record all the same.
    if (!row.runs || row.is_never_taken || without_.contains(node.instance_id)) continue;
    missing.push_back(
        wish_problem("not_done",
                     "--from " + settings_.from + ": " + row.word + " would run, too: " +
                         (row.reason.empty() ? "it does not stand in " + settings_.resume : row.reason),
                     "go on without --from, or from that node"));
    missing.back().node = node_label(node);
  }
  return missing;
}

}  // namespace vnode
