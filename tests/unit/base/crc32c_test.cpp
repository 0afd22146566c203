#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace vnode {
namespace {

TEST(Crc32c, IsThatOfTheStandard) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);
}

TEST(Crc32c, GoesOnFromWhatStandsBefore) {
  const std::string text = "what is written in pieces has the checksum of the whole";
  for (std::size_t i = 0; i <= text.size(); ++i)
    EXPECT_EQ(crc32c(text.substr(i), crc32c(text.substr(0, i))), crc32c(text)) << i;
}

}  // namespace
}  // namespace vnode
