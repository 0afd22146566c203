#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/value.h"

namespace vnode {

/// How results of a run are printed.
enum class ResultFormat {
  kLines,  ///< each as JSON on a line of its own, in the order in which they were asked for
  kJson,   ///< one JSON object on one line, the names that they were asked by to the values
};

/// A result, by the name that it was asked by.
using NamedResult = std::pair<std::string, Value>;

std::string result_text(const std::vector<NamedResult>& results, ResultFormat format);

}  // namespace vnode
