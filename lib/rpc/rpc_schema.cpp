#include "rpc/rpc_schema.h"

#include <string>
#include <vector>

#include "model/json_reader.h"
#include "model/json_writer.h"
#include "rpc/submission.h"

namespace vnode {
namespace {

/// What several messages hold, whatever the methods are. Replies may have further members.
constexpr std::string_view kParts = R"json({
  "time": {"type": ["string", "null"], "description": "RFC 3339, UTC"},
  "id": {"type": ["string", "number", "null"]},
  "duration": {
    "description": "Seconds, or a text such as 90s or 1.5h.",
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^([0-9.]+(d|h|m|s|ms))+$"}]
  },
  "run": {
    "type": "object",
    "required": ["id", "status", "queue", "priority", "attempt", "workflow", "created_at"],
    "properties": {
      "id": {"type": "string", "minLength": 1},
      "status": {"enum": ["pending", "running", "completed", "failed", "cancelled", "timeout", "interrupted"]},
      "queue": {"type": "string"},
      "priority": {"type": "integer"},
      "attempt": {"type": "integer"},
      "workflow": {"type": "string"},
      "description": {"type": "string"},
      "created_at": {"$ref": "#/$defs/time"},
      "started_at": {"$ref": "#/$defs/time"},
      "completed_at": {"$ref": "#/$defs/time"},
      "duration": {"type": ["number", "null"]},
      "exit_code": {"type": ["integer", "null"]},
      "error": {"type": "string"},
      "info": {"type": "object"},
      "resources": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
      "parameters": {"type": "object"},
      "timeout": {"type": ["number", "null"]},
      "submitted": {"$ref": "#/$defs/submitted"},
      "reason": {
        "type": ["object", "null"],
        "required": ["code", "text"],
        "properties": {"code": {"type": "string"}, "text": {"type": "string"}}
      },
      "nodes": {"type": ["object", "null"]},
      "progress": {
        "type": ["object", "null"],
        "required": ["nodes", "ended", "failed"],
        "properties": {
          "nodes": {"type": "integer"},
          "ended": {"type": "integer"},
          "failed": {"type": "integer"},
          "fraction": {"type": "number", "minimum": 0, "maximum": 1},
          "slowest": {
            "type": ["object", "null"],
            "required": ["started_at", "fraction"],
            "properties": {
              "started_at": {"type": "string"},
              "fraction": {"type": "number", "minimum": 0, "maximum": 1}
            }
          }
        }
      },
      "key": {"type": ["string", "null"]},
      "event_bytes": {"type": "integer", "minimum": 0},
      "stopping": {"type": "boolean"},
      "paused": {
        "type": ["object", "null"],
        "required": ["since", "processes_stopped"],
        "properties": {"since": {"type": "string"}, "processes_stopped": {"type": "boolean"}}
      },
      "group": {"type": ["string", "null"]},
      "group_value": {"type": ["string", "null"]},
      "resumes": {"description": "The attempt goes on from the journal of the one before.", "type": "boolean"},
      "dependencies": {
        "type": "object",
        "properties": {
          "after": {"type": "array", "items": {"type": "string"}},
          "after_any": {"type": "array", "items": {"type": "string"}},
          "met": {"type": "array", "items": {"type": "string"}}
        }
      }
    }
  },
  "group": {
    "type": "object",
    "required": ["id", "status", "size", "counts", "parameter", "queue", "created_at"],
    "properties": {
      "id": {"type": "string", "minLength": 1},
      "status": {"enum": ["pending", "running", "completed", "failed", "cancelled", "timeout", "interrupted"]},
      "size": {"type": "integer", "minimum": 1},
      "counts": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
      "parameter": {"type": "string"},
      "queue": {"type": "string"},
      "priority": {"type": "integer"},
      "workflow": {"type": "string"},
      "description": {"type": "string"},
      "created_at": {"$ref": "#/$defs/time"},
      "completed_at": {"$ref": "#/$defs/time"},
      "info": {"type": "object"},
      "submitted": {"$ref": "#/$defs/submitted"}
    }
  },
  "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
  "queue": {
    "type": "object",
    "required": ["name"],
    "properties": {
      "name": {"type": "string"},
      "concurrency": {"type": "integer"},
      "paused": {"type": "boolean"},
      "pending": {"type": "integer"},
      "running": {"type": "integer"},
      "new": {"type": "boolean"},
      "nearest": {"type": "string"}
    }
  },
  "error": {
    "type": "object",
    "required": ["code", "message", "data"],
    "properties": {
      "code": {"enum": [-32700, -32600, -32601, -32602, -32603, -32000]},
      "message": {"type": "string", "description": "For people."},
      "data": {
        "type": "object",
        "required": ["code"],
        "properties": {
          "code": {"type": "string", "description": "Stable; see lib/rpc/protocol.md.", "minLength": 1},
          "nearest": {"type": "string", "description": "The known name that was probably meant."}
        }
      }
    }
  },
  "failure": {
    "description": "The reply to a call that was not carried out.",
    "type": "object",
    "required": ["jsonrpc", "id", "error"],
    "properties": {
      "jsonrpc": {"const": "2.0"},
      "id": {"$ref": "#/$defs/id"},
      "error": {"$ref": "#/$defs/error"}
    }
  }
})json";

