#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan_data.h"

namespace vnode {

/// Fills a PlanData whose workflow has been found free of errors. One object builds one plan.
class PlanBuilder {
 public:
  PlanBuilder(PlanData& plan, const Registry& registry) : plan_(plan), registry_(registry) {}
  void build();

 private:
  void look_up_types();
  void lay_out_ports();
  void resolve_wires();
  void resolve_outputs(NodeIndex index);
  void resolve_inputs(NodeIndex index);
  void find_init_nodes();

  const Layout* layout_for(NodeIndex index);
  std::string_view source_port(WireIndex wire) const;
  SlotIndex source_slot(WireIndex wire) const;
  SlotIndex target_slot(WireIndex wire) const;

  PlanData& plan_;
  const Registry& registry_;
  std::map<std::string, const NodeType*, std::less<>> types_;
  std::map<std::string, const Layout*> shared_layouts_;  ///< by type and further names
};

}  // namespace vnode
