#include "apps/vnode/local/workflow_template.h"

#include <string_view>

#include "yaml/yaml_text.h"

namespace vnode {
namespace {

constexpr std::string_view kText =
    R"yaml(# vnode run FILE runs this, vnode validate FILE checks it; vnode nodes list tells the types, and
# vnode nodes show TYPE the ports of one.

# What a run can be given:  vnode run FILE -p frames=1-20
# "${frames}" stands for it in values.
# parameters:
#   frames: {type: text, default: 1-3, description: frames to render}

nodes:
  # NAME: the name is the node's id, and -p NAME.PORT=VALUE sets a port of it.
  range:
    type: frame_range
    text: 1-3                       # a value; on text ports as it is written, quoted or not

  each:
    type: For Each
    collection: range.frames        # a wire: NODE.PORT without quotes
    then:                           # what goes on from its exec outputs
      each_item: render
      exec_on_finished: done

  render:
    type: run_command
    command: [echo, frame, "{frame}"]
    inputs: {frame: each.current_item}    # ports of any name, values and wires alike
    limits: {timeout: 10m, retries: 1}
    # note: what people should know of it

  done:
    type: console_print
    data: all frames are done
)yaml";

}  // namespace

std::string workflow_template(const std::string& name) {
  std::string text = "name: ";
  append_yaml_text(text, name);
  return text + "\n" + std::string(kText);
}

}  // namespace vnode
