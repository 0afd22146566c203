#include "python/process/cache_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat info;
  return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

TEST(CacheFolder, MakesFoldersForThisUserOnly) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.file("a/b"));
  const Result<std::string> folder = private_cache_folder("name");
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_EQ(*folder, scratch.file("a/b/vnode/name"));
  EXPECT_EQ(mode_of(*folder), 0700u);
  EXPECT_EQ(*private_cache_folder("name"), *folder);
}

TEST(CacheFolder, IsBelowTheHomeFolderByDefault) {
  ScratchFolder scratch;
  const EnvironmentEntry home("HOME", scratch.path());
  for (const char* unusable : {static_cast<const char*>(nullptr), "", "relative"}) {
    const EnvironmentEntry cache("XDG_CACHE_HOME", unusable);
    EXPECT_EQ(*private_cache_folder("x"), scratch.file(".cache/vnode/x"));
  }
  const EnvironmentEntry cache("XDG_CACHE_HOME", nullptr);
  home.set(nullptr);
  EXPECT_FALSE(private_cache_folder("x"));
}

TEST(CacheFolder, RefusesAFolderThatOthersCanWriteTo) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  const std::string folder = *private_cache_folder("x");
  ::chmod(folder.c_str(), 0777);
  EXPECT_FALSE(private_cache_folder("x"));
  ::chmod(folder.c_str(), 0755);
  EXPECT_TRUE(private_cache_folder("x"));
  ::chmod(scratch.file("vnode").c_str(), 0770);
  ASSERT_FALSE(private_cache_folder("x"));
  EXPECT_EQ(private_cache_folder("x").error().place.file, scratch.file("vnode"));
}

TEST(CacheFolder, RefusesLinksFilesAndOtherPeoplesFolders) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  ASSERT_TRUE(private_cache_folder("x"));
  scratch.write("vnode/file", "");
  EXPECT_FALSE(private_cache_folder("file"));
  std::filesystem::create_directory_symlink(scratch.file("vnode/x"), scratch.file("vnode/link"));
  EXPECT_FALSE(private_cache_folder("link"));
  if (::geteuid() == 0) {  // only root can give a folder away
    ASSERT_EQ(::chown(scratch.file("vnode/x").c_str(), 1, 1), 0);
    EXPECT_FALSE(private_cache_folder("x"));
  }
}

TEST(CacheFolder, TellsPrivateFiles) {
  ScratchFolder scratch;
  const std::string path = scratch.write("file", "12345");
  ::chmod(path.c_str(), 0644);
  EXPECT_TRUE(is_private_file(path, 5));
  EXPECT_FALSE(is_private_file(path, 4));
  EXPECT_FALSE(is_private_file(scratch.file("none"), 0));
  std::filesystem::create_symlink(path, scratch.file("link"));
  EXPECT_FALSE(is_private_file(scratch.file("link"), 5));
  ::chmod(path.c_str(), 0666);
  EXPECT_FALSE(is_private_file(path, 5));
}

}  // namespace
}  // namespace vnode::test
