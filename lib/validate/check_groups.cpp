#include <utility>

#include "model/value_ops.h"
#include "model/workflow_parameters.h"
#include "model/workflow_reader.h"
#include "validate/checks.h"

namespace vnode {
namespace {

constexpr std::string_view kGroupNode = "group_node";
constexpr std::string_view kInnerWorkflow = "__workflow__";

/// Of parameters that the group's ports will give it (engine rule 47).
void fill_with_defaults(Workflow& workflow, Problems& problems) {
  const WorkflowParameters parameters = WorkflowParameters::read(workflow, problems);
  Dict values;
  for (const Parameter& parameter : parameters.declared())
    values.set(parameter.name, stand_in_for(parameter));
  if (!has_errors(problems)) parameters.fill(workflow, values);
}

/// Examines the workflows inside groups, outer ones first. A work list, so that depth costs heap, not stack;
/// whole pointers are only put together for what is reported, because those of deep groups are long.
class GroupWalk {
 public:
  using Check = std::function<void(const Subject&, ProblemList&)>;

  GroupWalk(TypeCache& types, const Check& check, ProblemList& problems, InsideGroups errors)
      : types_(types), check_(check), problems_(problems), errors_(errors) {}

  void run(const Workflow& outermost) {
    collect(outermost, kOutermost);
    for (std::size_t next = 0; next < groups_.size(); ++next) {
      const Value document = std::exchange(groups_[next].document, Value());
      if (truthy(document)) {
        examine(document, next);
      } else {
        report(next, Problem{.severity = Severity::kError, .message = "the group is empty"});
      }
    }
  }

 private:
  static constexpr std::size_t kOutermost = static_cast<std::size_t>(-1);

  struct Group {
    std::size_t parent;  ///< the group that this one is in
    NodeIndex node;      ///< its number there
    std::string label;
    Value document;
  };

  void collect(const Workflow& workflow, std::size_t parent) {
    for (NodeIndex i = 0; i < workflow.nodes.size(); ++i) {
      const NodeInstance& node = workflow.nodes[i];
      if (node.node_id != kGroupNode) continue;
      const Value* document = node.parameters.find(kInnerWorkflow);
      groups_.push_back({parent, i, node_label(node), document ? *document : Value()});
    }
  }

  void examine(const Value& document, std::size_t group) {
    WorkflowReading reading = read_workflow(document, "");
    if (reading.workflow && declares_parameters(document))
      fill_with_defaults(*reading.workflow, reading.problems);
    for (const Problem& problem : reading.problems) report(group, problem);
    if (!reading.workflow) return;
    const Graph graph(*reading.workflow);
    ProblemList inner;
    check_(Subject(*reading.workflow, graph, types_), inner);
    problems_.take_idle_values(inner);
    for (const Problem& problem : inner.take()) report(group, problem);
    collect(*reading.workflow, group);
  }

  void report(std::size_t group, const Problem& inner) {
    const bool is_error = inner.severity == Severity::kError;
    const bool ends_all = is_error && errors_ == InsideGroups::kError;
    const Severity severity = inner.severity == Severity::kNote ? Severity::kNote
                              : ends_all                        ? Severity::kError
                                                                : Severity::kWarning;
    problems_.add(severity, "group_problem", [&] {
      const bool is_fatal = is_error && !ends_all;
      Problem problem = inner;
      problem.pointer = pointer_to(group) + inner.pointer;
      problem.message = "in the group " + groups_[group].label + ": " + inner.message +
                        (is_fatal ? "; the group fails when it runs" : "");
      if (problem.node.empty()) problem.node = groups_[group].label;
      return problem;
    });
  }

  std::string pointer_to(std::size_t group) const {
    std::vector<std::size_t> path;
    for (; group != kOutermost; group = groups_[group].parent) path.push_back(group);
    std::string pointer;
    for (auto step = path.rbegin(); step != path.rend(); ++step) {
      pointer += node_pointer(groups_[*step].node) + "/parameters/" + std::string(kInnerWorkflow);
    }
    return pointer;
  }

  TypeCache& types_;
  const Check& check_;
  ProblemList& problems_;
  const InsideGroups errors_;
  std::vector<Group> groups_;
};

}  // namespace

void check_groups(const Workflow& workflow, TypeCache& types,
                  const std::function<void(const Subject&, ProblemList&)>& check, ProblemList& problems,
                  InsideGroups errors) {
  GroupWalk(types, check, problems, errors).run(workflow);
}

}  // namespace vnode
