#pragma once

#include <span>
#include <string_view>

#include "daemon/method.h"

namespace vnode {

/// All methods of the protocol, as `vnode schema rpc` tells them. Lives as long as the program. Any thread.
std::span<const MethodSpec> method_specs();

/// Null when there is none of that name. Lives as long as the program. Any thread.
const Method* find_method(std::string_view name);

// One table a file: method_*.cpp. Each declares its methods where it carries them out.
std::span<const Method> submit_methods();
std::span<const Method> run_methods();
std::span<const Method> group_methods();
std::span<const Method> retry_methods();
std::span<const Method> result_methods();
std::span<const Method> event_methods();
std::span<const Method> queue_methods();
std::span<const Method> node_methods();
std::span<const Method> daemon_methods();

}  // namespace vnode
