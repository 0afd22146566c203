#include "python/process/host_program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>
#include <vector>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

constexpr HostProgram kProgram{"print('x')\n", "0123"};

TEST(HostProgram, IsEmbedded) {
  EXPECT_FALSE(host_program().text.empty());
  EXPECT_EQ(host_program().digest.size(), 16u);
  EXPECT_EQ(host_program().text.find('\0'), std::string_view::npos);
}

TEST(HostProgram, IsInstalledIntoAFolderOfItsOwn) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  const Result<std::string> folder = install_host_program(kProgram);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_EQ(*folder, scratch.file("vnode/host-0123"));
  EXPECT_EQ(scratch.read("vnode/host-0123/vnode_host.py"), kProgram.text);
}

TEST(HostProgram, AnInstalledOneStaysAsItIs) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  const std::string file = *install_host_program(kProgram) + "/vnode_host.py";
  struct stat before, after;
  ASSERT_EQ(::stat(file.c_str(), &before), 0);
  EXPECT_TRUE(install_host_program(kProgram));
  ASSERT_EQ(::stat(file.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST(HostProgram, MendsAFileThatWasCutShortOrOpenedToOthers) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  const std::string file = *install_host_program(kProgram) + "/vnode_host.py";
  scratch.write("vnode/host-0123/vnode_host.py", "pri");
  EXPECT_TRUE(install_host_program(kProgram));
  EXPECT_EQ(scratch.read("vnode/host-0123/vnode_host.py"), kProgram.text);
  ::chmod(file.c_str(), 0666);
  EXPECT_TRUE(install_host_program(kProgram));
  EXPECT_TRUE(::access(file.c_str(), R_OK) == 0);
  struct stat info;
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(HostProgram, ManyMayInstallAtOnce) {
  for (int round = 0; round < 10; ++round) {
    ScratchFolder scratch;
    const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
    const std::string text(100'000, '#');
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        EXPECT_TRUE(install_host_program({text, "1"}));
        EXPECT_EQ(scratch.read("vnode/host-1/vnode_host.py"), text);
      });
    }
  }
}

TEST(HostProgram, SaysWhenItCannotBeInstalled) {
  const EnvironmentEntry cache("XDG_CACHE_HOME", "/dev/null/none");
  const Result<std::string> folder = install_host_program(kProgram);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace vnode::test
