#include "base/size_text.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(SizeText, ReadsEveryForm) {
  constexpr std::uint64_t kMega = 1 << 20;
  for (const auto& [text, bytes] :
       {std::pair{"0", std::uint64_t{0}}, std::pair{"1000", std::uint64_t{1000}},
        std::pair{"512M", 512 * kMega}, std::pair{"512m", 512 * kMega}, std::pair{"2G", 2048 * kMega},
        std::pair{"1.5GiB", 1536 * kMega}, std::pair{"1 KiB", std::uint64_t{1024}},
        std::pair{"3KB", std::uint64_t{3000}}, std::pair{"1T", kMega * kMega},
        std::pair{"7B", std::uint64_t{7}}}) {
    const Result<std::uint64_t> read = parse_size(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, bytes) << text;
  }
}

TEST(SizeText, RefusesTheRest) {
  for (const char* text :
       {"", "M", "-1M", "1X", "1MM", "1Mib2", "1.2.3M", ".", "5 apples", "99999999T", "0x10"}) {
    const Result<std::uint64_t> read = parse_size(text);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().message.find("512M"), std::string::npos) << "says how to write it";
  }
}

TEST(SizeText, WritesWhatItReads) {
  for (const char* text : {"0", "1000", "1K", "512M", "1536M", "3T"})
    EXPECT_EQ(size_text(*parse_size(text)), text);
}

}  // namespace
}  // namespace vnode
