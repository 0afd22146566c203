#pragma once

#include <optional>
#include <string_view>

#include "model/problem.h"
#include "model/workflow.h"

namespace vnode {

/// What reading a document gave: the workflow if it has no errors, and every problem found.
struct WorkflowReading {
  std::optional<Workflow> workflow;
  Problems problems;
};

/// Reads a workflow document (workflow_format.md, section 1, with the leniency listed there) straight from
/// the JSON text, without a document tree. All problems are reported, each with its JSON pointer, not only
/// the first; bad JSON ends the reading at that place. The text must be UTF-8 (`base/text_file.h`). Problem
/// codes: bad_json, wrong_type, missing_key, bad_uuid, node_definition, foreign_document (unknown keys and
/// neither `nodes` nor `connections`), too_deep, unknown_keys (one warning for all of them), duplicate_id
/// (two nodes of one instance_id).
WorkflowReading read_workflow(std::string_view text);

/// The same for a document that is already a value: a group's `__workflow__`. `pointer` is where it stands in
/// the outer document, and is put in front of every problem's pointer.
WorkflowReading read_workflow(const Value& document, std::string_view pointer);

}  // namespace vnode
