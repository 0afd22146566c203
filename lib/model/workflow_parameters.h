#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/parameter.h"
#include "model/workflow.h"

namespace vnode {

/// The parameters of one workflow, and where its file has them filled in (engine rule 47). They are declared
///   in `metadata.parameters`: {NAME: {type, default, ...}}; then `${NAME}` in the texts of nodes' parameters
///     (not in code, and not in what begins with `__`, but for the settings in `__vnode__`) stands for them,
///   or at the port that one sets, in `__vnode__.parameters` of a node: {PORT: {name, type, default, ...,
///     text}}; the port then gets `text`, without one the parameter itself. Without `default` the port's
///     saved value is the default.
/// Several declarations of one name are one, and must not contradict each other. What is inside of groups
/// belongs to it, unless a group's workflow has `metadata.parameters` of its own.
/// Owns what it needs; immutable. Thread rule: none.
class WorkflowParameters {
 public:
  /// Errors: bad_parameter, unknown_parameter (a name that is not declared). Warnings: parameter_default (a
  /// saved value is not the default filled in), idle_parameter (nothing uses it).
  static WorkflowParameters read(const Workflow& workflow, Problems& problems);

  /// True when there is nothing to say and nothing to fill in, as in most files.
  bool is_empty() const { return declared_.empty() && marks_.empty(); }
  const std::vector<Parameter>& declared() const { return declared_; }
  const Parameter* find(std::string_view name) const;
  std::vector<std::string> names() const;

  /// Fills the values in, in the workflow that was read (`read` without errors). A parameter that `values`
  /// does not have has no value: a port that is nothing else then keeps its type's default.
  void fill(Workflow& workflow, const Dict& values) const;

 private:
  friend class ParameterFinder;

  /// The workflow itself is the first; the others are inside of groups, outer ones first.
  /// In order of their parents, and there of their groups.
  struct Unit {
    std::size_t parent = 0;
    std::size_t node = 0;  ///< the group, in its parent
    Value document = {};
    std::size_t outermost = 0;  ///< the group around it all, in the workflow
    std::size_t depth = 0;
  };
  /// A node with something to fill in, or with a group in it that has.
  struct Mark {
    std::size_t unit = 0;
    std::size_t node = 0;
  };
  bool fill_node(Dict& parameters, const Dict& values) const;
  std::span<const Mark> marks_of(std::size_t unit) const;
  Value filled_document(std::size_t unit, const std::vector<Value>& filled, const Dict& values) const;
  void put_groups(std::size_t unit, std::size_t node, const std::vector<Value>& filled,
                  Dict& parameters) const;

  std::vector<Parameter> declared_;
  std::map<std::string, std::size_t, std::less<>> index_;  ///< by name
  std::vector<Unit> units_;
  std::vector<Mark> marks_;  ///< in order
  bool fills_texts_ = false;
};

/// Whether a group's workflow has parameters of its own.
bool declares_parameters(const Value& document);

}  // namespace vnode
