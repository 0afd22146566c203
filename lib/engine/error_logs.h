#pragma once

#include <cstddef>
#include <string>

namespace vnode {

/// The error logs of one level of a run, and of the groups in it, that make the run fail (rule 22).
struct ErrorLogs {
  std::size_t count = 0;
  std::string first;  ///< "node: message"; empty when there are none

  void add(const ErrorLogs& later) {
    if (count == 0) first = later.first;
    count += later.count;
  }
};

/// "2 errors were logged, the first: node: message"; empty when there are none.
std::string describe(const ErrorLogs& logs);

}  // namespace vnode
