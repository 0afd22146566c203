#pragma once

#include <string>

#include "picture/picture.h"
#include "support/workflow_builder.h"

namespace vnode::test {

/// What each format must keep from becoming its own: markup, script, quotes, escapes, directions of writing.
inline const std::string kHostile =
    "</text><script>alert(1)</script>\"]; \\N | {x} `y` <b> & \x1b[31m \xE2\x80\xAE \xFF end\n--> %%{init}%%";

inline NodeLook plain_look(const NodeInstance& node) {
  return {.title = node.node_id,
          .inputs = {{.name = "exec_in", .type = "exec"}, {.name = "a", .type = "string", .widget = "text"}},
          .outputs = {{.name = "exec_out", .type = "exec"}, {.name = "out", .type = "int"}}};
}

inline Picture picture_of(const Workflow& workflow, const RunOutcomes* run = nullptr,
                          std::string title = "w") {
  return make_picture(workflow, std::move(title), plain_look, run);
}

/// Hostile in all that a file says, and in what a run has told.
inline Workflow hostile_workflow() {
  WorkflowBuilder file;
  file.node("a", kHostile, Dict{{"a", Value(kHostile)}})
      .node("b", "end", Dict{{"a", Value(std::string(100'000, 'x'))}});
  file.data("a." + std::string("bad\"port<"), "b.a").exec("a", "b").data("b.out", "a.a");
  Workflow workflow = file.workflow();
  const Value at = Value::list({Value(0), Value(0)});
  workflow.nodes[1].position = Value::list({Value(800), Value(0)});
  workflow.nodes[0].position = at;
  workflow.sticky_notes =
      Value::list({Value(Dict{{"position", at}, {"text", Value(kHostile)}, {"color", Value("red\"/><x")}})});
  workflow.backdrops = Value::list(
      {Value(Dict{{"position", at}, {"title", Value(kHostile)}, {"size", Value("x")}}), Value(3)});
  return workflow;
}

inline RunOutcomes hostile_run(const Workflow& workflow) {
  RunOutcomes run{.status = "failed", .seconds = 2, .nodes = {}};
  run.nodes[workflow.nodes[0].instance_id.text()] = {OutcomeState::kFailed, 3, 1.5, "oh <no> & \"so\""};
  return run;
}

}  // namespace vnode::test
