#pragma once

#include <string>

#include "model/workflow.h"

namespace vnode {

/// The file's text as the editor writes it (4 spaces, no final newline), with everything that was read,
/// unknown keys included. Reading it again gives an equal workflow.
std::string write_workflow(const Workflow& workflow);

/// The same as a document value (what a group's `__workflow__` holds).
Value workflow_document(const Workflow& workflow);

}  // namespace vnode
