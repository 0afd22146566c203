#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/vnode/service/start_report.h"

namespace vnode {

/// Goes on in a process in the background: of its own group, without a terminal, its output in `log`, without
/// the descriptors of whoever started it, but for `kept`. Returns nullopt there, with `report` connected. The
/// process that called waits for that report and gets the exit code to end with. To be called before there
/// are threads.
std::optional<ExitCode> detach(const std::string& log, const std::vector<int>& kept, StartReport& report,
                               Diagnostics& diagnostics);

/// For a process in the background: goes on in the file of that name, a new one where somebody has moved it.
/// False: it cannot be opened, and all stays as it was. Any thread.
bool reopen_log(const std::string& log);

}  // namespace vnode
