#include "base/windows_path.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(WindowsPaths, AreKnownByDriveOrServer) {
  for (const char* path :
       {R"(C:\shots\a.txt)", R"(z:\)", "D:/shots/a.txt", R"(\\server\share\a)", R"(\\?\C:\a)"}) {
    EXPECT_TRUE(is_windows_path(path)) << path;
  }
}

TEST(WindowsPaths, AreNotWhatAFileHereMayBeCalled) {
  for (const char* path : {"", "/shots/a.txt", "shots/a", "a:b", "C:", "C:a", R"(a\b)", R"(\a)", "http://x/y",
                           "//server/share", "é:/a", R"(\\)"}) {
    EXPECT_FALSE(is_windows_path(path)) << path;
  }
}

}  // namespace
}  // namespace vnode
