#include "apps/vnode/nodes/new_node.h"

#include <gtest/gtest.h>

#include "registry/definition_reader.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

TEST(NewNode, WritesADefinition) {
  const test::ScratchFolder folder;
  const Result<std::string> path = write_new_node({.node_id = "my_node", .folder = folder.path()});
  ASSERT_TRUE(path);
  EXPECT_EQ(*path, folder.file("my_node.json"));
  const Result<NodeDefinition> definition = read_definition(folder.read("my_node.json"));
  ASSERT_TRUE(definition) << describe(definition.error());
  EXPECT_EQ(definition->node_id, "my_node");
  EXPECT_NE(definition->python_code.find("async def execute(self, inputs):"), std::string::npos);
  EXPECT_EQ(definition->inputs.size(), 3u);
}

TEST(NewNode, NeverOverwrites) {
  const test::ScratchFolder folder;
  folder.write("mine.json", "precious");
  EXPECT_FALSE(write_new_node({.node_id = "mine", .folder = folder.path()}));
  EXPECT_EQ(folder.read("mine.json"), "precious");
}

TEST(NewNode, RefusesWhatIsNoId) {
  const test::ScratchFolder folder;
  for (const char* id : {"", "a b", "../a", "a/b", "1a", "-a", "a.b", "\xC3\xA4", "..."}) {
    EXPECT_FALSE(write_new_node({.node_id = id, .folder = folder.path()})) << id;
  }
  EXPECT_EQ(folder.count(), 0u);
  const Result<std::string> refused = write_new_node({.node_id = "my node", .folder = folder.path()});
  EXPECT_NE(refused.error().message.find("'my_node'"), std::string::npos);
}

TEST(NewNode, SaysHowToTryIt) {
  const std::string advice = new_node_advice({.node_id = "mine", .folder = "it's here"});
  EXPECT_NE(advice.find("vnode nodes show mine --nodes 'it'\\''s here'"), std::string::npos) << advice;
  EXPECT_NE(advice.find("--output mine.result"), std::string::npos) << advice;
}

TEST(NewNode, AFolderThatIsNotThereIsAnError) {
  EXPECT_EQ(write_new_node({.node_id = "mine", .folder = "/dev/null/none"}).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace vnode
