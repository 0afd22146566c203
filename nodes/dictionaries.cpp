#include <string>

#include "model/value_ops.h"
#include "nodes/brief.h"
#include "nodes/conversions.h"
#include "nodes/native_nodes.h"
#include "nodes/stored_value.h"

namespace vnode {
namespace {

Outputs create_dictionary(NodeCall& call) {
  const Value& name = call.input("dict_name");
  const Result<Dict> entries = to_dict(call.input("entries"));
  const Dict dict = entries ? *entries : Dict();
  const bool stored = truthy(name);
  if (stored) call.variables().set(require_key(name), dict);
  call.log_info(std::string(stored ? "Stored" : "Created") + " a dictionary of " +
                std::to_string(dict.size()) + " entries");
  return {{"current_dict", dict}, {"stored", stored}};
}

Outputs get_dict_value(NodeCall& call) {
  const Value source = input_or_variable(call, "dict", "dict_name", Kind::kDict);
  const Value& key = call.input("key");
  Value value;
  bool is_found = false;
  if (source.is_none()) {
    call.log_warning("There is no dictionary to look in");
  } else if (!source.is_dict()) {
    call.log_warning("Cannot look up a key in a " + std::string(type_name(source)));
  } else if (!is_hashable(key)) {
    call.log_warning("A " + std::string(type_name(key)) + " cannot be a key");
  } else {
    const Dict dict = source.as_dict();
    const Value* found = dict.find(key);
    is_found = found != nullptr;
    if (is_found) {
      value = *found;
    } else {
      call.log_info("No entry " + brief(key));
    }
  }
  return {{"value", value}, {"found", is_found}};
}

/// The dictionary to change. None, where a named one does not exist.
Value base_dictionary(NodeCall& call, const Value& name) {
  const Value& given = call.input("dict");
  if (!given.is_none() && !is_empty_container(given, Kind::kDict)) {
    Result<Dict> dict = to_dict(given);
    if (!dict) throw NodeFailure("dict: " + dict.error().message);
    return *dict;
  }
  return truthy(name) ? find_variable(call, name) : Value(Dict());
}

Outputs set_dict_value(NodeCall& call) {
  const Value& name = call.input("dict_name");
  const Value& key = call.input("key");
  const Value base = base_dictionary(call, name);
  if (key.is_none() || !base.is_dict() || !is_hashable(key)) {
    call.log_warning("Cannot set the entry " + brief(key) + " of a value of type " +
                     std::string(type_name(base)));
    return {{"result_dict", base}, {"success", false}};
  }
  Dict dict = base.as_dict();
  dict.set(key, call.input("value"));
  // The dictionary comes from the input then: looking it up under such a name would have failed.
  const bool is_stored = !truthy(name) || is_hashable(name);
  if (!is_stored) {
    call.log_warning("A " + std::string(type_name(name)) + " cannot be the name of a variable");
  } else if (truthy(name)) {
    call.variables().set(name, dict);
  }
  return {{"result_dict", std::move(dict)}, {"success", is_stored}};
}

}  // namespace

void add_dictionary_nodes(NodeLibrary& library) {
  library.add(
      {.definition = {.node_id = "create_dictionary",
                      .name = "Create Dictionary",
                      .category = "Data",
                      .description = "Makes a dictionary of the entries, and stores it if a name is given.",
                      .inputs = {{"dict_name", "string", "", "text"}, {"entries", "dict"}},
                      .outputs = {{"current_dict", "dict"}, {"stored", "bool"}}},
       .compute = create_dictionary,
       .uses_variables = true});

  library.add({.definition = {.node_id = "get_dict_value",
                              .name = "Get Dict Value",
                              .category = "Data",
                              .description = "The value of a key in a dictionary.",
                              .inputs = {{"dict_name", "string", "", "text"},
                                         {"dict", "dict"},
                                         {"key", "string", "", "text"}},
                              .outputs = {{"value"}, {"found", "bool"}}},
               .compute = get_dict_value,
               .uses_variables = true});

  library.add(
      {.definition = {.node_id = "set_dict_value",
                      .name = "Set Dict Value",
                      .category = "Data",
                      .description = "A dictionary with one entry changed; a stored one is replaced by it.",
                      .inputs = {{"dict_name", "string", "", "text"},
                                 {"dict", "dict"},
                                 {"key", "string", "", "text"},
                                 {"value"}},
                      .outputs = {{"result_dict", "dict"}, {"success", "bool"}}},
       .compute = set_dict_value,
       .uses_variables = true});
}

}  // namespace vnode
