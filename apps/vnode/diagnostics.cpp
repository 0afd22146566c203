#include "apps/vnode/diagnostics.h"

namespace vnode {

void Diagnostics::write(LogSeverity severity, std::string_view message) {
  std::call_once(made_, [this] { logger_.emplace("vnode: %^%l%$: %v"); });
  logger_->write(severity, message);
}

}  // namespace vnode
