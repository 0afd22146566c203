#include "apps/vnode/schemas/document_schemas.h"

#include <string_view>

namespace vnode {
namespace {

constexpr std::string_view kWorkflow = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:vnode:workflow",
  "title": "Workflow",
  "description": "A node graph as the editor saves it. The order of nodes and connections has meaning.",
  "type": "object",
  "properties": {
    "nodes": {"type": "array", "items": {"$ref": "#/$defs/node"}},
    "connections": {"type": "array", "items": {"$ref": "#/$defs/connection"}},
    "sticky_notes": {"type": "array", "items": {"$ref": "#/$defs/sticky_note"}},
    "backdrops": {"type": "array", "items": {"$ref": "#/$defs/backdrop"}},
    "metadata": {
      "type": "object",
      "properties": {
        "parameters": {
          "description": "Parameters of the workflow by name; ${NAME} in the nodes' parameters stands for them.",
          "type": "object",
          "additionalProperties": {"$ref": "#/$defs/parameter"}
        }
      }
    }
  },
  "not": {"required": ["node_id", "python_code"]},
  "$defs": {
    "uuid": {
      "type": "string",
      "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
    },
    "pair": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    "node": {
      "type": "object",
      "required": ["node_id", "position"],
      "properties": {
        "instance_id": {"$ref": "#/$defs/uuid"},
        "node_id": {"description": "The node type.", "type": "string"},
        "position": {"$ref": "#/$defs/pair"},
        "parameters": {
          "description": "Values by port name, and private keys.",
          "type": "object",
          "properties": {"__vnode__": {"$ref": "#/$defs/limits"}}
        },
        "state": {"type": "string", "default": "idle"},
        "bypassed": {"type": "boolean", "default": false},
        "init_priority": {
          "description": "Above 0: runs before the main graph, higher first.",
          "type": "integer",
          "default": 0
        }
      }
    },
    "limits": {
      "description": "Limits, retries and resources of one instance.",
      "type": "object",
      "properties": {
        "timeout": {"type": "string"},
        "idle_timeout": {"type": "string"},
        "retries": {"type": "integer", "minimum": 0},
        "retry_on": {"type": "array"},
        "backoff": {"type": "string"},
        "resources": {"type": "object", "additionalProperties": {"type": ["number", "string"], "minimum": 0}},
        "blocking": {"type": "boolean"},
        "parameters": {
          "description": "Parameters of the workflow by the port that each sets; `text` is what the port gets, with ${NAME} in it.",
          "type": "object",
          "additionalProperties": {
            "allOf": [{"$ref": "#/$defs/parameter"}],
            "properties": {"name": {"type": "string"}, "text": {"type": "string"}}
          }
        },
        "error_logs": {
          "description": "Whether its error logs make the run fail, of a group those inside; else what its definition, then the groups around say.",
          "enum": ["fail", "report"]
        }
      }
    },
    "parameter": {
      "description": "A parameter of the workflow: -p NAME=VALUE.",
      "type": "object",
      "properties": {
        "type": {"enum": ["text", "int", "float", "bool", "list", "path", "choice"], "default": "text"},
        "default": {},
        "description": {"type": "string"},
        "minimum": {"type": "number"},
        "maximum": {"type": "number"},
        "options": {"type": "array", "minItems": 1},
        "required": {"description": "Without it those are that have no default.", "type": "boolean"}
      }
    },
    "connection": {
      "type": "object",
      "required": ["from_node", "from_port", "to_node", "to_port"],
      "properties": {
        "id": {"$ref": "#/$defs/uuid"},
        "from_node": {"$ref": "#/$defs/uuid"},
        "from_port": {"type": "string"},
        "to_node": {"$ref": "#/$defs/uuid"},
        "to_port": {"type": "string"},
        "is_exec": {"type": "boolean", "default": false}
      }
    },
    "sticky_note": {
      "type": "object",
      "required": ["position"],
      "properties": {
        "id": {"$ref": "#/$defs/uuid"},
        "position": {"$ref": "#/$defs/pair"},
        "size": {"$ref": "#/$defs/pair"},
        "text": {"type": "string"},
        "color": {"type": "string"}
      }
    },
    "backdrop": {
      "type": "object",
      "required": ["position"],
      "properties": {
        "id": {"$ref": "#/$defs/uuid"},
        "position": {"$ref": "#/$defs/pair"},
        "size": {"$ref": "#/$defs/pair"},
        "title": {"type": "string"},
        "color": {"type": "string"}
      }
    }
  }
}
)json";

constexpr std::string_view kNode = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:vnode:node",
  "title": "Node definition",
  "type": "object",
  "required": ["node_id", "name", "python_code"],
  "properties": {
    "node_id": {"description": "The id that workflow files use.", "type": "string"},
    "name": {"description": "Display name.", "type": "string"},
    "python_code": {"type": "string"},
    "description": {"type": "string", "default": ""},
    "category": {"type": "string", "default": "General"},
    "icon_path": {"type": ["string", "null"]},
    "use_exec": {
      "description": "Adds the exec ports exec_in and exec_out where they are not declared.",
      "type": "boolean",
      "default": true
    },
    "interpreter": {"description": "The Python that its nodes run in, by name or path: mayapy.", "type": "string"},
    "error_logs": {
      "description": "Whether error logs of its nodes make a run fail.",
      "enum": ["fail", "report"],
      "default": "fail"
    },
    "recorded": {
      "description": "Whether the journal of a run has its executions (run --journal). Default: yes.",
      "type": "boolean"
    },
    "fires_last": {
      "description": "Only a return follows its last firing, though that does not show in its code.",
      "type": "boolean",
      "default": false
    },
    "stateful": {
      "description": "Its executions leave behind more than a journal tells: none of them is taken from one.",
      "type": "boolean",
      "default": false
    },
    "cache": {
      "description": "An execution that is equal to one in the run's cache is not repeated.",
      "type": "boolean",
      "default": false
    },
    "repeat": {
      "description": "never: that it has begun is on the disk before it does anything.",
      "enum": ["allowed", "never"],
      "default": "allowed"
    },
    "blocking": {
      "description": "Its calls block: they get a thread of their own, so that other chains of the run go on.",
      "type": "boolean",
      "default": false
    },
    "inputs": {"type": "array", "items": {"$ref": "#/$defs/port"}},
    "outputs": {"type": "array", "items": {"$ref": "#/$defs/port"}}
  },
  "$defs": {
    "port": {
      "type": "object",
      "required": ["name"],
      "properties": {
        "name": {"type": "string"},
        "type": {
          "description": "string, int, float, number, bool, list, dict, any, exec, or any other word.",
          "type": "string",
          "default": "any"
        },
        "widget_type": {"type": ["string", "null"]},
        "options": {"type": ["array", "null"], "items": {"type": "string"}},
        "default": {"description": "Any value."}
      }
    }
  }
}
)json";

}  // namespace

std::string workflow_schema() { return std::string(kWorkflow); }

std::string node_schema() { return std::string(kNode); }

}  // namespace vnode
