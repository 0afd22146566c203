#include "engine/error_logs.h"

namespace vnode {

std::string describe(const ErrorLogs& logs) {
  if (logs.count == 0) return {};
  if (logs.count == 1) return "1 error was logged: " + logs.first;
  return std::to_string(logs.count) + " errors were logged, the first: " + logs.first;
}

}  // namespace vnode
