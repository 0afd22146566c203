#include "validate/checks.h"
#include "validate/missing_port.h"
#include "validate/port_types.h"

namespace vnode {
namespace {

std::string quote(std::string_view name) { return "\"" + std::string(name) + "\""; }

void report_missing_end(const Uuid& id, WireIndex wire, const char* key, ProblemList& problems) {
  problems.error("missing_end", [&] {
    return Problem{.pointer = wire_pointer(wire) + "/" + key,
                   .message = "there is no node with the instance id " + id.text(),
                   .hint = "remove the connection, or add the node"};
  });
}

/// A port that the node does not have, with what the wire does all the same (workflow_format, section 4).
void report_missing_port(const Subject& subject, WireIndex wire, NodeIndex node, bool is_source,
                         ProblemList& problems) {
  problems.warn("missing_port", [&] {
    const Connection& connection = subject.workflow().connections[wire];
    const PortTable& ports = *subject.view(node).ports;
    const std::string& name = is_source ? connection.from_port : connection.to_port;
    return Problem{.pointer = wire_pointer(wire) + (is_source ? "/from_port" : "/to_port"),
                   .message = missing_port_text(subject.node(node), connection, is_source),
                   .hint = is_source ? ports.advise_output(name) : ports.advise_input(name),
                   .node = subject.label(node)};
  });
}

void report_mismatch(const Subject& subject, WireIndex wire, const Port& source, const Port& target,
                     const Mismatch& mismatch, ProblemList& problems) {
  problems.warn("type_mismatch", [&] {
    const NodeIndex from = subject.graph().from(wire);
    const NodeIndex to = subject.graph().to(wire);
    return Problem{.pointer = wire_pointer(wire) + mismatch.key,
                   .message = "output " + quote(source.name) + " (" + source.type + ") of " +
                              subject.label(from) + " is wired to input " + quote(target.name) + " (" +
                              target.type + ") of " + subject.label(to) + ": " + mismatch.effect,
                   .hint = mismatch.hint,
                   .node = subject.label(to)};
  });
}

}  // namespace

void check_ends(const Workflow& workflow, const Graph& graph, ProblemList& problems) {
  for (WireIndex wire = 0; wire < workflow.connections.size(); ++wire) {
    const Connection& connection = workflow.connections[wire];
    if (graph.from(wire) == Graph::kNowhere)
      report_missing_end(connection.from_node, wire, "from_node", problems);
    if (graph.to(wire) == Graph::kNowhere) report_missing_end(connection.to_node, wire, "to_node", problems);
  }
}

void check_missing_ports(const Subject& subject, PortTrust trust, ProblemList& problems) {
  const Graph& graph = subject.graph();
  const auto ports_of = [&](NodeIndex node) -> const PortTable* {
    if (node == Graph::kNowhere) return nullptr;
    const NodeView& view = subject.view(node);
    const bool is_known =
        trust == PortTrust::kAll || !view.type || !view.type->runtime || view.type->definition.command;
    return is_known ? view.ports : nullptr;
  };
  for (WireIndex wire = 0; wire < graph.wire_count(); ++wire) {
    const Connection& connection = subject.workflow().connections[wire];
    const PortTable* outputs = ports_of(graph.from(wire));
    const PortTable* inputs = ports_of(graph.to(wire));
    if (outputs && !outputs->output(connection.from_port))
      report_missing_port(subject, wire, graph.from(wire), true, problems);
    if (inputs && !inputs->input(connection.to_port))
      report_missing_port(subject, wire, graph.to(wire), false, problems);
  }
}

void check_port_types(const Subject& subject, ProblemList& problems) {
  const Graph& graph = subject.graph();
  for (WireIndex wire = 0; wire < graph.wire_count(); ++wire) {
    const NodeIndex from = graph.from(wire);
    const NodeIndex to = graph.to(wire);
    const PortTable* outputs = from == Graph::kNowhere ? nullptr : subject.view(from).ports;
    const PortTable* inputs = to == Graph::kNowhere ? nullptr : subject.view(to).ports;
    const Connection& connection = subject.workflow().connections[wire];
    const Port* source = outputs ? outputs->output(connection.from_port) : nullptr;
    const Port* target = inputs ? inputs->input(connection.to_port) : nullptr;
    if (!source || !target) continue;
    const auto mismatch = find_mismatch(connection.is_exec, source->type, target->type);
    if (mismatch) report_mismatch(subject, wire, *source, *target, *mismatch, problems);
  }
}

}  // namespace vnode
