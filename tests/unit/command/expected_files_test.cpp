#include "command/expected_files.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

TEST(ExpectedFiles, MustBeThereAndNotEmptyAndNew) {
  const ScratchFolder folder;
  ExpectedFiles files({"f"}, folder.path(), true);
  files.remember();
  EXPECT_THAT(files.complaint(), HasSubstr("f is not there"));
  folder.write("f", "");
  EXPECT_THAT(files.complaint(), HasSubstr("f is empty"));
  folder.write("f", "x");
  EXPECT_EQ(files.complaint(), "");
}

TEST(ExpectedFiles, SeeAChangeRightAfterAnother) {
  const ScratchFolder folder;
  for (int i = 0; i < 20; ++i) {
    folder.write("f", "a");
    ExpectedFiles files({"f"}, folder.path(), true);
    files.remember();
    EXPECT_THAT(files.complaint(), HasSubstr("was not written"));
    folder.write("f", "b");  // in place, of the same size
    ASSERT_EQ(files.complaint(), "");
  }
}

TEST(ExpectedFiles, MayHaveBeenThereBefore) {
  const ScratchFolder folder;
  folder.write("old", "");
  EXPECT_EQ(ExpectedFiles({"old", "."}, folder.path(), false).complaint(), "");
  EXPECT_THAT(ExpectedFiles({"old", "none"}, folder.path(), false).complaint(),
              HasSubstr("none is not there"));
}

TEST(ExpectedFiles, MayBeFolders) {
  const ScratchFolder folder;
  ExpectedFiles files({folder.file("d")}, "", true);
  files.remember();
  std::filesystem::create_directory(folder.file("d"));
  EXPECT_THAT(files.complaint(), HasSubstr("is empty"));
  std::filesystem::create_directory(folder.file("d/e"));
  EXPECT_EQ(files.complaint(), "");
}

}  // namespace
}  // namespace vnode::test
