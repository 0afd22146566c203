#pragma once

#include <map>
#include <memory>
#include <string>

#include "command/command_reader.h"
#include "model/json_reader.h"
#include "registry/definition_reader.h"

namespace vnode::test {

/// A whole definition: `members` beside an id, a name, and the inputs a (any), list (list), file (path), flag
/// (bool).
inline Value command_document(const std::string& members) {
  return parse_json(
             R"({"node_id": "it", "name": "It", "inputs": [{"name": "a"}, {"name": "list", "type": "list"},
      {"name": "file", "type": "path"}, {"name": "flag", "type": "bool"}], )" +
             members + "}")
      .value();
}

/// What is wrong with it, one line a problem: "pointer: message". Empty when nothing is.
inline std::string complaints(const std::string& members) {
  const Value document = command_document(members);
  const Dict keys = document.as_dict();
  const std::vector<Port> inputs = {{.name = "a"},
                                    {.name = "list", .type = "list"},
                                    {.name = "file", .type = "path"},
                                    {.name = "flag", .type = "bool"}};
  std::vector<Port> outputs;
  if (const Value* list = keys.find("outputs")) {
    for (const Value& port : list->as_list()) {
      const Dict declared = port.as_dict();
      const Value* type = declared.find("type");
      outputs.push_back({.name = std::string(declared.find("name")->as_text()),
                         .type = type ? std::string(type->as_text()) : "any"});
    }
  }
  std::string text;
  for (const Problem& problem : read_command(keys, inputs, outputs).problems) {
    text += problem.pointer + ": " + problem.message + "\n";
  }
  return text;
}

inline std::shared_ptr<const CommandDefinition> command_of(const std::string& members) {
  return read_definition_document(command_document(members)).value().command;
}

inline ValueOf values(std::map<std::string, Value> table) {
  return [table = std::move(table)](std::string_view port) {
    const auto found = table.find(std::string(port));
    return found == table.end() ? Value() : found->second;
  };
}

}  // namespace vnode::test
