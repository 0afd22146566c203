#include "events/event_json.h"

namespace vnode {
namespace {

/// Fields that we do not list may appear in any event (events.md): the schema forbids none.
constexpr std::string_view kSchema = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:vnode:event:1",
  "title": "vnode.event/1",
  "description": "One line of the event stream of a run.",
  "oneOf": [
    {"$ref": "#/$defs/execution_started"},
    {"$ref": "#/$defs/execution_paused"},
    {"$ref": "#/$defs/execution_unpaused"},
    {"$ref": "#/$defs/node_started"},
    {"$ref": "#/$defs/node_output"},
    {"$ref": "#/$defs/node_log"},
    {"$ref": "#/$defs/node_error"},
    {"$ref": "#/$defs/node_progress"},
    {"$ref": "#/$defs/node_waiting"},
    {"$ref": "#/$defs/node_resumed"},
    {"$ref": "#/$defs/node_finished"},
    {"$ref": "#/$defs/stream_gap"},
    {"$ref": "#/$defs/execution_finished"}
  ],
  "$defs": {
    "uuid": {
      "type": "string",
      "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    },
    "count": {"type": "integer", "minimum": 0},
    "seconds": {"type": "number", "minimum": 0},
    "line": {
      "description": "What every line has.",
      "type": "object",
      "required": ["type", "seq", "time", "run_id"],
      "properties": {
        "type": {"type": "string"},
        "seq": {"description": "From 1, without gaps.", "type": "integer", "minimum": 1},
        "time": {
          "description": "UTC, with microseconds.",
          "type": "string",
          "format": "date-time",
          "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$"
        },
        "run_id": {"type": "string", "minLength": 1}
      }
    },
    "of_node": {
      "description": "What every line about a node has.",
      "allOf": [{"$ref": "#/$defs/line"}],
      "required": ["node_id", "node_type"],
      "properties": {
        "node_id": {"description": "The instance, as in the file.", "$ref": "#/$defs/uuid"},
        "node_type": {"description": "The file's node_id.", "type": "string"},
        "name": {"description": "How people call the instance; absent when it has no name.", "type": "string", "minLength": 1},
        "path": {
          "description": "The enclosing group instances, outermost first; absent outside of groups.",
          "type": "array",
          "minItems": 1,
          "items": {"$ref": "#/$defs/uuid"}
        },
        "iteration": {
          "description": "In the body of parallel maps: the index of the item, of the outermost map first.",
          "type": "array",
          "minItems": 1,
          "items": {"$ref": "#/$defs/count"}
        }
      }
    },
    "problem": {
      "type": "object",
      "required": ["severity", "code", "pointer", "message"],
      "properties": {
        "severity": {"enum": ["error", "warning", "note"]},
        "code": {"type": "string", "minLength": 1},
        "pointer": {"description": "JSON pointer into the workflow file.", "type": "string"},
        "message": {"type": "string", "minLength": 1},
        "hint": {"type": "string"},
        "traceback": {"type": "string"},
        "node": {"type": "string"},
        "file": {"type": "string"},
        "line": {"description": "From 1; of files that people write by hand.", "type": "integer", "minimum": 1},
        "column": {"description": "In characters, from 1.", "type": "integer", "minimum": 1}
      }
    },
    "execution_started": {
      "description": "The first line, always.",
      "allOf": [{"$ref": "#/$defs/line"}],
      "required": ["schema", "vnode", "workflow", "mode", "attempt"],
      "properties": {
        "type": {"const": "execution_started"},
        "schema": {"const": "vnode.event/1"},
        "vnode": {"description": "Version of the program.", "type": "string"},
        "workflow": {
          "type": "object",
          "required": ["path", "name", "nodes", "connections"],
          "properties": {
            "path": {"type": "string"},
            "name": {"type": "string"},
            "nodes": {"$ref": "#/$defs/count"},
            "connections": {"$ref": "#/$defs/count"}
          }
        },
        "mode": {"enum": ["flow", "data_flow"]},
        "attempt": {"type": "integer", "minimum": 1}
      }
    },
    "node_started": {
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["reason", "execution", "try"],
      "properties": {
        "type": {"const": "node_started"},
        "reason": {"enum": ["start", "exec", "pull", "init", "layer"]},
        "execution": {"description": "n-th time in this run.", "type": "integer", "minimum": 1},
        "try": {"description": "Of this execution, with retries.", "type": "integer", "minimum": 1},
        "resumed": {"description": "It is not executed: what it did in an earlier attempt counts.", "const": true},
        "cached": {"description": "It is not executed: an equal execution, of any run, is in the cache.", "const": true},
        "reason_detail": {
          "description": "Why it is executed although an earlier attempt has a record of it.",
          "type": "string"
        }
      }
    },
    "node_output": {
      "description": "One push, or the table that the node returned.",
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["output"],
      "properties": {
        "type": {"const": "node_output"},
        "output": {
          "description": "Port to value. A value that is too long is {\"$truncated\": true, ...}.",
          "type": "object",
          "additionalProperties": {"$ref": "#/$defs/value"}
        }
      }
    },
    "value": {
      "if": {"properties": {"$truncated": {"const": true}}, "required": ["$truncated", "bytes", "preview"]},
      "then": {
        "properties": {
          "bytes": {"description": "Length of the JSON text.", "type": "integer", "minimum": 1},
          "preview": {"type": "string"}
        }
      }
    },
    "node_log": {
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["level", "message"],
      "properties": {
        "type": {"const": "node_log"},
        "level": {"enum": ["info", "success", "warning", "error"]},
        "message": {"type": "string"},
        "stream": {"description": "For captured output.", "enum": ["stdout", "stderr"]},
        "handled": {"description": "An error that does not make the run fail.", "const": true}
      }
    },
    "node_error": {
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["message"],
      "properties": {
        "type": {"const": "node_error"},
        "message": {"type": "string"},
        "detail": {"description": "A traceback.", "type": "string"},
        "code": {"type": "string"},
        "handled": {"description": "A wired exec_fail, or another try, goes on from it.", "const": true}
      }
    },
    "node_progress": {
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "properties": {
        "type": {"const": "node_progress"},
        "fraction": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"}
      }
    },
    "node_waiting": {
      "description": "Its code does not go on before that has come.",
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["for"],
      "properties": {
        "type": {"const": "node_waiting"},
        "for": {"enum": ["slot", "resource", "retry"]},
        "detail": {"description": "For people: what is missing.", "type": "string"},
        "seconds": {"description": "How long, where that is known.", "$ref": "#/$defs/seconds"}
      }
    },
    "node_resumed": {
      "description": "What it waited for is there; behind a wait for a retry node_started says so.",
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["waited"],
      "properties": {
        "type": {"const": "node_resumed"},
        "waited": {"$ref": "#/$defs/seconds"}
      }
    },
    "node_finished": {
      "allOf": [{"$ref": "#/$defs/of_node"}],
      "required": ["status", "duration"],
      "properties": {
        "type": {"const": "node_finished"},
        "status": {"enum": ["success", "failed", "skipped", "cancelled", "timeout", "retried"]},
        "duration": {"$ref": "#/$defs/seconds"},
        "cause": {"description": "Why it was skipped.", "type": "string"},
        "handled": {"description": "A failure from which a wired exec_fail goes on: none of the run's.", "const": true}
      }
    },
    "execution_paused": {
      "description": "No node starts from now on; also told when processes are stopped later.",
      "allOf": [{"$ref": "#/$defs/line"}],
      "required": ["processes_stopped"],
      "properties": {
        "type": {"const": "execution_paused"},
        "processes_stopped": {"type": "boolean"}
      }
    },
    "execution_unpaused": {
      "description": "It goes on, or is to end.",
      "allOf": [{"$ref": "#/$defs/line"}],
      "required": ["duration"],
      "properties": {
        "type": {"const": "execution_unpaused"},
        "duration": {"description": "Of the pause.", "$ref": "#/$defs/seconds"}
      }
    },
    "stream_gap": {
      "description": "Towards a reader that was too slow: these numbers are missing.",
      "allOf": [{"$ref": "#/$defs/line"}],
      "required": ["from", "to"],
      "properties": {
        "type": {"const": "stream_gap"},
        "from": {"type": "integer", "minimum": 1},
        "to": {"type": "integer", "minimum": 1}
      }
    },
    "execution_finished": {
      "description": "The last line, always, once.",
      "allOf": [{"$ref": "#/$defs/line"}],
      "required": ["success", "status", "exit_code", "duration", "nodes"],
      "properties": {
        "type": {"const": "execution_finished"},
        "success": {"type": "boolean"},
        "status": {"enum": ["completed", "failed", "cancelled", "timeout", "interrupted", "invalid"]},
        "problems": {"type": "array", "items": {"$ref": "#/$defs/problem"}},
        "exit_code": {"type": "integer", "minimum": 0, "maximum": 255},
        "duration": {"$ref": "#/$defs/seconds"},
        "nodes": {
          "description": "Instances by their last outcome.",
          "type": "object",
          "required": ["executed", "succeeded", "failed", "skipped", "never_started"],
          "properties": {
            "executed": {"$ref": "#/$defs/count"},
            "succeeded": {"$ref": "#/$defs/count"},
            "failed": {"$ref": "#/$defs/count"},
            "cancelled": {"$ref": "#/$defs/count"},
            "skipped": {"$ref": "#/$defs/count"},
            "never_started": {"$ref": "#/$defs/count"},
            "with_errors": {"description": "Have logged errors, however they ended.", "$ref": "#/$defs/count"},
            "handled": {"description": "Failed, and a wired exec_fail goes on from there.", "$ref": "#/$defs/count"}
          }
        },
        "error": {"type": "string"}
      }
    }
  }
}
)json";

}  // namespace

std::string event_schema() { return std::string(kSchema); }

}  // namespace vnode
