#include "base/descriptor_room.h"

#include <gtest/gtest.h>

#include "support/no_descriptors.h"

namespace vnode::test {
namespace {

TEST(DescriptorRoom, IsWhatTheProcessMayStillOpen) {
  if (!NoDescriptors::kIsPossible) GTEST_SKIP() << "the sanitizer needs descriptors";
  EXPECT_TRUE(has_descriptors(16));
  {
    const NoDescriptors none;
    EXPECT_TRUE(has_descriptors(0));
    EXPECT_FALSE(has_descriptors(1));
    EXPECT_NE(no_descriptors_text().find("ulimit -n"), std::string::npos);
  }
  EXPECT_TRUE(has_descriptors(16)) << "those that it looked with are closed";
}

}  // namespace
}  // namespace vnode::test
