#include "python/process/interpreter.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

class InterpreterTest : public testing::Test {
 protected:
  ScratchFolder scratch_;
  EnvironmentEntry cache_home_{"XDG_CACHE_HOME", scratch_.file("cache")};
  EnvironmentEntry path_{"PATH", "/no/such/folder:" + scratch_.path() + ":/usr/bin:/bin"};
};

TEST_F(InterpreterTest, FindsANameOnThePath) {
  EXPECT_EQ(*find_interpreter("python3"), (Interpreter{"/usr/bin/python3", true}));
}

TEST_F(InterpreterTest, KeepsTheLinkOfAVirtualEnvironment) {
  std::filesystem::create_symlink("/usr/bin/python3", scratch_.file("python3"));
  EXPECT_EQ(*find_interpreter("python3"), (Interpreter{scratch_.file("python3"), true}));
}

TEST_F(InterpreterTest, PassesOverFoldersAndWhatIsNotExecutable) {
  scratch_.write("python3", "");
  EXPECT_EQ(find_interpreter("python3")->path, "/usr/bin/python3");
  std::filesystem::remove(scratch_.file("python3"));
  std::filesystem::create_directory(scratch_.file("python3"));
  EXPECT_EQ(find_interpreter("python3")->path, "/usr/bin/python3");
}

TEST_F(InterpreterTest, TakesPathsAndMakesThemAbsolute) {
  EXPECT_EQ(find_interpreter("/usr/bin/python3")->path, "/usr/bin/python3");
  const std::filesystem::path former = std::filesystem::current_path();
  std::filesystem::current_path(scratch_.path());
  std::filesystem::create_directory("bin");
  std::filesystem::create_symlink("/usr/bin/python3", "bin/python3");
  EXPECT_EQ(find_interpreter("bin/python3")->path, scratch_.file("bin/python3"));
  EXPECT_EQ(find_interpreter("./bin/python3")->path, scratch_.file("bin/python3"));
  path_.set(":/usr/bin");  // empty: the current folder
  std::filesystem::current_path("bin");
  EXPECT_EQ(find_interpreter("python3")->path, scratch_.file("bin/python3"));
  std::filesystem::current_path(former);
}

TEST_F(InterpreterTest, AScriptThatIsAnInterpreterStaysAsItIs) {
  const std::string script = write_script(scratch_, "mayapy", "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n");
  EXPECT_EQ(*find_interpreter("mayapy"), (Interpreter{script, false}));
}

TEST_F(InterpreterTest, ALauncherIsReplacedByWhatItStartsOnceThatIsKnown) {
  const std::string launcher = write_script(scratch_, "python3.11", "#!/bin/sh\nsleep 1000\n");
  const Interpreter found = *find_interpreter("python3.11");
  EXPECT_EQ(found.path, launcher);
  EXPECT_TRUE(found.skips_site);
  remember_interpreter(found, "/usr/bin/python3");
  EXPECT_EQ(*find_interpreter("python3.11"), (Interpreter{"/usr/bin/python3", true}));
  // One that stands for itself calls its executable what it likes.
  remember_interpreter(*find_interpreter("python3"), launcher);
  EXPECT_EQ(*find_interpreter("python3"), (Interpreter{"/usr/bin/python3", true}));
}

TEST_F(InterpreterTest, OnlyAPlainPythonSkipsSite) {
  std::filesystem::create_symlink("/usr/bin/python3", scratch_.file("blender-python"));
  EXPECT_FALSE(find_interpreter("blender-python")->skips_site);
}

TEST_F(InterpreterTest, SaysWhereItLookedAndWhatToDo) {
  const Result<Interpreter> missing = find_interpreter("python9");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message,
            "there is no Python interpreter 'python9' on the PATH (/no/such/folder:" + scratch_.path() +
                ":/usr/bin:/bin); install python3, or name another interpreter with "
                "--python EXE");
  const Result<Interpreter> path = find_interpreter("/no/python");
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(path.error().message,
            "there is no Python interpreter '/no/python'; install python3, or name another interpreter with "
            "--python EXE");
  EXPECT_FALSE(find_interpreter(""));
}

TEST_F(InterpreterTest, SaysWhatIsNoProgram) {
  const std::string text = write_script(scratch_, "text", "no program");
  for (const std::string& path : {text, scratch_.write("closed", "#!/bin/sh\n")}) {
    const Result<Interpreter> found = find_interpreter(path);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(found.error().message.find(path), std::string::npos);
  }
}

TEST_F(InterpreterTest, TheDefinitionChoosesFirst) {
  EnvironmentEntry variable("VNODE_PYTHON", nullptr);
  EXPECT_EQ(choose_interpreter("", ""), "python3");
  variable.set("");
  EXPECT_EQ(choose_interpreter("", ""), "python3");
  variable.set("hython");
  EXPECT_EQ(choose_interpreter("", ""), "hython");
  EXPECT_EQ(choose_interpreter("", "/opt/python"), "/opt/python");
  EXPECT_EQ(choose_interpreter("mayapy", "/opt/python"), "mayapy");
}

}  // namespace
}  // namespace vnode::test
