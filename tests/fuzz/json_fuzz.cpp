// Any bytes: reading ends with a value or an error. Any value that was read comes back the same after it was
// written, in both forms, and its counted size is right.

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

#include "base/text.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const vnode::Result<vnode::Value> value = vnode::parse_json(text);
  if (!value) {
    require(!value.error().message.empty());
    return 0;
  }
  std::string compact;
  vnode::append_json(compact, *value);
  require(vnode::json_size(*value, std::numeric_limits<std::size_t>::max()) == compact.size());
  require(vnode::find_invalid_utf8(compact) == std::string_view::npos);
  require(vnode::parse_json(compact).ok());
  if (vnode::find_invalid_utf8(text) != std::string_view::npos)
    return 0;  // the reader's contract asks for UTF-8

  compact.clear();
  vnode::append_json(compact, *value, vnode::NonFinite::kBare);
  const vnode::Result<vnode::Value> again = vnode::parse_json(compact);
  require(again.ok() && vnode::same(*again, *value));

  std::string pretty;
  vnode::append_json_pretty(pretty, *value, 1, vnode::NonFinite::kBare);
  const vnode::Result<vnode::Value> from_pretty = vnode::parse_json(pretty);
  require(from_pretty.ok() && vnode::same(*from_pretty, *value));
  return 0;
}
