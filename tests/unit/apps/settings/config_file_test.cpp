#include "apps/vnode/settings/config_file.h"

#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "support/scratch_folder.h"
#include "unit/python/python_support.h"

namespace vnode {
namespace {

using test::EnvironmentEntry;
using test::ScratchFolder;

TEST(ConfigFile, ReadsAllKeys) {
  const ScratchFolder folder;
  const auto entries = read_config_file(folder.write("vnode.yaml", R"(
# comment
python: mayapy
memory: 2G
grace: 10s
nodes: [one, /two]
prefer_native: true
jobs: 3
max_value_bytes: 100
)"));
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 7u);
  EXPECT_EQ(entries->at(0).first, "python");
  EXPECT_TRUE(same(entries->at(0).second, "mayapy"));
}

TEST(ConfigFile, PathsCountFromItsFolder) {
  const ScratchFolder folder;
  const EnvironmentEntry home("HOME", "/home/somebody");
  const auto entries = read_config_file(
      folder.write("vnode.yaml", "nodes: [one, ../two, /three, ~/four]\npython: ./venv/bin/python\n"));
  ASSERT_TRUE(entries);
  const auto folders = entries->at(0).second.as_list();
  const std::string parent = folder.path().substr(0, folder.path().rfind('/'));
  EXPECT_EQ(folders[0].as_text(), folder.path() + "/one");
  EXPECT_EQ(folders[1].as_text(), parent + "/two");
  EXPECT_EQ(folders[2].as_text(), "/three");
  EXPECT_EQ(folders[3].as_text(), "/home/somebody/four");
  EXPECT_EQ(entries->at(1).second.as_text(), folder.path() + "/venv/bin/python");
}

TEST(ConfigFile, AnEmptyFileSetsNothingAndNullIsTheDefault) {
  const ScratchFolder folder;
  EXPECT_TRUE(read_config_file(folder.write("empty.yaml", ""))->empty());
  EXPECT_TRUE(read_config_file(folder.write("null.yaml", "memory:\n"))->at(0).second.is_none());
}

TEST(ConfigFile, ErrorsNameFileAndKey) {
  const ScratchFolder folder;
  for (const auto& [text, words] :
       {std::pair{"memroy: 2G", "unknown key 'memroy'; did you mean 'memory'?"},
        std::pair{"memory: [1]", "'memory': must be a size such as 512M or 2G, not a list of 1"},
        std::pair{"jobs: many", "'jobs': must be a whole number, not the text \"many\""},
        std::pair{"grace: 5", "'grace': must be a duration"}, std::pair{"- python", "must be a mapping"},
        std::pair{"python: [}", "line 1"}}) {
    const std::string path = folder.write("vnode.yaml", text);
    const auto entries = read_config_file(path);
    ASSERT_FALSE(entries) << text;
    const std::string message = describe(entries.error());
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_NE(message.find(path), std::string::npos) << message;
  }
  EXPECT_EQ(read_config_file(folder.file("absent.yaml")).error().code, ErrorCode::kNotFound);
}

TEST(ConfigFile, TheUsersFileIsWhereTheConventionPutsIt) {
  const EnvironmentEntry home("HOME", "/h");
  const EnvironmentEntry config("XDG_CONFIG_HOME", "/c");
  EXPECT_EQ(user_config_file(), "/c/vnode/vnode.yaml");
  config.set("relative");
  EXPECT_EQ(user_config_file(), "/h/.config/vnode/vnode.yaml");
  config.set(nullptr);
  EXPECT_EQ(user_config_file(), "/h/.config/vnode/vnode.yaml");
  home.set(nullptr);
  EXPECT_EQ(user_config_file(), "");
}

}  // namespace
}  // namespace vnode
