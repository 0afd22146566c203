// Any bytes: reading YAML gives a document, or at least one error with its line. A document that is a
// workflow is written as YAML and read again as the same one.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "model/value_ops.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"
#include "nodes/native_nodes.h"
#include "yaml/workflow_yaml.h"
#include "yaml/yaml_workflow.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

const vnode::Registry& registry() {
  static const vnode::Registry known = [] {
    vnode::NodeLibrary natives;
    vnode::add_native_nodes(natives);
    vnode::Registry made;
    made.add_library(natives);
    return made;
  }();
  return known;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (vnode::find_invalid_utf8(text) != std::string::npos) return 0;  // who reads files sees to that
  const vnode::YamlReading reading =
      vnode::read_yaml_workflow("fuzz/none.yaml", text, registry(), {.keeps_names = false});
  require(reading.document.is_unset() == vnode::has_errors(reading.problems));
  for (const vnode::Problem& problem : reading.problems) require(problem.source.line > 0);
  if (reading.document.is_unset()) return 0;
  const vnode::WorkflowReading workflow = vnode::read_workflow(reading.document, "");
  if (!workflow.workflow) return 0;
  const vnode::Result<vnode::YamlText> written = vnode::write_yaml_workflow(*workflow.workflow, registry());
  require(written.ok());  // it has looked at what comes back
  return 0;
}
