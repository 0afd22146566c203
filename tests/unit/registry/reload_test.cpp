#include "registry/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "unit/registry/temp_folder.h"

namespace vnode {
namespace {

std::string definition_text(const std::string& id, const std::string& name) {
  return R"({"node_id": ")" + id + R"(", "name": ")" + name +
         R"(", "python_code": "async def execute(self, inputs): pass"})";
}

class ReloadTest : public testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) { folder_.write(file, text); }
  Registry load(const Registry& last = {}) { return reload_registry(last, natives_, {folder_.path()}); }

  test::TempFolder folder_;
  NodeLibrary natives_;
};

TEST_F(ReloadTest, SeesWhatTheFilesSayNow) {
  write("a.json", definition_text("a", "first"));
  const Registry first = load();
  write("a.json", definition_text("a", "second"));
  write("b.json", definition_text("b", "new"));
  const Registry second = load(first);
  EXPECT_EQ(first.find("a")->definition.name, "first");
  EXPECT_EQ(second.find("a")->definition.name, "second");
  EXPECT_NE(second.find("b"), nullptr);
}

TEST_F(ReloadTest, KeepsTheLastGoodVersionOfABrokenDefinition) {
  write("a.json", definition_text("a", "good"));
  const Registry first = load();
  write("a.json", "{ half");
  const Registry second = load(first);
  ASSERT_NE(second.find("a"), nullptr);
  EXPECT_EQ(second.find("a")->definition.name, "good");
  EXPECT_EQ(second.notes().back().kind, LoadNote::Kind::kWarning);
  const Registry third = load(second);
  ASSERT_NE(third.find("a"), nullptr);
  EXPECT_NE(set_aside_text(third, *third.find("a")).find("its last good version is used"), std::string::npos);
  write("a.json", definition_text("a", "mended"));
  const Registry fourth = load(third);
  EXPECT_EQ(set_aside_text(fourth, *fourth.find("a")), "");
}

TEST_F(ReloadTest, ForgetsADefinitionWhoseFileIsGone) {
  write("a.json", definition_text("a", "good"));
  const Registry first = load();
  std::filesystem::remove(folder_.file("a.json"));
  EXPECT_EQ(load(first).find("a"), nullptr);
}

}  // namespace
}  // namespace vnode
