#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan_data.h"

namespace vnode {

/// Fills a PlanData whose workflow has been found free of errors. One object builds one plan.
class PlanBuilder {
 public:
  using TypeSource = std::function<NodeTypePtr(std::string_view node_id)>;
  using Shapes = std::map<NodeIndex, const InstanceShape*>;

  PlanBuilder(PlanData& plan, TypeSource find_type) : plan_(plan), find_type_(std::move(find_type)) {}
  /// Ports of instances that are not those of their type.
  void set_shapes(Shapes shapes) { shapes_ = std::move(shapes); }
  void build();

 private:
  void look_up_types();
  void find_maps();
  void take_from_outer(NodeIndex index);
  void lay_out_ports();
  void resolve_wires();
  void resolve_outputs(NodeIndex index);
  void resolve_inputs(NodeIndex index);
  void find_init_nodes();
  std::shared_ptr<const Plan> build_body(NodeIndex map, const std::vector<NodeIndex>& body) const;
  bool is_frame_node(NodeIndex index) const { return plan_.frame && index >= plan_.frame->map; }
  /// The wire is one of this plan: what a body gives to its map is one of the body's.
  bool belongs_here(WireIndex wire) const;

  const Layout* layout_for(NodeIndex index);
  std::string_view source_port(WireIndex wire) const;
  SlotIndex source_slot(WireIndex wire) const;
  SlotIndex target_slot(WireIndex wire) const;

  PlanData& plan_;
  TypeSource find_type_;
  Shapes shapes_;
  std::map<std::string, const NodeType*, std::less<>> types_;
  std::map<std::string, const Layout*> shared_layouts_;             ///< by type and further names
  std::vector<std::pair<NodeIndex, std::vector<NodeIndex>>> maps_;  ///< that are in no other one's body
};

}  // namespace vnode
