#include "command/output_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

TEST(OutputFile, IsMadeWithItsFolderForThisUserOnly) {
  const ScratchFolder folder;
  const auto file = OutputFile::create(folder.file("a/b"), "x.log").value();
  file->add("one\n");
  file->add("two");
  std::ifstream written(folder.file("a/b/x.log"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), "one\ntwo");
  struct stat status {};
  ASSERT_EQ(::stat(folder.file("a/b/x.log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(OutputFile, SaysWhatCannotBeWritten) {
  EXPECT_THAT(OutputFile::create("/proc/none", "x").error().message, HasSubstr("cannot write /proc/none/x"));
  const auto file = OutputFile::create("/dev", "full").value();
  file->add("x");
  EXPECT_THAT(file->failure(), HasSubstr("No space left"));
}

}  // namespace
}  // namespace vnode::test
