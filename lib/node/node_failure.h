#pragma once

#include <stdexcept>
#include <string>

namespace vnode {

/// Thrown by node code to fail its node, and only there: the engine catches it at the node's boundary and
/// makes it that node's `node_error` (engine rule 21).
class NodeFailure : public std::runtime_error {
 public:
  explicit NodeFailure(const std::string& message, std::string code = "node_failed", std::string detail = {})
      : std::runtime_error(message), code_(std::move(code)), detail_(std::move(detail)) {}

  const std::string& code() const { return code_; }      ///< stable word for scripts
  const std::string& detail() const { return detail_; }  ///< traceback or more text; may be empty

 private:
  std::string code_;
  std::string detail_;
};

/// Unwinds a chain after a stop (engine rule 24). Not derived from std::exception, so that node code that
/// catches those does not hold it up.
struct Cancelled {};

}  // namespace vnode
