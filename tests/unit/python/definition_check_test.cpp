#include "python/definition_check.h"

#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "python/python_runtime.h"
#include "registry/definition_loader.h"
#include "unit/python/python_support.h"

namespace vnode {
namespace {

using test::ScratchFolder;

constexpr Duration kLong = std::chrono::seconds(30);
const std::string kClass = R"py(
from src.nodes.base import BaseNode

class Mine(BaseNode):
    def __init__(self):
        super().__init__(use_exec=False)
        self.add_input("a", "int", default=3)
        self.add_input("b", "string", widget_type="dropdown", options=["x", "y"])
        self.add_output("c", "list")

    async def execute(self, inputs):
        raise RuntimeError("nothing is executed here")

    async def on_parameter_changed(self, name, value):
        pass

def register_node():
    return Mine
)py";

struct DefinitionCheckTest : testing::Test {
  std::shared_ptr<PythonRuntime> runtime = std::make_shared<PythonRuntime>();
  std::vector<NodeTypePtr> types;

  void add(const std::string& id, const std::string& code, const std::string& interpreter = "") {
    auto type = std::make_shared<NodeType>();
    type->definition = {.node_id = id, .name = id};
    type->definition.python_code = code;
    Dict document = {{"node_id", Value(id)}};
    if (!interpreter.empty()) document.set("interpreter", interpreter);
    type->definition.document = Value(document);
    type->origin = id + ".json";
    type->runtime = runtime;
    types.push_back(type);
  }

  std::vector<DefinitionCheck> check(Duration timeout = kLong, bool looks_at_firings = false) {
    return check_definitions(*runtime, types, timeout, looks_at_firings);
  }

  /// Of the definition at `index`; empty when it loads.
  static std::string message_of(const std::vector<DefinitionCheck>& checks, std::size_t index) {
    return checks.at(index).failure ? checks[index].failure->message : "";
  }
};

TEST_F(DefinitionCheckTest, GivesThePortsThatTheConstructorMakes) {
  add("mine", kClass);
  const auto checks = check();
  ASSERT_EQ(message_of(checks, 0), "");
  const DefinitionCheck& mine = checks[0];
  ASSERT_EQ(mine.inputs.size(), 2u);
  EXPECT_EQ(mine.inputs[0].name, "a");
  EXPECT_EQ(mine.inputs[0].type, "int");
  EXPECT_TRUE(same(mine.inputs[0].default_value, Value(3)));
  EXPECT_EQ(mine.inputs[1].widget, "dropdown");
  EXPECT_EQ(mine.inputs[1].options, (std::vector<std::string>{"x", "y"}));
  ASSERT_EQ(mine.outputs.size(), 1u);
  EXPECT_TRUE(same(mine.outputs[0].default_value, Value::empty_list()));
  EXPECT_TRUE(mine.has_hook);
}

TEST_F(DefinitionCheckTest, TellsWhatIsLeftToDoBehindFirings) {
  const std::string code = "async def execute(self, inputs):\n    await self.set_output('exec_out', True)\n";
  add("works_on", code + "    print('more')\n");
  add("returns", code + "    return {'a': 1}\n");
  const auto checks = check(kLong, true);
  EXPECT_TRUE(checks[0].has_work_behind_firings);
  EXPECT_FALSE(checks[1].has_work_behind_firings);
  EXPECT_FALSE(check()[0].has_work_behind_firings);  // not asked for
}

TEST_F(DefinitionCheckTest, TellsWhyOneDoesNotLoad) {
  add("raises", "import os\nx = 1 / 0\n");
  add("syntax", "def execute(self, inputs)\n    pass\n");
  add("nothing", "x = 1");
  add("constructor",
      "from src.nodes.base import BaseNode\nclass N(BaseNode):\n    def __init__(self):\n"
      "        raise ValueError('no')\ndef register_node():\n    return N\n");
  add("good", "async def execute(self, inputs): pass");
  const auto checks = check();
  EXPECT_EQ(message_of(checks, 0), "ZeroDivisionError: division by zero");
  EXPECT_EQ(checks[0].failure->line, 2);
  EXPECT_NE(checks[0].failure->traceback.find("raises.json\", line 2"), std::string::npos);
  EXPECT_EQ(checks[1].failure->line, 1);
  EXPECT_NE(message_of(checks, 2).find("neither register_node nor execute"), std::string::npos);
  EXPECT_EQ(message_of(checks, 3), "preparing it failed: ValueError: no");
  EXPECT_EQ(message_of(checks, 4), "");
}

TEST_F(DefinitionCheckTest, SurvivesHostsThatDie) {
  add("good", "async def execute(self, inputs): pass");
  add("exits", "import os\nos._exit(3)");
  add("killed", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)");
  add("raises", "import sys\nsys.exit(1)");
  add("also_good", "async def execute(self, inputs): pass");
  const auto checks = check();
  EXPECT_EQ(message_of(checks, 0), "");
  EXPECT_NE(message_of(checks, 1).find("exit code 3"), std::string::npos) << message_of(checks, 1);
  EXPECT_NE(message_of(checks, 2).find("SIGSEGV"), std::string::npos) << message_of(checks, 2);
  EXPECT_NE(message_of(checks, 3).find("SystemExit"), std::string::npos) << message_of(checks, 3);
  EXPECT_EQ(message_of(checks, 4), "");
}

TEST_F(DefinitionCheckTest, DoesNotWaitForOneThatHangs) {
  // The first one starts the interpreter, which may take its time on a busy machine.
  add("good", "async def execute(self, inputs): pass");
  check();
  add("hangs", "import time\ntime.sleep(600)");
  add("also_good", "async def execute(self, inputs): pass");
  const auto checks = check(std::chrono::seconds(3));
  EXPECT_EQ(message_of(checks, 0), "");
  EXPECT_EQ(message_of(checks, 1), "it did not load within 3.0s");
  EXPECT_EQ(message_of(checks, 2), "");
}

TEST_F(DefinitionCheckTest, OneWithoutItsInterpreterFailsAlone) {
  const ScratchFolder folder;
  const std::string broken = test::write_script(folder, "mayapy", "#!/bin/sh\necho no licence >&2\nexit 7\n");
  add("good", "async def execute(self, inputs): pass");
  add("absent", "x = 1", "/nonexistent/python");
  for (int i = 0; i < 4; ++i) add("broken" + std::to_string(i), "x = 1", broken);
  const auto checks = check();
  EXPECT_EQ(message_of(checks, 0), "");
  EXPECT_NE(message_of(checks, 1).find("/nonexistent/python"), std::string::npos);
  for (std::size_t i = 2; i < 6; ++i) {
    EXPECT_NE(message_of(checks, i).find("does not run"), std::string::npos) << message_of(checks, i);
    // When the interpreter has ended before a host was asked for, the message tells all there is.
    const std::string told = message_of(checks, i) + checks[i].failure->traceback;
    EXPECT_NE(told.find("no licence"), std::string::npos) << told;
  }
}

TEST_F(DefinitionCheckTest, WhatIsPrintedIsNoResult) {
  add("loud",
      "import os\nfor i in range(20000): print('x' * 100)\nos.write(1, b'y' * 200000)\n"
      "async def execute(self, inputs): pass");
  EXPECT_EQ(message_of(check(), 0), "");
}

TEST_F(DefinitionCheckTest, NothingToCheckStartsNothing) { EXPECT_TRUE(check().empty()); }

}  // namespace
}  // namespace vnode
