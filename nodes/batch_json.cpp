#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "model/json_reader.h"
#include "model/json_writer.h"
#include "nodes/batch.h"
#include "nodes/conversions.h"
#include "nodes/json_path.h"

namespace vnode {
namespace {

/// Deeper indentation only makes files larger.
constexpr std::int64_t kMaxIndent = 16;

Outputs json_parse(NodeCall& call) {
  Result<Value> parsed = parse_json(text_input(call, "text"));
  if (!parsed) call.log_warning("Parse JSON: " + parsed.error().message);
  return {{"result", parsed ? *parsed : Value()}, {"success", parsed.ok()}};
}

Outputs json_format(NodeCall& call) {
  std::int64_t indent = require_int(call.input("indent"), "indent");
  std::string text;
  if (indent <= 0) {
    append_json(text, call.input("data"), NonFinite::kBare);
  } else {
    append_json_pretty(text, call.input("data"), static_cast<int>(std::min(indent, kMaxIndent)),
                       NonFinite::kBare);
  }
  return {{"text", text}};
}

Outputs json_query(NodeCall& call) {
  Result<JsonPath> path = JsonPath::parse(text_input(call, "path"));
  if (!path) throw NodeFailure(path.error().message);
  Result<Value> data = call.input("data");
  if (data->is_text()) data = parse_json(data->as_text());
  if (!data) call.log_warning("JSON query: " + data.error().message);
  std::optional<Value> found = data ? path->find(*data) : std::nullopt;
  return {{"result", found ? *found : call.input("default")}, {"found", found.has_value()}};
}

}  // namespace

void add_json_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "json_parse",
                     .name = "Parse JSON",
                     .category = "Data",
                     .description = "The value that a JSON text stands for.",
                     .inputs = {{"text", "string", "", "text_area"}},
                     .outputs = {{"result", "any"}, {"success", "bool"}}},
      .compute = json_parse,
  });
  library.add({
      .definition = {.node_id = "json_format",
                     .name = "Format JSON",
                     .category = "Data",
                     .description = "A value as JSON text: on one line, or with that many spaces a level.",
                     .inputs = {{"data", "any"}, {"indent", "int", 0, "int"}},
                     .outputs = {{"text", "string"}}},
      .compute = json_format,
  });
  library.add({
      .definition = {.node_id = "json_query",
                     .name = "JSON Query",
                     .category = "Data",
                     .description =
                         "What is at a path (users[0].name, users[*].name, a.\"b.c\") in a value or a JSON "
                         "text; the default where there is nothing.",
                     .inputs = {{"data", "any"}, {"path", "string", "", "text"}, {"default", "any"}},
                     .outputs = {{"result", "any"}, {"found", "bool"}}},
      .compute = json_query,
  });
}

}  // namespace vnode
