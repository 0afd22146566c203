#include "command/command_ports.h"

#include <gmock/gmock.h>

#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

std::vector<std::string> outputs_of(const std::string& members) {
  std::vector<std::string> names;
  const NodeDefinition definition = read_definition_document(command_document(members)).value();
  for (const Port& port : definition.outputs) names.push_back(port.name + ":" + port.type);
  return names;
}

TEST(CommandPorts, AreThereBesideTheDefinitionsOwn) {
  EXPECT_THAT(
      outputs_of(
          R"("command": ["x"], "outputs": [{"name": "o"}], "outputs_from": {"o": {"stdout": "text"}})"),
      ElementsAre("exec_out:exec", "exec_fail:exec", "o:any", "stdout:string", "stderr:string",
                  "exit_code:int", "success:bool", "duration:float"));
  EXPECT_THAT(outputs_of(R"("command": ["x"], "use_exec": false)"),
              ElementsAre("exec_out:exec", "exec_fail:exec", "stdout:string", "stderr:string",
                          "exit_code:int", "success:bool", "duration:float"));
}

TEST(CommandPorts, StayWhereADefinitionDeclaresThem) {
  EXPECT_THAT(
      outputs_of(R"("command": ["x"], "outputs": [{"name": "stderr", "type": "any"}, {"name": "success"}])"),
      ElementsAre("exec_out:exec", "exec_fail:exec", "stderr:any", "success:any", "stdout:string",
                  "exit_code:int", "duration:float"));
}

}  // namespace
}  // namespace vnode::test
