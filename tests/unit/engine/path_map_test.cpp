// Paths of other machines in inputs that name files: rule 39.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/preparation.h"
#include "engine/run.h"
#include "model/json_reader.h"
#include "model/value_ops.h"
#include "model/workflow_writer.h"
#include "support/fake_runtime.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const PathMap> some_map() {
  const Value rules = parse_json(R"({"version": "pathmapping-1.0", "path_mapping_rules": [
      {"source_path_format": "WINDOWS", "source_path": "P:\\show", "destination_path": "/mnt/show"},
      {"source_path_format": "POSIX", "source_path": "/mnt", "destination_path": "/mnt/farm"}]})")
                          .value();
  return std::make_shared<PathMap>(PathMap::read(rules).value());
}

/// Types that give what they were given: `test_files`, with one input of each kind that names files and one
/// of none, and `test_watch`, which tells in its hook.
Registry path_registry() {
  Registry registry = test_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "test_files",
                              .inputs = {{"file", "path"},
                                         {"folder", "directory", "p:/SHOW/default"},
                                         {.name = "named", .type = "string", .is_file_name = true},
                                         {"text", "string"}},
                              .outputs = {{"seen", "list"}, {"file_out", "path"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"seen", Value::list({call.input("file"), call.input("folder"), call.input("named"),
                                               call.input("text")})},
                         {"file_out", call.input("file")}};
               }});
  library.add(
      {.definition = {.node_id = "test_watch", .use_exec = false, .inputs = {{"file", "path"}}},
       .compute = [](NodeCall&) -> Outputs { return {}; },
       .on_parameter_changed = [](NodeContext& node, std::string_view, const Value& value) -> Task<void> {
         node.log_info("heard " + std::string(value.as_text()));
         return {};
       },
       .watches = {"file"}});
  registry.add_library(library);
  return registry;
}

TEST(PathMapping, IsOfSavedValuesAndDefaultsOfInputsThatNameFiles) {
  WorkflowBuilder w;
  w.node("a", "test_files",
         {{"file", Value::list({"P:\\show\\a.exr", "/usr/b"})},
          {"named", "/mnt/c"},
          {"text", "P:\\show\\text"}});
  RunHarness run(w, {.path_map = some_map()}, path_registry());
  run.run();
  EXPECT_EQ(run.result("a", "seen"),
            R"([['/mnt/show/a.exr', '/usr/b'], '/mnt/show/default', '/mnt/farm/c', 'P:\\show\\text'])");
}

TEST(PathMapping, IsNotThereWithoutRules) {
  WorkflowBuilder w;
  w.node("a", "test_files", {{"file", "/mnt/c"}});
  RunHarness run(w, {}, path_registry());
  run.run();
  EXPECT_EQ(run.result("a", "file_out"), "'/mnt/c'");
}

TEST(PathMapping, IsOfWhatWiresBring) {
  for (const bool is_flow : {false, true}) {
    WorkflowBuilder w;
    w.node("v", "test_value", {{"in", "p:/show/x"}}).node("a", "test_files").data("v.value", "a.file");
    w.data("v.value", "a.text");
    if (is_flow) w.node("first", "test_pass").exec("first", "a");
    RunHarness run(w, {.path_map = some_map()}, path_registry());
    run.run();
    EXPECT_EQ(run.result("a", "seen"), "['/mnt/show/x', '/mnt/show/default', '', 'p:/show/x']");
    EXPECT_EQ(run.result("v", "value"), "'p:/show/x'") << "what a node gives stays";
  }
}

TEST(PathMapping, IsOfWhatIsPushedBeforeAHookHearsOfIt) {
  WorkflowBuilder w;
  w.node("v", "test_value", {{"in", "P:/show/x"}}).node("a", "test_watch").data("v.value", "a.file");
  RunHarness run(w, {.path_map = some_map()}, path_registry());
  run.run();
  EXPECT_THAT(run.sink().lines, Contains(HasSubstr("heard /mnt/show/x")));
}

