// Any bytes: reading gives a workflow or at least one error. Text and value front end agree. A workflow that
// was read is written, read and written again with the same text.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "model/json_reader.h"
#include "model/value_ops.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool have_same_problems(const vnode::Problems& a, const vnode::Problems& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].code != b[i].code || a[i].pointer != b[i].pointer) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const vnode::WorkflowReading reading = vnode::read_workflow(text);
  require(reading.workflow.has_value() != vnode::has_errors(reading.problems));

  const vnode::Result<vnode::Value> document = vnode::parse_json(text);
  // A text that is not JSON behind a top level that is no object is refused for the latter, without reading
  // on.
  require(!reading.workflow || document.ok());
  if (document) {
    const vnode::WorkflowReading embedded = vnode::read_workflow(*document, "");
    require(have_same_problems(embedded.problems, reading.problems));
  }
  if (!reading.workflow || vnode::find_invalid_utf8(text) != std::string_view::npos) return 0;

  const std::string written = vnode::write_workflow(*reading.workflow);
  const vnode::WorkflowReading again = vnode::read_workflow(written);
  require(again.workflow.has_value());
  require(vnode::write_workflow(*again.workflow) == written);
  require(
      vnode::same(vnode::workflow_document(*again.workflow), vnode::workflow_document(*reading.workflow)));
  return 0;
}