constexpr std::string_view kNotifications = R"json({
  "hello": {
    "required": ["vnode", "protocol"],
    "properties": {
      "vnode": {"type": "string"},
      "protocol": {"type": "integer"},
      "authenticated": {"type": "boolean"}
    }
  },
  "run.event": {
    "required": ["subscription", "event"],
    "properties": {
      "subscription": {"type": "integer"},
      "event": {"type": "object", "description": "A line of the run's event stream: vnode schema events."}
    }
  },
  "run.events_end": {
    "required": ["subscription", "id", "status"],
    "properties": {
      "subscription": {"type": "integer"},
      "id": {"type": "string"},
      "status": {"type": "string"}
    }
  },
  "run.changed": {
    "required": ["subscription", "run"],
    "properties": {"subscription": {"type": "integer"}, "run": {"$ref": "#/$defs/run"}}
  },
  "group.changed": {
    "required": ["subscription", "group"],
    "properties": {"subscription": {"type": "integer"}, "group": {"$ref": "#/$defs/group"}}
  },
  "run.removed": {
    "required": ["subscription"],
    "properties": {"subscription": {"type": "integer"}}
  }
})json";

Dict parsed(std::string_view json) { return parse_json(json).value().as_dict(); }

Value reference(std::string_view name) { return Dict({{"$ref", "#/$defs/" + std::string(name)}}); }

Dict param_schema(ParamKind kind) {
  switch (kind) {
    case ParamKind::kText:
      return {{"type", "string"}};
    case ParamKind::kCount:
      return {{"type", "integer"}, {"minimum", 0}};
    case ParamKind::kInteger:
      return {{"type", "integer"}};
    case ParamKind::kSwitch:
      return {{"type", "boolean"}};
    case ParamKind::kDuration:
      return {{"$ref", "#/$defs/duration"}};
    case ParamKind::kTexts:
      return {{"type", "array"}, {"items", Dict({{"type", "string"}})}};
    case ParamKind::kTextMap:
      return {{"type", "object"}, {"additionalProperties", Dict({{"type", "string"}})}};
    case ParamKind::kAmountMap:
      return {
          {"type", "object"},
          {"additionalProperties",
           Dict({{"type", Value::list({"number", "string"})}, {"exclusiveMinimum", 0}, {"minLength", 1}})}};
    case ParamKind::kObject:
      return {{"type", "object"}};
    case ParamKind::kList:
      return {{"type", "array"}};
    case ParamKind::kAny:
      break;
  }
  return {};
}

