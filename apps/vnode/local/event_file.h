#pragma once

#include <string>

#include "base/error.h"
#include "report/event_stream.h"

namespace vnode {

/// Reads a file of events ("-": standard input) into `stream`, in blocks, to its end. Errors: kNotFound,
/// kUnreadable; kBadDocument when there is no event in it.
Result<StreamSummary> read_event_file(const std::string& path, EventStream& stream);

}  // namespace vnode
