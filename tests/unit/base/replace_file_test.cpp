#include "base/replace_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>
#include <vector>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

mode_t modes_of(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST(ReplaceFile, ReplacesItAsAWhole) {
  ScratchFolder scratch;
  const std::string path = scratch.file("file");
  std::vector<std::jthread> writers;
  for (char letter : {'a', 'b', 'c', 'd'}) {
    writers.emplace_back([&path, letter] {
      for (int i = 0; i < 100; ++i) EXPECT_TRUE(replace_file(path, std::string(20'000, letter)));
    });
  }
  for (int i = 0; i < 100; ++i) {
    const std::string text = scratch.read("file");
    if (!text.empty()) {
      EXPECT_EQ(text, std::string(20'000, text.front()));
    }
  }
  writers.clear();
  EXPECT_EQ(scratch.count(), 1u) << "no temporary files";
  EXPECT_EQ(modes_of(path), 0600u);
}

TEST(ReplaceFile, AFileThatCannotBeWrittenLeavesNothing) {
  ScratchFolder scratch;
  EXPECT_FALSE(replace_file(scratch.file("none/file"), "x"));
  std::filesystem::create_directory(scratch.file("folder"));
  EXPECT_FALSE(replace_file(scratch.file("folder"), "x"));
  EXPECT_EQ(scratch.count(), 1u);
}

}  // namespace
}  // namespace vnode::test
