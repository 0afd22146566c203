#pragma once

#include <optional>
#include <span>
#include <vector>

#include "layout/layered_layout.h"
#include "layout/node_shape.h"

namespace vnode {

/// Where the nodes of a workflow stand.
struct WorkflowLayout {
  std::vector<Point> nodes;   ///< top left corners, in file order
  std::vector<Route> routes;  ///< of each wire; empty where the file has the positions, or an end is missing
};

/// Canvas coordinates of a file: a list of two numbers, or of texts that are numbers; none beyond what a
/// canvas can be.
std::optional<Point> read_position(const Value& position);
Value position_value(Point position);

/// The file's positions where it has them (people know their graph by them); a file in which all of several
/// nodes stand in one place has none. Nodes without one are laid out below the others.
WorkflowLayout lay_out(const Workflow& workflow, const Graph& graph, std::span<const NodeShape> shapes);

/// Gives nodes that have no position (see `lay_out`) one; the others keep theirs as it is. Does not look into
/// groups: their documents are workflows of their own.
void set_missing_positions(Workflow& workflow, const LookOf& look_of);

}  // namespace vnode
