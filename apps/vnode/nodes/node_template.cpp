#include "apps/vnode/nodes/node_template.h"

#include <string_view>

#include "model/json_writer.h"

namespace vnode {
namespace {

constexpr std::string_view kCode =
    R"py(# This text runs once in each run that uses the node; imports belong here. Names
# at this level are shared by all instances of the node, for as long as the run.


async def execute(self, inputs):
    # inputs: a dict of what the inputs hold: the value that came over a wire, else
    # the one saved in the workflow, else the default.
    text = inputs.get("text")
    times = inputs.get("times")

    # An exception fails this node, with its traceback in the events. Nodes that
    # need the result are skipped, and the run ends with exit code 1.
    if times < 0:
        raise ValueError("times must not be negative, and it is %s" % times)

    # Logs are events, and so is all that is printed.
    # There are log_info, log_success, log_warning and log_error.
    self.log_info("repeating %r %s times" % (text, times))

    # A call that blocks (subprocess.run, time.sleep, a download) holds up the other
    # chains of the run. Either await something that does not:
    #     await asyncio.to_thread(subprocess.run, command)
    # or put "blocking": true beside "use_exec" in this file.
    result = text * times

    # memory: the variables of the run, one dict for all nodes; Set Variable and
    # Get Variable use the same.
    self.memory["last_text"] = result

    # Hands a value on at once, to whatever is wired to the output ...
    await self.set_output("result", result)
    # ... and this goes on along the exec wire; it returns when all that follows has
    # ended. So: data first.
    await self.set_output("exec_out", True)

    # What is returned is kept as the node's result as well.
    return {"result": result}


# Optional: called when something pushes a value into an input while the run is on.
# async def on_parameter_changed(self, name, value):
#     self.log_info("%s is %r now" % (name, value))
)py";

constexpr std::string_view kMiddle = R"json(,
  "description": "Repeats a text. (What the node does, for people.)",
  "category": "My nodes",
  "use_exec": true,
  "inputs": [
    {"name": "text", "type": "string", "default": "hello", "widget_type": "text"},
    {"name": "times", "type": "int", "default": 2, "widget_type": "int"}
  ],
  "outputs": [
    {"name": "result", "type": "string"}
  ],
  "python_code": )json";

constexpr std::string_view kCommandRest = R"json(,
  "description": "Repeats a text. (What the node does, for people.)",
  "category": "My nodes",
  "inputs": [
    {"name": "text", "type": "string", "default": "hello", "widget_type": "text"},
    {"name": "upper", "type": "bool", "default": false, "widget_type": "checkbox"}
  ],
  "outputs": [
    {"name": "result", "type": "string"}
  ],
  "command": ["sh", "-c", "printf '%s\\n' \"$1\" | if [ \"$2\" ]; then tr a-z A-Z; else cat; fi", "sh", "{text}", {"when": "upper", "words": ["upper"]}],
  "outputs_from": {"result": {"stdout": "text"}},
  "success": {"exit_codes": [0]}
}
)json";

}  // namespace

std::string command_node_template(const std::string& node_id) {
  std::string out = "{\n  \"node_id\": ";
  append_json_text(out, node_id);
  out += ",\n  \"name\": ";
  append_json_text(out, node_id);
  return out.append(kCommandRest);
}

std::string python_node_template(const std::string& node_id) {
  std::string out = "{\n  \"node_id\": ";
  append_json_text(out, node_id);
  out += ",\n  \"name\": ";
  append_json_text(out, node_id);
  out += kMiddle;
  append_json_text(out, kCode);
  return out + "\n}\n";
}

}  // namespace vnode
