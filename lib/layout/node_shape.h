#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "layout/geometry.h"
#include "model/port.h"
#include "model/workflow.h"

namespace vnode {

/// What is known of a node before it is drawn. `inputs` and `outputs` as its type, or its instance, has them.
struct NodeLook {
  std::string title;
  std::vector<Port> inputs = {};
  std::vector<Port> outputs = {};
  std::string category = {};
  bool is_known = true;  ///< false: nothing is known of its type, and its ports are those of its wires
};
using LookOf = std::function<NodeLook(const NodeInstance&)>;

/// One node as it is drawn, with the measures of the editor: a title, ports in rows below it (exec ports
/// first), then the fields of its inputs that have one. The editor measures its texts with a font, this
/// does without: widths are near, heights are those of the editor for the fields that it has most.
struct NodeShape {
  struct PortRow {
    Port port;
    double y = 0;             ///< the middle of its dot, from the node's top
    bool is_missing = false;  ///< only a wire says that there is such a port
  };
  struct Field {
    std::string port;
    double y = 0;  ///< its top
    double height = 0;
  };
  std::string title;
  std::string category;
  Size size;
  std::vector<PortRow> inputs;
  std::vector<PortRow> outputs;
  std::vector<Field> fields;
  bool is_known = true;

  /// Where wires of that name end, from the node's top.
  double input_y(std::string_view name) const;
  double output_y(std::string_view name) const;
};

/// Those of all nodes, with a port for each wire.
std::vector<NodeShape> node_shapes(const Workflow& workflow, const Graph& graph, const LookOf& look_of);

/// The editor's measures.
inline constexpr double kTitleHeight = 32;
inline constexpr double kFirstPort = 45;
inline constexpr double kPortRow = 25;
inline constexpr double kLeastNodeWidth = 220;
inline constexpr double kLeastNodeHeight = 140;
inline constexpr double kFieldIndent = 50;

/// What a text takes in a font of that size, about: wide characters count twice.
double text_width(std::string_view text, double font_size);

}  // namespace vnode
