#pragma once

#include <string>
#include <string_view>

#include "model/value.h"

namespace vnode {

/// What to write for floats that JSON lacks.
enum class NonFinite {
  kQuoted,  ///< "NaN", "Infinity", "-Infinity" (events.md)
  kBare,    ///< NaN, Infinity, -Infinity: the dialect that the editor's reader and ours accept
};

/// Appends `value` as compact JSON (`{"a":1}`), UTF-8, control characters escaped, invalid UTF-8 as U+FFFD.
/// Dictionary keys that are no texts are written as Python's json.dumps does ("true", "null", "1.5"), or else
/// as their Python text, foreign objects as `{"$object":type,"repr":repr}`. No recursion.
void append_json(std::string& out, const Value& value, NonFinite non_finite = NonFinite::kQuoted);

/// Appends a quoted and escaped JSON string; bytes that are not UTF-8 become U+FFFD.
void append_json_text(std::string& out, std::string_view text);

/// The same for a dictionary's key.
void append_json_key(std::string& out, const Value& key);

/// The same value with `indent` spaces a level, ": " and line breaks, as the editor saves files.
void append_json_pretty(std::string& out, const Value& value, int indent, NonFinite non_finite);

/// Stops counting once past `limit`; used to decide on truncation without formatting a huge value twice.
/// Returns the exact size of `append_json`'s text when it is at most `limit`, else some number above `limit`.
std::size_t json_size(const Value& value, std::size_t limit);

}  // namespace vnode
