#pragma once

#include <functional>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// What stands in the place of a reference to a stored value; an error ends the reading.
using StoredValueFinder = std::function<Result<Value>(std::uint64_t number)>;

/// Reads one data item in the form that CborWriter writes, and nothing behind it. Foreign objects come back
/// as what they showed of themselves. Any bytes may be given: errors are kBadDocument. However deep it nests.
Result<Value> read_cbor(std::string_view bytes, const StoredValueFinder& stored = {});

}  // namespace vnode
