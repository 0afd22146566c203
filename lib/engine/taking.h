#pragma once

#include <vector>

#include "engine/recorder.h"
#include "engine/resumption.h"
#include "model/port_value.h"

namespace vnode {

/// An execution of a recorded node that is about to begin: what is known of it then, and what becomes of it.
struct ExecutionBegin {
  std::vector<PortValue> inputs, delivered, command;
  std::vector<RecordedFile> files;
  RecordedCause cause;
  Taking taking;
};

}  // namespace vnode
