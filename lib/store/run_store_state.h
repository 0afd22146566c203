#pragma once

#include <memory>

#include "store/database.h"
#include "store/run_store.h"

namespace vnode {

struct RunStore::State {
  explicit State(std::unique_ptr<Database> opened) : database(std::move(opened)) {}

  std::unique_ptr<Database> database;
  /// Rows were dropped since the last look at how much of the file is free.
  bool may_shrink = false;
  /// A commit has failed: frames of it may be in the log, and count when they are found after a crash.
  bool has_stale_frames = false;
};

}  // namespace vnode
