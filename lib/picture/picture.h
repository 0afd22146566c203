#pragma once

#include <memory>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "layout/workflow_layout.h"
#include "picture/node_outcome.h"

namespace vnode {

/// A note or a backdrop of the file, with what can be drawn of it.
struct Decoration {
  Point at;
  Size size;
  std::string text;
  std::string colour;  ///< "#rrggbb", whatever the file says
};

/// One level of a workflow: its own nodes, or those inside a group.
struct Sheet {
  std::string title;    ///< the workflow's name, or "group NAME"
  std::string address;  ///< of the group that it shows, see RunOutcomes; empty for the outermost
  Workflow workflow;
  Graph graph;
  std::vector<NodeShape> shapes;
  WorkflowLayout layout;  ///< with routes also of wires that lead back, whoever has placed the nodes
  std::vector<Decoration> backdrops;
  std::vector<Decoration> notes;
  /// Of each node; null where the run has not told of it, or there is none.
  std::vector<const NodeOutcome*> outcomes;
  std::vector<std::size_t> inside;  ///< of each node: the sheet of a group's inside, or 0
};

/// All that is drawn of a workflow, whatever the format.
struct Picture {
  std::vector<std::unique_ptr<Sheet>> sheets;  ///< the outermost first, groups behind what they are in
  const RunOutcomes* run = nullptr;
  std::size_t left_out = 0;  ///< groups that are not drawn: there are too many
  double longest = 0;        ///< seconds, of the slowest node of the run
};

/// `run` may be null, and must live as long as the picture.
Picture make_picture(Workflow workflow, std::string title, const LookOf& look_of, const RunOutcomes* run);

/// What a format makes of a picture.
struct Drawing {
  std::string text;
  std::vector<std::string> warnings;  ///< what is not in it, and why
};

/// The id of a node as people see it: its first 8 digits.
std::string short_id(const NodeInstance& node);

/// The type of an output, as wires are coloured by it; "any" where nobody knows.
std::string_view wire_type(const Sheet& sheet, WireIndex wire);

/// Both ends are there.
bool is_drawn(const Sheet& sheet, WireIndex wire);

}  // namespace vnode
