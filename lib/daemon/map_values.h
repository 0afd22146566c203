#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/override.h"
#include "model/value.h"
#include "rpc/message.h"

namespace vnode {

/// So many runs a group may have.
inline constexpr std::size_t kMostRunsOfAGroup = 100'000;

/// What `map` of a submission asks for: one run for each of `values`.
struct MapValues {
  std::string target;  ///< a parameter of the workflow, or NODE.PORT
  std::vector<Override> values;

  /// For people: a text as it is, else JSON.
  std::string text(std::size_t index) const;
};

/// Reads `{"target", "text" or "values", "chunk"}`. A text is a frame range (`1-100x2,120`), a JSON list, or
/// names with commas between them; what is made of digits and the signs of ranges alone has to be a range.
/// `chunk`: so many of them are one value, in the form in which they were given: frames as a range, a JSON
/// list as a list, names with commas. Errors: kInvalidParams, also for more than `kMostRunsOfAGroup`.
std::variant<MapValues, RpcError> read_map(const Dict& map);

}  // namespace vnode
