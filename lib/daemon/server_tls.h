#pragma once

#include <optional>

#include "async/tls_context.h"
#include "daemon/settings.h"

namespace vnode {

/// What TCP clients are served with (rule 8), from the files that the settings name; nullopt: plain text,
/// which only loopback addresses may have. Errors: kUsage for settings that do not go together and for a key
/// that is not private, those of `TlsContext::for_server`.
Result<std::optional<TlsContext>> load_server_tls(const DaemonSettings& settings);

}  // namespace vnode
