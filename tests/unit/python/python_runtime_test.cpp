// Runs with Python nodes inside one process, with real interpreters. What single nodes may do, and do to
// themselves, is tested against the real binary in tests/integration/python_nodes.
#include "python/python_runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "model/json_writer.h"
#include "model/value_ops.h"
#include "nodes/native_nodes.h"
#include "registry/reload.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class PythonRuntimeTest : public testing::Test {
 protected:
  PythonRuntimeTest() { add_native_nodes(natives_); }

  /// A definition in the bare style: data input `x`, data output `y`, exec pins.
  void define(const std::string& node_id, const std::string& code, bool blocking = false) {
    std::string text;
    append_json(text, Dict{{"node_id", node_id},
                           {"name", node_id},
                           {"blocking", blocking},
                           {"inputs", Value::list({Dict{{"name", "x"}}})},
                           {"outputs", Value::list({Dict{{"name", "y"}}})},
                           {"python_code", code}});
    folder_.write(node_id + ".json", text);
  }

  const Registry& registry() {
    if (!registry_) {
      runtime_ = std::make_shared<PythonRuntime>(settings_);
      registry_ = reload_registry(Registry(), natives_, {folder_.path()}, {.runtime = runtime_});
    }
    return *registry_;
  }

  /// A run with the real clock.
  struct RealRun {
    RealRun(PythonRuntimeTest& test, const WorkflowBuilder& builder) : w(builder) {
      Problems problems;
      plan = Plan::make(w.workflow(), test.registry(), problems);
      if (!plan) throw std::runtime_error(problems.front().message);
      run = std::make_unique<vnode::Run>(plan, RunServices{test.clock_, test.workers_, test.http_}, sink,
                                         RunOptions{.run_id = "test"});
    }
    std::string result(const std::string& node, std::string_view port) const {
      const Value* value = run->result(w.id(node), port);
      return value ? to_repr(*value) : "unset";
    }
    std::string all() const { return testing::PrintToString(sink.lines); }

    WorkflowBuilder w;
    RecordingSink sink{[this](const Uuid& id) { return w.name(id); }};
    std::shared_ptr<const Plan> plan;
    std::unique_ptr<vnode::Run> run;
  };

  ScratchFolder folder_;
  NodeLibrary natives_;
  PythonSettings settings_;
  std::shared_ptr<PythonRuntime> runtime_;
  std::optional<Registry> registry_;
  SystemClock clock_;
  WorkerPool workers_{2};
  HttpClient http_;
};

TEST_F(PythonRuntimeTest, ModuleStateDoesNotOutliveTheRun) {
  define("count",
         "times = 0\n"
         "async def execute(self, inputs):\n"
         "    global times\n"
         "    times += 1\n"
         "    return {'y': times, 'exec_out': True}\n");
  WorkflowBuilder w;
  w.node("a", "count").node("b", "count").exec("a", "b");
  for (int i = 0; i < 20; ++i) {
    RealRun run(*this, w);
    ASSERT_EQ(run.run->run_to_end().exit_code, 0) << run.all();
    ASSERT_EQ(run.result("b", "y"), "2");
  }
}

TEST_F(PythonRuntimeTest, TwoRunsSteppedInOneLoopDoNotSeeEachOther) {
  define("remember",
         "import asyncio\n"
         "async def execute(self, inputs):\n"
         "    type(self).memory['x'] = inputs['x']\n"
         "    await asyncio.sleep(0.01)\n"
         "    await self.set_output('y', self.memory['x'])\n"
         "    return {}\n");
  WorkflowBuilder one, two;
  one.node("a", "remember", {{"x", 1}}).node("end", "message_node").exec("a", "end");
  two.node("a", "remember", {{"x", 2}}).node("end", "message_node").exec("a", "end");
  RealRun first(*this, one), second(*this, two);
  while (!first.run->finished() || !second.run->finished()) {
    first.run->poll();
    second.run->poll();
    std::this_thread::yield();
  }
  EXPECT_EQ(first.result("a", "y"), "1") << first.all();
  EXPECT_EQ(second.result("a", "y"), "2") << second.all();
}

