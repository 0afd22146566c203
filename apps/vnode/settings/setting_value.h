#pragma once

#include <string_view>

#include "apps/vnode/settings/setting_table.h"
#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// A setting as it is kept: sizes and counts are numbers, switches booleans, folders a list of texts, maps
/// and hooks as they are written, the rest texts; `kUnlimited` is a text everywhere. None stands for the
/// default. `written`: what a file has. The message names neither file nor key.
Result<Value> read_setting(const SettingEntry& entry, const Value& written);

/// The same for the word that an option or the environment gives; only for kinds that are one word.
Result<Value> read_setting_word(const SettingEntry& entry, std::string_view word);

}  // namespace vnode
