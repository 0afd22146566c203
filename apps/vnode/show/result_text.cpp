#include "apps/vnode/show/result_text.h"

#include "model/json_writer.h"

namespace vnode {

std::string result_text(const std::vector<NamedResult>& results, ResultFormat format) {
  std::string text;
  if (format == ResultFormat::kJson) {
    Dict named;
    for (const auto& [name, value] : results) named.set(name, value);
    append_json(text, named);
    return text + '\n';
  }
  for (const auto& [name, value] : results) {
    append_json(text, value);
    text += '\n';
  }
  return text;
}

}  // namespace vnode
