#include "apps/vnode/service/daemon_log.h"

#include <unistd.h>

#include <cstdlib>

#include "apps/vnode/terminal/terminal.h"

namespace vnode {
namespace {

bool is_journal() { return std::getenv("JOURNAL_STREAM") != nullptr && !is_terminal(STDERR_FILENO); }

}  // namespace

StandardErrorLog::StandardErrorLog()
    : logger_(is_journal() ? "%l: %v" : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$: %v") {}

}  // namespace vnode
