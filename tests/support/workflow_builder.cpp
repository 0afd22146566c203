#include "support/workflow_builder.h"

#include <cstdio>
#include <stdexcept>

namespace vnode::test {

Uuid numbered_id(std::size_t number) {
  char text[Uuid::kTextSize + 1];
  std::snprintf(text, sizeof text, "00000000-0000-0000-0000-%012zu", number);
  return *Uuid::parse(text);
}

WorkflowBuilder& WorkflowBuilder::node(const std::string& name, std::string node_id, Dict parameters) {
  NodeInstance instance;
  instance.instance_id = numbered_id(workflow_.nodes.size() + 1);
  instance.node_id = std::move(node_id);
  instance.parameters = std::move(parameters);
  instance.position = Value::list({Value(0.0), Value(0.0)});
  ids_[name] = instance.instance_id;
  workflow_.nodes.push_back(std::move(instance));
  return *this;
}

NodeInstance& WorkflowBuilder::instance(const std::string& name) {
  for (NodeInstance& node : workflow_.nodes) {
    if (node.instance_id == ids_.at(name)) return node;
  }
  throw std::out_of_range(name);
}

WorkflowBuilder& WorkflowBuilder::bypassed(const std::string& name) {
  instance(name).bypassed = true;
  return *this;
}

WorkflowBuilder& WorkflowBuilder::init_priority(const std::string& name, int priority) {
  instance(name).init_priority = priority;
  return *this;
}

WorkflowBuilder& WorkflowBuilder::data(std::string_view from, std::string_view to) {
  connect(from, to, false);
  return *this;
}

WorkflowBuilder& WorkflowBuilder::exec(std::string_view from, std::string_view to) {
  connect(from, to, true);
  return *this;
}

void WorkflowBuilder::connect(std::string_view from, std::string_view to, bool is_exec) {
  auto split = [](std::string_view end, std::string_view default_port) {
    const std::size_t dot = end.find('.');
    if (dot == end.npos) return std::pair(std::string(end), std::string(default_port));
    return std::pair(std::string(end.substr(0, dot)), std::string(end.substr(dot + 1)));
  };
  const auto [from_name, from_port] = split(from, "exec_out");
  const auto [to_name, to_port] = split(to, "exec_in");
  Connection connection;
  connection.from_node = ids_.at(from_name);
  connection.to_node = ids_.at(to_name);
  connection.from_port = from_port;
  connection.to_port = to_port;
  connection.is_exec = is_exec;
  workflow_.connections.push_back(std::move(connection));
}

std::string WorkflowBuilder::name(const Uuid& id) const {
  for (const auto& [name, known] : ids_) {
    if (known == id) return name;
  }
  return id.text();
}

}  // namespace vnode::test
