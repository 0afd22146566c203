#pragma once

#include <cstdint>
#include <span>

#include "base/error.h"
#include "store/database.h"

namespace vnode {

/// Marks a database as vnode's: "vnod" in PRAGMA application_id.
inline constexpr std::int64_t kApplicationId = 0x766e6f64;

/// Step i brings a store from version i to version i + 1 (PRAGMA user_version). Steps are only ever added:
/// stores of every version are out there.
using SchemaSteps = std::span<const char* const>;

/// The steps of this vnode; their number is its version.
SchemaSteps schema_steps();

/// Takes the steps from `version` on, and writes the new version, within the caller's transaction.
Result<void> take_steps(Database& database, SchemaSteps steps, std::size_t version);

}  // namespace vnode
