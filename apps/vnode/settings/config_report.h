#pragma once

#include <string>

#include "apps/vnode/settings/settings.h"

namespace vnode {

/// The settings in force and where each comes from, for people and for programs.
std::string settings_text(const Settings& settings);
Value settings_value(const Settings& settings);

}  // namespace vnode
