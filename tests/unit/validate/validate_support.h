#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/workflow_builder.h"
#include "validate/validate.h"

namespace vnode::test {

/// Adds an input for every saved key that starts with "step_"; the key "refuse" makes it fail.
inline void restore_steps(const Dict& saved, PortSet ports) {
  for (const Dict::Entry& entry : saved) {
    if (entry.key.as_text() == "refuse") throw NodeFailure("no such step");
    if (entry.key.as_text().starts_with("step_")) ports.add_input({.name = std::string(entry.key.as_text())});
  }
}

/// A few types that have between them all kinds of ports. Those that are no part of a test's sentence:
/// "action" has exec pins, "source" and "sink" have none.
inline Registry small_registry() {
  NodeLibrary library;
  library.add(
      {.definition = {.node_id = "action",
                      .inputs = {{"count", "int"}, {"text", "string"}, {"any"}, {"break_condition", "bool"}},
                      .outputs = {{"value"}, {"number", "int"}}}});
  library.add({.definition = {.node_id = "source",
                              .use_exec = false,
                              .inputs = {{"in"}},
                              .outputs = {{"out"}, {"number", "int"}, {"list", "list"}, {"dict", "dict"}}}});
  library.add({.definition = {.node_id = "sink",
                              .use_exec = false,
                              .inputs = {{"number", "int", 5}, {"list", "list"}, {"both"}},
                              .outputs = {{"both"}}}});
  library.add({.definition = {.node_id = "loop",
                              .use_exec = false,
                              .inputs = {{"exec_in", "exec"}, {"collection"}},
                              .outputs = {{"each_item", "exec"}, {"current_item"}}},
               .output_aliases = {{"exec_loop_body", "each_item"}}});
  library.add({.definition = {.node_id = "Parallel For Each",
                              .use_exec = false,
                              .inputs = {{"exec_in", "exec"}, {"collection"}, {"result"}},
                              .outputs = {{"each_item", "exec"},
                                          {"exec_on_finished", "exec"},
                                          {"current_item"},
                                          {"current_index", "int"},
                                          {"results", "list"}}}});
  library.add({.definition = {.node_id = "steps",
                              .use_exec = false,
                              .inputs = {{"step_0"}},
                              .outputs = {{"exec_step", "exec"}}},
               .restore_ports = restore_steps});
  library.add({.definition = {.node_id = "takes_any", .inputs = {{"in"}}, .outputs = {{"out"}}},
               .takes_any_input = true});
  library.add(
      {.definition = {.node_id = "picky", .use_exec = false, .inputs = {{"in"}}, .outputs = {{"out"}}},
       .check_saved = [](std::string_view, const Value& saved, const std::string& pointer,
                         Problems& problems) {
         if (saved.is_text() && saved.as_text() == "wrong")
           problems.push_back({.code = "", .pointer = pointer + "/0", .message = "is wrong"});
       }});
  library.add({.definition = {.node_id = "group_node"}});
  library.add({.definition = {.node_id = "prism_core_init", .use_exec = false}});
  library.add({.definition = {.node_id = "in_python"}, .origin = "/n.json", .unusable = "it needs Python"});
  Registry registry;
  registry.add_library(library);
  return registry;
}

inline Problems validate(const Workflow& workflow) {
  return vnode::validate(workflow, Graph(workflow), small_registry());
}
inline Problems validate(const WorkflowBuilder& file) { return validate(file.workflow()); }

/// "code pointer" for each problem, in order; an error with "!" in front.
inline std::vector<std::string> briefly(const Problems& problems) {
  std::vector<std::string> brief;
  for (const Problem& problem : problems) {
    brief.push_back((problem.severity == Severity::kError ? "!" : "") + problem.code + " " + problem.pointer);
  }
  return brief;
}

/// The first problem of that code; an empty one when there is none.
inline Problem find_problem(const Problems& problems, std::string_view code) {
  auto found =
      std::find_if(problems.begin(), problems.end(), [code](const Problem& p) { return p.code == code; });
  return found == problems.end() ? Problem{} : *found;
}

}  // namespace vnode::test
