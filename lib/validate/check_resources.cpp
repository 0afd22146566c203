#include "model/member_reader.h"
#include "node/node_limits.h"
#include "validate/checks.h"

namespace vnode {
namespace {

constexpr std::string_view kNeedsOf = "__vnode__";

/// What the instance asks for itself, and the limits that hold where it says nothing.
struct Asked {
  std::optional<ResourceAmounts> own;
  ResourceAmounts in_force;
};

Asked asked_by(const Subject& subject, NodeIndex node, const ResourceOffer& offer) {
  Asked asked;
  if (const Value* settings = subject.node(node).parameters.find(kNeedsOf); settings && settings->is_dict()) {
    Problems mistakes;  // `check_settings` tells of them
    asked.own = read_node_limits(MemberReader(*settings, "", mistakes, "")).resources;
  }
  const NodeType& type = *subject.view(node).type;
  if (asked.own) {
    asked.in_force = *asked.own;
  } else if (type.limits.resources) {
    asked.in_force = *type.limits.resources;
  } else if (offer.general) {
    asked.in_force = *offer.general;
  }
  return asked;
}

}  // namespace

void check_resources(const Subject& subject, const ResourceOffer& offer, ProblemList& problems) {
  for (NodeIndex node = 0; node < subject.workflow().nodes.size(); ++node) {
    const NodeType* type = subject.view(node).type;
    if (!type || type->contents != NodeType::Contents::kNone || subject.node(node).bypassed) continue;
    const Asked asked = asked_by(subject, node, offer);
    for (const auto& wanted : asked.in_force) {
      const std::string& name = wanted.first;
      const ResourceAmount amount = wanted.second;
      const auto there = offer.total.find(name);
      if (there != offer.total.end() && amount <= there->second) continue;
      problems.error(there == offer.total.end() ? "no_such_resource" : "too_much", [&] {
        std::string message =
            subject.label(node) + " needs " + resource_amount_text(amount) + " of '" + name + "', ";
        message += there == offer.total.end()
                       ? "which " + offer.whose + " does not have"
                       : "and " + offer.whose + " has only " + resource_amount_text(there->second);
        return Problem{.pointer = asked.own ? join_pointer(node_pointer(node) + "/parameters/" +
                                                               std::string(kNeedsOf) + "/resources",
                                                           name)
                                            : node_pointer(node),
                       .message = std::move(message),
                       .hint = offer.hint,
                       .node = subject.label(node)};
      });
    }
  }
}

}  // namespace vnode
