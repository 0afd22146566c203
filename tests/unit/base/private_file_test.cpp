#include "base/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

struct PrivateFiles : testing::Test {
  ScratchFolder folder;

  std::string file(const std::string& content, mode_t mode) {
    const std::string path = folder.write("secret", content);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  static std::string refusal(const std::string& path, std::size_t most = 100) {
    const Result<std::string> read = read_private_file(path, "key", most);
    if (read) return "read";
    EXPECT_EQ(read.error().code, ErrorCode::kUsage);
    EXPECT_EQ(read.error().place.file, path);
    return read.error().message;
  }
};

TEST_F(PrivateFiles, AreRead) {
  EXPECT_EQ(read_private_file(file("the content\n", 0600), "key", 12).value(), "the content\n");
  EXPECT_EQ(read_private_file(file("", 0400), "key", 12).value(), "");
}

TEST_F(PrivateFiles, MayBeReadByNobodyElse) {
  for (const mode_t mode : {0640, 0604, 0610, 0601, 0620}) {
    const std::string path = file("x", mode);
    EXPECT_EQ(refusal(path), "others can read the key file; 'chmod 600 " + path + "' makes it private");
  }
}

TEST_F(PrivateFiles, ArePlainFilesOfABoundedSize) {
  EXPECT_EQ(refusal(folder.path()), "the key must be in a plain file");
  EXPECT_EQ(refusal("/dev/zero"), "the key must be in a plain file");
  EXPECT_EQ(refusal(folder.file("none")), "cannot be read: No such file or directory");
  EXPECT_EQ(refusal(file("0123456789", 0600), 9), "the file is too large for a key");
}

}  // namespace
}  // namespace vnode::test
