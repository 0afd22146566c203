#include "python/setup_messages.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "process/child_environment.h"

namespace vnode {
namespace {

std::string_view text_or_nothing(const Value& value) {
  return value.is_text() ? value.as_text() : std::string_view();
}

Port read_port(std::span<const Value> parts, ObjectTable& objects) {
  Port port;
  const auto part = [parts](std::size_t index) { return index < parts.size() ? parts[index] : Value(); };
  port.name = text_or_nothing(part(0));
  port.type = text_or_nothing(part(1));
  // Only a host that breaks the protocol gives something that cannot be read.
  if (Result<Value> value = objects.read_value(part(2))) port.default_value = std::move(*value);
  port.widget = text_or_nothing(part(3));
  const Value options = part(4);
  for (const Value& option : options.is_list() ? options.as_list() : std::span<const Value>()) {
    port.options.emplace_back(text_or_nothing(option));
  }
  return port;
}

}  // namespace

Message begin_message(std::string_view run_id, int attempt, const RunEnvironment& environment,
                      std::optional<std::uint64_t> memory, const std::string& directory, bool is_recorded) {
  std::string settings = R"({"run_id":)";
  append_json_text(settings, run_id);
  settings += R"(,"cwd":)";
  std::string own = environment.working_directory;
  std::error_code is_gone;  // then it stays where it is
  if (own.empty() && !directory.empty()) own = std::filesystem::current_path(is_gone).string();
  if (own.empty()) {
    settings += "null";
  } else {
    append_json_text(settings, own);
  }
  settings += R"(,"env":[)";
  const auto add = [&settings](std::string_view name, std::string_view value) {
    settings += settings.back() == '[' ? "[" : ",[";
    append_json_text(settings, name);
    settings += ',';
    append_json_text(settings, value);
    settings += ']';
  };
  for (const auto& [name, value] : environment.variables) {
    if (!is_for_service_manager(name)) add(name, value);
  }
  for (const auto& [name, value] : environment.secrets) add(name, value);
  add("VNODE_RUN_ID", run_id);
  add("VNODE_ATTEMPT", std::to_string(attempt));
  add("VNODE_TRY", "1");
  settings += R"(],"memory":)" + (memory ? std::to_string(*memory) : "null");
  settings += is_recorded ? R"(,"recorded":true})" : "}";
  Message message("begin");
  message.add_json(settings);
  return message;
}

Message load_message(const NodeType& type, std::uint64_t number) {
  const NodeDefinition& definition = type.definition;
  const Dict document = definition.document.is_dict() ? definition.document.as_dict() : Dict();
  const auto key = [&document](std::string_view name) {
    const Value* value = document.find(name);
    return value ? *value : Value();
  };
  Dict entries;
  entries.set("node_id", definition.node_id);
  entries.set("name", definition.name);
  entries.set("category", definition.category);
  entries.set("description", definition.description);
  entries.set("icon_path", key("icon_path"));
  entries.set("use_exec", definition.use_exec);
  entries.set("blocking", type.blocking);
  for (const char* ports : {"inputs", "outputs"}) {
    const Value list = key(ports);
    entries.set(ports, list.is_list() ? list : Value::empty_list());
  }
  entries.set("python_code", definition.python_code);
  entries.set("file", type.origin);
  std::string text;
  append_json(text, entries, NonFinite::kBare);
  Message message("load");
  message.add(number).add_json(text);
  return message;
}

std::vector<Port> read_ports(const Value& list, ObjectTable& objects) {
  std::vector<Port> ports;
  for (const Value& entry : list.is_list() ? list.as_list() : std::span<const Value>()) {
    if (entry.is_list()) ports.push_back(read_port(entry.as_list(), objects));
  }
  return ports;
}

}  // namespace vnode
