#pragma once

#include <string>
#include <string_view>

#include "model/workflow_reader.h"
#include "registry/registry.h"
#include "yaml/yaml_workflow.h"

namespace vnode::test {

/// The native nodes, and types with the ports that the examples of the specification have.
const Registry& yaml_registry();

/// A workflow read from YAML; fails the test when there are errors.
YamlReading lower(const std::string& text);
/// As its nodes and wires.
Workflow lowered_workflow(const std::string& text);
/// The first error that reading gives: "LINE:COLUMN code: message; hint"; with `severity` the first of that.
std::string first_problem(const std::string& text, Severity severity = Severity::kError);
/// The value that a node of a port of that name gets.
Value lowered_value(const std::string& type, const std::string& port, const std::string& yaml);

/// "a.x -> b.y" of all wires, by names, in their order; exec wires with "=>".
std::string wires_of(const Workflow& workflow);
/// The node of that name; fails the test when there is none.
const NodeInstance& node_named(const Workflow& workflow, std::string_view name);

}  // namespace vnode::test
