#include "apps/vnode/settings/settings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "apps/vnode/settings/config_report.h"
#include "support/scratch_folder.h"
#include "unit/python/python_support.h"

namespace vnode {
namespace {

using test::EnvironmentEntry;
using test::ScratchFolder;

/// The program's surroundings: a user's configuration folder, and no variables.
struct SettingsTest : testing::Test {
  ScratchFolder folder;
  EnvironmentEntry config{"XDG_CONFIG_HOME", folder.path()};
  EnvironmentEntry python{"VNODE_PYTHON", nullptr};
  EnvironmentEntry nodes{"v_nodes_dir", nullptr};
  EnvironmentEntry path{"VNODE_PATH", nullptr};

  void write_user_file(const std::string& text) {
    std::filesystem::create_directory(folder.file("vnode"));
    folder.write("vnode/vnode.yaml", text);
  }

  static const Setting& find(const Settings& settings, std::string_view key) {
    return *std::find_if(settings.all().begin(), settings.all().end(),
                         [key](const Setting& setting) { return setting.entry->key == key; });
  }
};

TEST_F(SettingsTest, HaveDefaults) {
  const Result<Settings> settings = Settings::load({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->python(), "python3");
  EXPECT_EQ(settings->memory(), std::nullopt);
  EXPECT_EQ(settings->grace(), std::chrono::seconds(5));
  EXPECT_FALSE(settings->prefers_native());
  EXPECT_EQ(settings->jobs(), 0u);
  EXPECT_EQ(settings->max_value_bytes(), 65536u);
  for (const Setting& setting : settings->all())
    EXPECT_EQ(setting.source.kind, SettingSource::Kind::kDefault);
}

TEST_F(SettingsTest, TheLastLayerThatSaysSomethingCounts) {
  write_user_file("{python: a, grace: 1s, jobs: 1, memory: 1G}");
  SettingFlags flags;
  flags.config_file = folder.write("more.yaml", "{python: b, grace: 2s, memory: null}");
  Settings settings = Settings::load(flags).value();
  EXPECT_EQ(settings.python(), "b");
  EXPECT_EQ(settings.grace(), std::chrono::seconds(2));
  EXPECT_EQ(settings.jobs(), 1u);
  EXPECT_EQ(settings.memory(), std::nullopt) << "null puts the default back";
  EXPECT_EQ(find(settings, "python").source.name, flags.config_file);
  EXPECT_EQ(find(settings, "jobs").source.name, folder.file("vnode/vnode.yaml"));

  python.set("c");
  settings = Settings::load(flags).value();
  EXPECT_EQ(settings.python(), "c");
  EXPECT_EQ(find(settings, "python").source.kind, SettingSource::Kind::kEnvironment);

  flags.values["python"] = Value("d");
  settings = Settings::load(flags).value();
  EXPECT_EQ(settings.python(), "d");
  EXPECT_EQ(find(settings, "python").source.name, "--python");
}

TEST_F(SettingsTest, FoldersAddUpInThatOrder) {
  write_user_file("nodes: [/file]");
  nodes.set("/a: /b");
  path.set("/c");
  SettingFlags flags;
  flags.node_folders = {"/flag"};
  std::vector<std::string> folders = Settings::load(flags)->node_folders();
  // The bundled ones come first, where there are any.
  ASSERT_GE(folders.size(), 5u);
  folders.erase(folders.begin(), folders.end() - 5);
  EXPECT_EQ(folders, (std::vector<std::string>{"/file", "/a", "/b", "/c", "/flag"}));
}

TEST_F(SettingsTest, BadFilesAreErrors) {
  write_user_file("pyhton: a");
  EXPECT_FALSE(Settings::load({}));
  write_user_file("");
  EXPECT_TRUE(Settings::load({}));
  EXPECT_FALSE(Settings::load({.values = {}, .node_folders = {}, .config_file = folder.file("absent.yaml")}));
}

TEST_F(SettingsTest, AreShownWithWhereTheyComeFrom) {
  write_user_file("memory: 1.5G");
  const Settings settings = Settings::load({}).value();
  const std::string text = settings_text(settings);
  EXPECT_NE(text.find("1536M"), std::string::npos) << text;
  EXPECT_NE(text.find("file " + folder.file("vnode/vnode.yaml")), std::string::npos) << text;
  EXPECT_NE(text.find("one a core"), std::string::npos) << text;
  const Dict shown = settings_value(settings).as_dict().find("settings")->as_dict();
  EXPECT_EQ(shown.size(), setting_table().size());
  EXPECT_EQ(shown.find("memory")->as_dict().find("source")->as_text(), "file");
}

}  // namespace
}  // namespace vnode
