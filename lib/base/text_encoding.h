#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// `bytes` in the encoding of that name, as UTF-8 without byte-order mark: any that ICU knows ("gbk",
/// "cp932", "koi8-r", "utf-16"), under any of its names. ICU is loaded by the first call. Strict: what the
/// encoding does not have is an error. Errors: kUsage for a name that nobody knows, with what was probably
/// meant; kBadText with byte and line; kUnavailable without ICU. Thread rule: any thread.
Result<std::string> decode_from(std::string_view bytes, const std::string& encoding);

/// Whether there is an encoding of that name: the error of `decode_from` otherwise.
Result<void> check_encoding(const std::string& encoding);

}  // namespace vnode
