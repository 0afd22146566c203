#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "store/database.h"
#include "store/migrations.h"

namespace vnode {

/// Opens or makes FOLDER/runs.db with the schema that `steps` lead to, ready for use: what is refused, and
/// how an older one is migrated, is in run_store.h. A new store appears whole or not at all.
Result<std::unique_ptr<Database>> open_store_file(const std::string& folder, SchemaSteps steps);

/// Another connection to the store that this process has opened so, for reading.
Result<std::unique_ptr<Database>> open_store_reader(const std::string& folder);

}  // namespace vnode
