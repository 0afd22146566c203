#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace vnode {

/// Receives the parts of a JSON document in order. Each function returns false to end the reading early;
/// `read_json` then returns the error that `take_error` holds.
/// Views are valid during the call only.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;
  virtual bool on_scalar(Value value) = 0;  ///< null, true, numbers, texts
  virtual bool on_object_start() = 0;
  virtual bool on_key(std::string_view key) = 0;
  virtual bool on_object_end() = 0;
  virtual bool on_array_start() = 0;
  virtual bool on_array_end() = 0;
  virtual Error take_error() = 0;
};

/// How deep a document may nest (workflow_format, section 5).
inline constexpr std::size_t kMaxJsonDepth = 100'000;

/// Reads one JSON text, without a document tree and without recursion.
///
/// The dialect is that of the editor's reader: RFC 8259, plus `NaN`, `Infinity`, `-Infinity`, numbers that
/// overflow (they become infinite), integers of any size (kept exactly); `1` and `1.0` stay distinct.
/// Comments, trailing commas and anything behind the document are errors. The text must be valid UTF-8
/// without byte-order mark (`base/text_file.h` sees to that; invalid bytes in strings are passed on as they
/// are); escaped lone surrogates become U+FFFD. Errors: kBadJson with "line L, column C" in the message;
/// kBadDocument for a document that nests too deep.
Result<void> read_json(std::string_view text, JsonHandler& handler);

/// The whole text as one Value; of duplicate keys the last wins, at the place of the first.
Result<Value> parse_json(std::string_view text);

}  // namespace vnode
