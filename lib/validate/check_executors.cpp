#include <algorithm>

#include "base/spelling.h"
#include "model/member_reader.h"
#include "node/node_limits.h"
#include "validate/checks.h"

namespace vnode {
namespace {

constexpr std::string_view kExecutorOf = "__vnode__";

/// What the instance says itself, else its definition; empty: neither does.
std::string named_executor(const Subject& subject, NodeIndex node, bool& is_own) {
  const Value* settings = subject.node(node).parameters.find(kExecutorOf);
  if (settings && settings->is_dict()) {
    Problems mistakes;  // `check_settings` tells of them
    const NodeLimits own = read_node_limits(MemberReader(*settings, "", mistakes, ""));
    is_own = own.executor.has_value();
    if (is_own) return *own.executor;
  }
  return subject.view(node).type->limits.executor.value_or("");
}

}  // namespace

void check_executors(const Subject& subject, std::span<const KnownExecutor> executors,
                     ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.workflow().nodes.size(); ++node) {
    const NodeType* type = subject.view(node).type;
    if (!type || type->contents != NodeType::Contents::kNone || subject.node(node).bypassed) continue;
    bool is_own = false;
    const std::string name = named_executor(subject, node, is_own);
    if (name.empty()) continue;
    const std::string place = node_pointer(node);
    const std::string pointer =
        is_own ? place + "/parameters/" + std::string(kExecutorOf) + "/executor" : place;
    const auto found = std::find_if(executors.begin(), executors.end(),
                                    [&name](const KnownExecutor& known) { return known.name == name; });
    if (found == executors.end()) {
      problems.error("unknown_executor", [&] {
        std::vector<std::string> names;
        for (const KnownExecutor& known : executors) names.push_back(known.name);
        return Problem{.pointer = pointer,
                       .message = subject.label(node) + ": there is no executor '" + name + "'",
                       .hint = spelling_advice(name, names, "there are"),
                       .node = subject.label(node)};
      });
    } else if (!found->is_stoppable) {
      problems.note("executor_without_stop", [&] {
        return Problem{.pointer = pointer,
                       .message = "executor '" + name +
                                  "' has no 'stop': of what runs behind its words nothing is known to end it",
                       .hint = "say how: stop: [docker, kill, --signal, \"{signal}\", \"{name}\"]",
                       .node = subject.label(node)};
      });
    }
  }
}

}  // namespace vnode
