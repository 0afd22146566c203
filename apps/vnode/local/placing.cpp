#include "apps/vnode/local/placing.h"

#include <utility>
#include <vector>

#include "layout/workflow_layout.h"
#include "model/members.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"

namespace vnode {
namespace {

/// How far a note stands above its node.
constexpr double kNoteOffset = 180;

void place_inside(NodeInstance& node, const YamlPlaces& places, const LookOf& look_of) {
  const Value* inside = node.parameters.find(std::string_view("__workflow__"));
  if (!inside) return;
  WorkflowReading reading = read_workflow(*inside, "");
  if (!reading.workflow) return;
  place_nodes(*reading.workflow, places, look_of);
  node.parameters.set("__workflow__", workflow_document(*reading.workflow));
}

/// Notes are in the order of their nodes.
void place_notes(Workflow& workflow, const YamlPlaces& places) {
  if (places.noted.empty() || !workflow.sticky_notes.is_list()) return;
  std::vector<Value> notes(workflow.sticky_notes.as_list().begin(), workflow.sticky_notes.as_list().end());
  for (std::size_t i = 0; i < places.noted.size() && i < notes.size(); ++i) {
    const auto position = read_position(workflow.nodes[places.noted[i]].position);
    if (!position || !notes[i].is_dict()) continue;
    Dict note = notes[i].as_dict();
    note.set("position", position_value({position->x, position->y - kNoteOffset}));
    notes[i] = Value(std::move(note));
  }
  workflow.sticky_notes = Value::list(std::move(notes));
}

}  // namespace

void place_nodes(Workflow& workflow, const YamlPlaces& places, const LookOf& look_of) {
  for (std::size_t i = 0; i < places.nodes.size() && i < workflow.nodes.size(); ++i) {
    if (places.nodes[i].group) place_inside(workflow.nodes[i], *places.nodes[i].group, look_of);
  }
  if (places.unplaced.empty()) return;
  for (const std::size_t index : places.unplaced) workflow.nodes[index].position = Value();
  set_missing_positions(workflow, look_of);
  place_notes(workflow, places);
}

}  // namespace vnode
