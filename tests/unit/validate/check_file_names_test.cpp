#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "support/fake_runtime.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two types with a port that names a file: "writer" is native, "foreign" is executed by a runtime.
Registry file_registry() {
  Registry registry = small_registry();
  NodeLibrary library;
  library.add({.definition = {.node_id = "writer",
                              .use_exec = false,
                              .inputs = {{.name = "path", .type = "string", .is_file_name = true},
                                         {"text", "string"}}}});
  registry.add_library(library);
  auto foreign = std::make_shared<NodeType>(*fake_runtime_type("foreign", std::make_shared<FakeRuntime>()));
  foreign->definition.inputs.push_back({.name = "scene", .type = "string", .widget = "file"});
  registry.add(foreign);
  return registry;
}

Problems validate_files(const WorkflowBuilder& file) {
  return vnode::validate(file.workflow(), Graph(file.workflow()), file_registry());
}

TEST(CheckFileNames, WarnsOfWindowsPathsThatWouldBeNamesHere) {
  WorkflowBuilder file;
  file.node("a", "writer", {{"path", R"(C:\shots\a.txt)"}})
      .node("b", "foreign", {{"scene", R"(\\server\share\a)"}});
  const Problems problems = validate_files(file);
  ASSERT_THAT(briefly(problems),
              ElementsAre("windows_path /nodes/0/parameters/path", "windows_path /nodes/1/parameters/scene"));
  EXPECT_THAT(problems[0].message, HasSubstr(R"(C:\shots\a.txt)"));
}

TEST(CheckFileNames, LooksAtEachPathOfAList) {
  WorkflowBuilder file;
  file.node("a", "writer", {{"path", Value::list({"/a", "C:/b", 3, "D:/c"})}});
  EXPECT_THAT(briefly(validate_files(file)), ElementsAre("windows_path /nodes/0/parameters/path/1",
                                                         "windows_path /nodes/0/parameters/path/3"));
}

TEST(CheckFileNames, PathsThatTheRunMapsAreFine) {
  const Value rules = parse_json(R"({"version": "pathmapping-1.0", "path_mapping_rules": [
      {"source_path_format": "WINDOWS", "source_path": "C:\\", "destination_path": "/mnt/c"},
      {"source_path_format": "WINDOWS", "source_path": "D:\\", "destination_path": "E:\\"}]})")
                          .value();
  const PathMap map = PathMap::read(rules).value();
  WorkflowBuilder file;
  file.node("a", "writer", {{"path", "c:/shots/a"}}).node("b", "writer", {{"path", "D:/a"}});
  EXPECT_THAT(briefly(vnode::validate(file.workflow(), Graph(file.workflow()), file_registry(), &map)),
              ElementsAre("windows_path /nodes/1/parameters/path"))
      << "where a rule leads to a Windows path it is one still";
}

TEST(CheckFileNames, OtherPathsOtherPortsAndWiredOnesAreFine) {
  WorkflowBuilder file;
  file.node("a", "writer", {{"path", "/shots/a.txt"}, {"text", R"(C:\shots)"}}).node("s", "source");
  file.node("b", "writer", {{"path", R"(C:\shots\a.txt)"}}).data("s.out", "b.path");
  EXPECT_EQ(find_problem(validate_files(file), "windows_path").code, "");
}

TEST(CheckFileNames, ARunLeavesNativeNodesToTellByThemselves) {
  WorkflowBuilder file;
  file.node("a", "writer", {{"path", "C:/a"}}).node("b", "foreign", {{"scene", "C:/a"}});
  EXPECT_THAT(briefly(validate_before_run(file.workflow(), Graph(file.workflow()), file_registry())),
              ElementsAre("windows_path /nodes/1/parameters/scene"));
}

}  // namespace
}  // namespace vnode::test
