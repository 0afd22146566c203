#include "python/launcher.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

/// A launcher like pyenv's: counts how often it is asked, and starts what the file `version` names.
class LauncherTest : public testing::Test {
 protected:
  LauncherTest() {
    for (const char* name : {"version-1", "version-2"}) {
      const std::string script = "#!/bin/sh\nexec python3 \"$@\"\n";
      write_script(scratch_, name, script);
    }
    std::filesystem::create_directories(scratch_.file("pyenv"));
    std::filesystem::create_directories(scratch_.file("here/below"));
    scratch_.write("asked", "");
    write_launcher("printf x >> " + scratch_.file("asked") +
                   "; echo noise; echo noise >&2; printf '\\nvnode-interpreter:%s\\n' " +
                   scratch_.file("version-1"));
    std::filesystem::current_path(scratch_.file("here/below"));
  }
  ~LauncherTest() override { std::filesystem::current_path(former_folder_); }

  void write_launcher(const std::string& commands) {
    launcher_ = write_script(scratch_, "python3", "#!/bin/sh\n" + commands + "\n");
  }
  std::size_t times_asked() const { return scratch_.read("asked").size(); }
  void expect_asked_again() {
    const std::size_t before = times_asked();
    EXPECT_EQ(*interpreter_of_launcher(launcher_), scratch_.file("version-1"));
    EXPECT_EQ(times_asked(), before + 1);
    EXPECT_EQ(*interpreter_of_launcher(launcher_), scratch_.file("version-1"));
    EXPECT_EQ(times_asked(), before + 1);
  }

  ScratchFolder scratch_;
  std::filesystem::path former_folder_ = std::filesystem::current_path();
  EnvironmentEntry cache_home_{"XDG_CACHE_HOME", scratch_.file("cache")};
  EnvironmentEntry pyenv_root_{"PYENV_ROOT", scratch_.file("pyenv")};
  EnvironmentEntry pyenv_version_{"PYENV_VERSION", nullptr};
  std::string launcher_;
};

TEST_F(LauncherTest, IsAskedOnce) { expect_asked_again(); }

TEST_F(LauncherTest, IsAskedAgainWhenASettingChanges) {
  expect_asked_again();
  pyenv_version_.set("3.12");
  expect_asked_again();
  scratch_.write("here/.python-version", "3.11");
  expect_asked_again();
  scratch_.write("here/below/.python-version", "3.10");
  expect_asked_again();
  scratch_.write("here/below/.python-version", "3.9.1");
  expect_asked_again();
  scratch_.write("pyenv/version", "3.8");
  expect_asked_again();
  std::filesystem::current_path(scratch_.file("here"));
  expect_asked_again();
  write_launcher("printf x >> " + scratch_.file("asked") + "; printf '\\nvnode-interpreter:%s\\n' " +
                 scratch_.file("version-1"));
  expect_asked_again();
}

TEST_F(LauncherTest, IsAskedAgainWhenTheAnswerIsNoProgramAnyMore) {
  expect_asked_again();
  std::filesystem::rename(scratch_.file("version-1"), scratch_.file("gone"));
  EXPECT_FALSE(interpreter_of_launcher(launcher_));
  EXPECT_EQ(times_asked(), 2u);
  std::filesystem::rename(scratch_.file("gone"), scratch_.file("version-1"));
  EXPECT_TRUE(interpreter_of_launcher(launcher_));
}

TEST_F(LauncherTest, WorksWithoutAPlaceForFiles) {
  cache_home_.set("/dev/null/none");
  EXPECT_EQ(*interpreter_of_launcher(launcher_), scratch_.file("version-1"));
  EXPECT_EQ(*interpreter_of_launcher(launcher_), scratch_.file("version-1"));
  EXPECT_EQ(times_asked(), 2u);
}

TEST_F(LauncherTest, AFolderOfManyDirectoriesStaysSmall) {
  for (int i = 0; i < 80; ++i) {
    std::filesystem::create_directory(scratch_.file("here/" + std::to_string(i)));
    std::filesystem::current_path(scratch_.file("here/" + std::to_string(i)));
    EXPECT_TRUE(interpreter_of_launcher(launcher_));
  }
  const std::filesystem::directory_iterator files(scratch_.file("cache/vnode/interpreters"));
  EXPECT_LE(std::distance(files, {}), 64);
}

TEST_F(LauncherTest, PassesOnWhatItSays) {
  write_launcher("echo 'pyenv: python3: command not found' >&2; exit 127");
  const Result<std::string> answer = interpreter_of_launcher(launcher_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(
      answer.error().message,
      "'" + launcher_ + "' does not start a Python interpreter; it says: pyenv: python3: command not found");
}

TEST_F(LauncherTest, AsksARealPython) {
  write_launcher("exec /usr/bin/python3 \"$@\"");
  EXPECT_EQ(*interpreter_of_launcher(launcher_), "/usr/bin/python3");
}

TEST_F(LauncherTest, EndsOneThatGoesOnAfterTheAnswer) {
  write_launcher("printf '\\nvnode-interpreter:%s\\n' " + scratch_.file("version-1") + "; sleep 1000");
  EXPECT_TRUE(interpreter_of_launcher(launcher_));
}

TEST_F(LauncherTest, OneThatTalksWithoutEndIsNone) {
  write_launcher("yes");
  const Result<std::string> answer = interpreter_of_launcher(launcher_);
  ASSERT_FALSE(answer);
}

}  // namespace
}  // namespace vnode::test