TEST_F(PythonRuntimeTest, AStepDoesNotWaitForCodeThatBlocks) {
  define("sleep",
         "import time\nasync def execute(self, inputs):\n    time.sleep(0.5)\n    return {'y': 1}\n");
  WorkflowBuilder w;
  w.node("a", "sleep").node("end", "message_node").exec("a", "end");
  RealRun run(*this, w);
  int polls = 0;
  while (!run.run->poll()) {
    ++polls;
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_GT(polls, 20) << "the host program had its frames meanwhile";
  EXPECT_EQ(run.result("a", "y"), "1") << run.all();
}

TEST_F(PythonRuntimeTest, VariablesAreSharedWithNativeNodes) {
  define("append",
         "async def execute(self, inputs):\n    self.memory['list'].append(7)\n    await "
         "self.set_output('exec_out', True)\n    return {}\n");
  define("read", "async def execute(self, inputs):\n    return {'y': list(self.memory['list'])}\n");
  WorkflowBuilder w;
  w.node("set", "Set Variable", {{"name", "list"}, {"value", Value::list({1})}})
      .node("append", "append")
      .node("native", "List Append", {{"list_name", "list"}, {"item", 8}})
      .node("read", "read")
      .exec("set", "append")
      .exec("append", "native")
      .exec("native", "read");
  RealRun run(*this, w);
  EXPECT_EQ(run.run->run_to_end().exit_code, 0) << run.all();
  EXPECT_EQ(run.result("native", "current_list"), "[1, 7, 8]");
  EXPECT_EQ(run.result("read", "y"), "[1, 7, 8]");
}

TEST_F(PythonRuntimeTest, AHostThatDiesCostsItsNodeOnly) {
  define("die", "import os\nasync def execute(self, inputs):\n    os._exit(3)\n");
  define("live", "async def execute(self, inputs):\n    return {'y': 5}\n");
  WorkflowBuilder w;
  w.node("a", "die").node("end", "message_node").exec("a", "end");
  w.node("b", "live").node("end2", "message_node").exec("b", "end2");
  RealRun run(*this, w);
  EXPECT_EQ(run.run->run_to_end().exit_code, 1);
  EXPECT_EQ(run.result("b", "y"), "5") << run.all();
  EXPECT_THAT(run.all(), HasSubstr("exit code 3"));
  EXPECT_THAT(run.all(), HasSubstr("started again"));
}

/// Whatever has been written since then belongs to nodes, also when nobody has looked in between.
TEST_F(PythonRuntimeTest, NothingIsLostOfWhatIsWrittenWhileTheHostStarts) {
  const std::string mark = folder_.file("mark");
  define("write", "import os\nos.write(1, b'early\\n')\nos.write(2, b'complaint\\n')\nopen('" + mark +
                      "', 'w').close()\nasync def execute(self, inputs):\n    return {}\n");
  WorkflowBuilder w;
  w.node("a", "write");
  RealRun run(*this, w);
  run.run->poll();
  while (::access(mark.c_str(), F_OK) != 0) std::this_thread::yield();
  EXPECT_EQ(run.run->run_to_end().exit_code, 0) << run.all();
  EXPECT_TRUE(run.sink.has("log a info stdout \"early\"")) << run.all();
  EXPECT_TRUE(run.sink.has("log a warning stderr \"complaint\"")) << run.all();
}

TEST_F(PythonRuntimeTest, HostsThatHaveDiedLeaveNothingBehindWhileTheRunGoesOn) {
  define("die", "import os\nasync def execute(self, inputs):\n    os._exit(3)\n");
  // Children and descriptors of this program: its keeper's parent. Waits until they are as many as `x` says.
  define("count",
         "import os, time\n"
         "def parent(pid):\n"
         "    try:\n"
         "        with open('/proc/%d/stat' % pid) as file:\n"
         "            return int(file.read().rpartition(')')[2].split()[1])\n"
         "    except OSError:\n"
         "        return 0\n"
         "def count(vnode):\n"
         "    pids = [int(name) for name in os.listdir('/proc') if name.isdigit()]\n"
         "    children = sum(parent(pid) == vnode for pid in pids)\n"
         "    return [children, len(os.listdir('/proc/%d/fd' % vnode))]\n"
         "async def execute(self, inputs):\n"
         "    vnode = parent(parent(os.getppid()))\n"
         "    until = time.monotonic() + 30\n"
         "    while inputs['x'] not in (None, count(vnode)) and time.monotonic() < until:\n"
         "        time.sleep(0.05)\n"
         "    return {'y': count(vnode), 'exec_out': True}\n");
  WorkflowBuilder w;
  w.node("first", "count").node("loop", "For Each", {{"collection", std::string(20, 'x')}});
  w.node("die", "die").node("last", "count").data("first.y", "last.x");
  w.exec("first", "loop").exec("loop.each_item", "die").exec("loop.exec_on_finished", "last");
  RealRun run(*this, w);
  EXPECT_EQ(run.run->run_to_end().exit_code, 1);
  EXPECT_EQ(run.result("last", "y"), run.result("first", "y")) << run.all();
  EXPECT_NE(run.result("last", "y"), "unset");
}

TEST_F(PythonRuntimeTest, AStopEndsCodeThatBlocks) {
  settings_.grace = 400ms;
  define("hang",
         "import time\nasync def execute(self, inputs):\n    while True:\n        try:\n            "
         "time.sleep(60)\n        except BaseException:\n            pass\n");
  WorkflowBuilder w;
  w.node("a", "hang").node("end", "message_node").exec("a", "end");
  RealRun run(*this, w);
  while (!run.sink.has("started a start")) run.run->poll();
  run.run->stop(StopReason::kCancel);
  const SteadyTime begin = clock_.steady_now();
  EXPECT_EQ(run.run->run_to_end().exit_code, 130);
  EXPECT_LT(clock_.steady_now() - begin, 20s);
  EXPECT_TRUE(run.sink.has("finished a cancelled")) << run.all();
}

TEST_F(PythonRuntimeTest, ABlockingNodeLetsOtherChainsGoOn) {
  define("wait_for_file",
         "import os, time\n"
         "async def execute(self, inputs):\n"
         "    while not os.path.exists(inputs['x']):\n"
         "        time.sleep(0.005)\n"
         "    return {'y': 'seen'}\n",
         true);
  WorkflowBuilder w;
  const std::string path = folder_.file("mark");
  w.node("a", "wait_for_file", {{"x", path}}).node("end", "message_node").exec("a", "end");
  w.node("b", "file_write", {{"path", path}, {"content", "x"}})
      .node("end2", "message_node")
      .exec("b", "end2");
  RealRun run(*this, w);
  EXPECT_EQ(run.run->run_to_end().exit_code, 0) << run.all();
  EXPECT_EQ(run.result("a", "y"), "'seen'");
}

TEST_F(PythonRuntimeTest, AllThatDoesNotLoadIsReportedTogether) {
  define("bad_import", "import no_such_module_at_all\nasync def execute(self, inputs):\n    return {}\n");
  define("bad_syntax", "async def execute(self, inputs)\n    return {}\n");
  define("fine", "async def execute(self, inputs):\n    return {}\n");
  WorkflowBuilder w;
  w.node("a", "bad_import").node("b", "fine").node("c", "bad_syntax").exec("a", "b").exec("b", "c");
  RealRun run(*this, w);
  EXPECT_EQ(run.run->run_to_end().exit_code, 3);
  ASSERT_EQ(run.run->problems().size(), 2u) << run.all();
  EXPECT_THAT(run.run->problems()[0].message, HasSubstr("no_such_module_at_all"));
  EXPECT_EQ(run.run->problems()[1].pointer, "/nodes/2");
  EXPECT_EQ(run.sink.only({"started"}).size(), 0u);
}

TEST_F(PythonRuntimeTest, AnInterpreterThatIsNoneRefusesTheWorkflow) {
  settings_.interpreter = "/nonexistent/python3";
  define("fine", "async def execute(self, inputs):\n    return {}\n");
  WorkflowBuilder w;
  w.node("a", "fine").node("end", "message_node").exec("a", "end");
  RealRun run(*this, w);
  EXPECT_EQ(run.run->run_to_end().exit_code, 3);
  EXPECT_THAT(run.run->problems().at(0).message, HasSubstr("/nonexistent/python3"));
}

}  // namespace
}  // namespace vnode::test
