#include "python/process/launcher.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

/// A launcher like pyenv's, which has started `version-1`.
class LauncherTest : public testing::Test {
 protected:
  LauncherTest() {
    for (const char* name : {"version-1", "python3"}) write_script(scratch_, name, "#!/bin/sh\n");
    std::filesystem::create_directories(scratch_.file("pyenv"));
    std::filesystem::create_directories(scratch_.file("here/below"));
    std::filesystem::current_path(scratch_.file("here/below"));
  }
  ~LauncherTest() override { std::filesystem::current_path(former_folder_); }

  std::string known() const { return interpreter_of_launcher(launcher_, launcher_key(launcher_)); }
  void remember(const std::string& interpreter) const {
    remember_interpreter_of_launcher(launcher_, launcher_key(launcher_), interpreter);
  }
  void expect_to_be_learned_again() const {
    EXPECT_EQ(known(), "");
    remember(scratch_.file("version-1"));
    EXPECT_EQ(known(), scratch_.file("version-1"));
  }

  ScratchFolder scratch_;
  std::filesystem::path former_folder_ = std::filesystem::current_path();
  EnvironmentEntry cache_home_{"XDG_CACHE_HOME", scratch_.file("cache")};
  EnvironmentEntry pyenv_root_{"PYENV_ROOT", scratch_.file("pyenv")};
  EnvironmentEntry pyenv_version_{"PYENV_VERSION", nullptr};
  std::string launcher_ = scratch_.file("python3");
};

TEST_F(LauncherTest, IsKnownOnceItHasStartedSomething) { expect_to_be_learned_again(); }

TEST_F(LauncherTest, IsLearnedAgainWhenASettingChanges) {
  expect_to_be_learned_again();
  pyenv_version_.set("3.12");
  expect_to_be_learned_again();
  scratch_.write("here/.python-version", "3.11");
  expect_to_be_learned_again();
  scratch_.write("here/below/.python-version", "3.10");
  expect_to_be_learned_again();
  scratch_.write("here/below/.python-version", "3.9.1");
  expect_to_be_learned_again();
  scratch_.write("pyenv/version", "3.8");
  expect_to_be_learned_again();
  std::filesystem::current_path(scratch_.file("here"));
  expect_to_be_learned_again();
  write_script(scratch_, "python3", "#!/bin/sh\n# another\n");
  expect_to_be_learned_again();
}

TEST_F(LauncherTest, WhatIsNoProgramAnyMoreIsForgotten) {
  remember(scratch_.file("version-1"));
  std::filesystem::rename(scratch_.file("version-1"), scratch_.file("gone"));
  EXPECT_EQ(known(), "");
}

TEST_F(LauncherTest, WhatIsNoProgramIsNotKept) {
  for (const std::string& interpreter :
       {std::string(), std::string("version-1"), scratch_.file("none"), scratch_.path()}) {
    remember(interpreter);
    EXPECT_EQ(known(), "") << interpreter;
  }
}

TEST_F(LauncherTest, WorksWithoutAPlaceForFiles) {
  cache_home_.set("/dev/null/none");
  remember(scratch_.file("version-1"));
  EXPECT_EQ(known(), "");
}

TEST_F(LauncherTest, AFolderOfManyDirectoriesStaysSmall) {
  for (int i = 0; i < 80; ++i) {
    std::filesystem::create_directory(scratch_.file("here/" + std::to_string(i)));
    std::filesystem::current_path(scratch_.file("here/" + std::to_string(i)));
    remember(scratch_.file("version-1"));
    EXPECT_EQ(known(), scratch_.file("version-1"));
  }
  const std::filesystem::directory_iterator files(scratch_.file("cache/vnode/interpreters"));
  EXPECT_LE(std::distance(files, {}), 64);
}

}  // namespace
}  // namespace vnode::test
