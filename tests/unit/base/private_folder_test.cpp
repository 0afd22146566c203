#include "base/private_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status = {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

std::string folder_word_of(const Result<void>& made) {
  return made ? "made" : std::string(code_name(made.error().code));
}

TEST(PrivateFolders, AreMadeWithThoseAboveThem) {
  const ScratchFolder folder;
  const std::string path = folder.file("a/b/c");
  ASSERT_TRUE(make_private_folder(path).ok());
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_EQ(mode_of(folder.file("a")), 0700U);
  EXPECT_TRUE(make_private_folder(path).ok());
}

TEST(PrivateFolders, MayBeReadButNotWrittenByOthers) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.file("a"));
  ASSERT_EQ(::chmod(folder.file("a").c_str(), 0755), 0);
  EXPECT_TRUE(make_private_folder(folder.file("a")).ok());
  EXPECT_EQ(mode_of(folder.file("a")), 0755U);
  for (const mode_t mode : {0770U, 0707U, 01777U}) {
    ASSERT_EQ(::chmod(folder.file("a").c_str(), mode), 0);
    EXPECT_EQ(folder_word_of(make_private_folder(folder.file("a"))), code_name(ErrorCode::kUnreadable));
  }
}

TEST(PrivateFolders, DoNotReplaceWhatIsThere) {
  const ScratchFolder folder;
  folder.write("file", "mine");
  EXPECT_EQ(folder_word_of(make_private_folder(folder.file("file"))), code_name(ErrorCode::kIo));
  EXPECT_EQ(folder_word_of(make_private_folder(folder.file("file/below"))), code_name(ErrorCode::kIo));
  EXPECT_EQ(folder.read("file"), "mine");
  std::filesystem::create_symlink(folder.file("nowhere"), folder.file("link"));
  EXPECT_EQ(folder_word_of(make_private_folder(folder.file("link"))), code_name(ErrorCode::kIo));
}

}  // namespace
}  // namespace vnode::test