TEST(PathMapping, IsDoneOnceHoweverManyNodesAPathGoesThrough) {
  WorkflowBuilder w;
  w.node("a", "test_files", {{"file", "/mnt/x"}}).node("b", "test_files").node("c", "test_files");
  w.data("a.file_out", "b.file").data("b.file_out", "c.file");
  RunHarness run(w, {.path_map = some_map()}, path_registry());
  run.run();
  EXPECT_EQ(run.result("c", "file_out"), "'/mnt/farm/x'");
}

TEST(PathMapping, IsOfNodesInGroups) {
  WorkflowBuilder inner;
  inner.node("a", "test_files", {{"file", "P:/show/x"}}).node("out", "group_out", {{"port_name", "seen"}});
  inner.data("a.file_out", "out.value");
  WorkflowBuilder w;
  w.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  RunHarness run(w, {.path_map = some_map()}, path_registry());
  run.run();
  EXPECT_EQ(run.result("g", "seen"), "'/mnt/show/x'");
}

/// A runtime that prepares the parameters of its instances itself.
TEST(PathMapping, ReachesInstancesOfRuntimes) {
  auto runtime = std::make_shared<FakeRuntime>();
  Registry registry = path_registry();
  auto type = std::make_shared<NodeType>(*fake_runtime_type("foreign", runtime));
  type->definition.inputs.push_back({"scene", "path"});
  registry.add(type);
  FakeRuntime::Behaviour& behaviour = runtime->behaviours["foreign"];
  behaviour.code = [](FakeRuntime&, NodeContext&, InstanceKey) -> Task<Outputs> { co_return Outputs{}; };
  behaviour.further_inputs = {{"own", "file", "P:/show/default"},
                              {"saved", "directory"},
                              {.name = "wired", .type = "string", .widget = "file"}};
  WorkflowBuilder w;
  w.node("v", "test_value", {{"in", "P:/show/w"}});
  w.node("a", "foreign", {{"scene", "P:/show/s"}, {"saved", "P:/show/d"}, {"in", "P:/show/in"}});
  w.data("v.value", "a.wired");
  RunHarness run(w, {.path_map = some_map()}, registry);
  run.run();
  ASSERT_EQ(runtime->saved.size(), 1u);
  EXPECT_EQ(to_repr(Value(runtime->saved[0])),
            "{'scene': '/mnt/show/s', 'saved': 'P:/show/d', 'in': 'P:/show/in'}");
  EXPECT_THAT(runtime->calls,
              Contains("execute 1 wired='/mnt/show/w' own='/mnt/show/default' saved='/mnt/show/d'"));
}

TEST(PathMapping, WhatItDoesNotMapIsToldWhenAWireBringsItToARuntime) {
  auto runtime = std::make_shared<FakeRuntime>();
  Registry registry = path_registry();
  auto type = std::make_shared<NodeType>(*fake_runtime_type("foreign", runtime));
  type->definition.inputs.push_back({"scene", "path"});
  registry.add(type);
  runtime->behaviours["foreign"].code = [](FakeRuntime&, NodeContext&, InstanceKey) -> Task<Outputs> {
    co_return Outputs{};
  };
  WorkflowBuilder w;
  w.node("v", "test_value", {{"in", Value::list({"P:/show/w", "Q:/w", "Q:/x"})}}).node("a", "foreign");
  w.data("v.value", "a.scene").data("v.value", "a.in");
  RunHarness run(w, {.path_map = some_map()}, registry);
  run.run();
  EXPECT_THAT(run.sink().only({"log a warning"}), ElementsAre(HasSubstr("Q:/w")));
}

TEST(PathMapping, LeavesOutWarningsOfPathsThatItMaps) {
  WorkflowBuilder inner;
  inner.node("w", "file_write", {{"path", "P:/show/inner"}});
  WorkflowBuilder w;
  w.node("a", "file_write", {{"path", "P:/show/a"}}).node("b", "file_write", {{"path", "Q:/b"}});
  w.node("g", "group_node", {{"__workflow__", workflow_document(inner.workflow())}});
  const Problems told = prepare(write_workflow(w.workflow()), test_registry(),
                                {.beginning = Beginning::kSubmission, .path_map = some_map().get()})
                            .problems;
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].pointer, "/nodes/1/parameters/path");
}

}  // namespace
}  // namespace vnode::test
