#include "registry/definition_reserve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/registry/temp_folder.h"

namespace vnode {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::NotNull;

std::string reserved(const std::string& id, const std::string& description = "") {
  return R"({"node_id": ")" + id + R"(", "name": "N", "description": ")" + description +
         R"(", "python_code": "async def execute(self, inputs): pass"})";
}

NodeTypePtr own_type(const std::string& id) {
  auto type = std::make_shared<NodeType>();
  type->definition.node_id = id;
  type->origin = "native";
  return type;
}

std::vector<std::string> ids_of(const Registry& registry) {
  std::vector<std::string> ids;
  for (const NodeTypePtr& type : registry.types()) ids.push_back(type->definition.node_id);
  return ids;
}

TEST(DefinitionReserve, ReadsWhatIsAskedForAndWhenItIs) {
  TempFolder folder;
  folder.write("sub/first.json", reserved("first"));
  folder.write("second.json", reserved("second", "as it was"));
  const DefinitionReserve reserve(folder.path(), {});
  const NodeTypePtr first = reserve.find("first");
  ASSERT_THAT(first, NotNull());
  EXPECT_EQ(first->origin, folder.file("sub/first.json"));
  folder.write("second.json", reserved("second", "as it is"));
  EXPECT_EQ(reserve.find("second")->definition.description, "as it is");
  EXPECT_EQ(reserve.find("first"), first);
  EXPECT_EQ(reserve.all().find("first"), first);
}

TEST(DefinitionReserve, FindsDefinitionsInFilesOfOtherNames) {
  TempFolder folder;
  folder.write("first.json", reserved("first"));
  folder.write("a name.json", reserved("second"));
  const DefinitionReserve reserve(folder.path(), {});
  EXPECT_THAT(reserve.find("second"), NotNull());
  EXPECT_EQ(reserve.find("a name"), nullptr);
  EXPECT_TRUE(reserve.has_file_of("first"));
  EXPECT_FALSE(reserve.has_file_of("second"));
}

TEST(DefinitionReserve, TellsWhyADefinitionDoesNotLoad) {
  TempFolder folder;
  folder.write("first.json", "{");
  const DefinitionReserve reserve(folder.path(), {});
  EXPECT_EQ(reserve.find("first"), nullptr);
  ASSERT_THAT(reserve.broken_definition("first"), NotNull());
  EXPECT_THAT(reserve.broken_definition("first")->message, HasSubstr("not JSON"));
  EXPECT_EQ(reserve.broken_definition("second"), nullptr);
}

TEST(DefinitionReserve, IsWhatARegistryHasWhenNothingElseDefinesIt) {
  TempFolder folder;
  folder.write("first.json", reserved("first"));
  folder.write("second.json", reserved("second"));
  folder.write("broken.json", "{");
  Registry registry;
  registry.add(own_type("second"));
  registry.set_reserve(std::make_shared<DefinitionReserve>(folder.path(), DefinitionUse{}));
  EXPECT_EQ(registry.find("second")->origin, "native");
  EXPECT_EQ(registry.find("first")->origin, folder.file("first.json"));
  EXPECT_EQ(registry.find("third"), nullptr);
  EXPECT_THAT(ids_of(registry), ElementsAre("first", "second"));
  EXPECT_EQ(registry.suggestion("frist"), "first");
  EXPECT_THAT(registry.broken_definition("broken"), NotNull());
  EXPECT_EQ(registry.broken_definition("second"), nullptr);
  EXPECT_THAT(registry.files(),
              testing::IsSupersetOf({folder.file("first.json"), folder.file("broken.json")}));
}

}  // namespace
}  // namespace vnode