/// What replies tell of the params of a submission: the same names, but for the document, and of variables
/// and secrets only what they are called.
Dict submitted_schema() {
  Dict properties;
  for (const SubmissionField& field : kSubmissionFields) {
    if (field.name == "workflow") continue;
    const bool has_values = field.kind == ParamKind::kTextMap;
    Dict schema = param_schema(has_values ? ParamKind::kTexts : field.kind);
    schema.set("description", std::string(field.summary) + (has_values ? " (their names)" : ""));
    properties.set(field.name, std::move(schema));
  }
  return {{"type", Value::list({"object", "null"})},
          {"description", "What it was submitted with; told by run.get and group.get."},
          {"properties", std::move(properties)}};
}

Dict params_schema(const MethodSpec& method) {
  Dict properties;
  std::vector<Value> required;
  for (const ParamSpec& param : method.params) {
    Dict schema = param_schema(param.kind);
    schema.set("description", param.summary);
    properties.set(param.name, std::move(schema));
    if (param.is_required) required.emplace_back(param.name);
  }
  Dict schema{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) schema.set("required", Value::list(std::move(required)));
  return schema;
}

/// An object with the members of every message, and those of this kind.
Dict message(std::string_view description, Dict properties, std::initializer_list<Value> required) {
  Dict all{{"jsonrpc", Dict({{"const", "2.0"}})}};
  for (const Dict::Entry& entry : properties) all.set(entry.key, entry.value);
  return {{"description", description},
          {"type", "object"},
          {"properties", all},
          {"required", Value::list(required)}};
}

Dict call_schema(const MethodSpec& method) {
  const Dict schema = params_schema(method);
  Dict properties{{"id", reference("id")}, {"method", Dict({{"const", method.name}})}, {"params", schema}};
  if (schema.find("required"))
    return message(method.summary, std::move(properties), {"jsonrpc", "method", "params"});
  return message(method.summary, std::move(properties), {"jsonrpc", "method"});
}

Dict object_schema(const Dict& more) {
  Dict schema{{"type", "object"}};
  for (const Dict::Entry& entry : more) schema.set(entry.key, entry.value);
  return schema;
}

}  // namespace

std::string rpc_schema(std::span<const MethodSpec> methods) {
  Dict defs = parsed(kParts);
  defs.set("submitted", submitted_schema());
  std::vector<Value> calls, from_server;
  const auto define = [&defs](const std::string& name, Dict schema, std::vector<Value>& choices) {
    defs.set(name, std::move(schema));
    choices.push_back(reference(name));
  };
  for (const MethodSpec& method : methods) {
    const std::string name(method.name);
    define("call." + name, call_schema(method), calls);
    Dict properties{{"id", reference("id")}, {"result", object_schema(parsed(method.result))}};
    define("reply." + name,
           message("The reply to " + name + ".", std::move(properties), {"jsonrpc", "id", "result"}),
           from_server);
  }
  for (const Dict::Entry& entry : parsed(kNotifications)) {
    Dict properties{{"method", Dict({{"const", entry.key}})},
                    {"params", object_schema(entry.value.as_dict())}};
    define("notification." + std::string(entry.key.as_text()),
           message("Sent by the server.", std::move(properties), {"jsonrpc", "method", "params"}),
           from_server);
  }
  from_server.push_back(reference("failure"));
  const auto any_of = [](std::vector<Value> choices) {
    return Dict({{"anyOf", Value::list(std::move(choices))}});
  };
  defs.set("call", any_of(std::move(calls)));
  defs.set("from_server", any_of(std::move(from_server)));
  defs.set("batch", parsed(R"({"type":"array","minItems":1,"maxItems":1000,"items":{"anyOf":[
      {"$ref":"#/$defs/call"},{"$ref":"#/$defs/from_server"}]}})"));
  const Dict schema{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"$id", "urn:vnode:rpc:" + std::to_string(kRpcProtocol)},
      {"title", "vnode.rpc/" + std::to_string(kRpcProtocol)},
      {"description", "One line between a client and the daemon, either way: lib/rpc/protocol.md."},
      {"anyOf", Value::list({reference("call"), reference("from_server"), reference("batch")})},
      {"$defs", defs}};
  std::string text;
  append_json_pretty(text, schema, 2, NonFinite::kQuoted);
  text += '\n';
  return text;
}

}  // namespace vnode
