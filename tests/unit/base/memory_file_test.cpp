#include "base/memory_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace vnode::test {
namespace {

TEST(MemoryFiles, AreReadFromTheirBeginning) {
  const std::string bytes(100'000, 'x');
  const Result<OwnedFd> file = memory_file(bytes);
  ASSERT_TRUE(file.ok());
  std::string read(bytes.size() + 1, '\0');
  const ssize_t size = ::read(file->get(), read.data(), read.size());
  ASSERT_EQ(size, static_cast<ssize_t>(bytes.size()));
  read.resize(bytes.size());
  EXPECT_EQ(read, bytes);
}

}  // namespace
}  // namespace vnode::test
