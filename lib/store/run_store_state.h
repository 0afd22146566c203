#pragma once

#include <memory>
#include <optional>

#include "store/database.h"
#include "store/run_store.h"
#include "store/space_reserve.h"
#include "store/store_identity.h"

namespace vnode {

struct RunStore::State {
  explicit State(std::unique_ptr<Database> opened)
      : database(std::move(opened)), identity(database->path()) {}

  std::unique_ptr<Database> database;
  StoreIdentity identity;
  std::optional<SpaceReserve> reserve;
  /// A piece of the reserve was given up for the commit that is under way: nothing new is accepted with it.
  bool is_spending = false;
  bool has_committed = false;  ///< the last transaction
  /// Rows were dropped since the last look at how much of the file is free.
  bool may_shrink = false;
  /// A commit has failed: frames of it may be in the log, and count when they are found after a crash.
  bool has_stale_frames = false;
};

}  // namespace vnode
