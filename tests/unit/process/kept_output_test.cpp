#include "process/kept_output.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

TEST(KeptOutputs, AreWholeUpToTheLimit) {
  KeptOutput kept(10);
  for (const char* part : {"abc", "defg", "hij"}) kept.add(part);
  EXPECT_EQ(kept.text(), "abcdefghij");
  EXPECT_EQ(kept.left_out(), 0u);
}

TEST(KeptOutputs, AreHeadAndTailBeyondIt) {
  for (const std::size_t step : {1u, 3u, 7u, 5000u}) {
    std::string all;
    for (int i = 0; i < 1000; ++i) all += std::to_string(i) + "\n";
    KeptOutput kept(100);
    for (std::size_t at = 0; at < all.size(); at += step) kept.add(std::string_view(all).substr(at, step));
    EXPECT_EQ(kept.size(), all.size());
    EXPECT_EQ(kept.left_out(), all.size() - 100);
    EXPECT_EQ(kept.text(), all.substr(0, 50) + "[... " + std::to_string(all.size() - 100) +
                               " bytes left out ...]\n" + all.substr(all.size() - 50))
        << step;
  }
}

TEST(KeptOutputs, AreCutBetweenCharacters) {
  KeptOutput kept(6);
  kept.add("ab\u00e9xxxxxxxx\u00e9cd");
  EXPECT_EQ(kept.text(), "ab\n[... 12 bytes left out ...]\ncd");
}

TEST(KeptOutputs, GiveTheirLastLines) {
  KeptOutput kept(1000);
  kept.add("first\nsecond\nthird\n\n");
  EXPECT_EQ(kept.last(11), "third");
  EXPECT_EQ(kept.last(13), "second\nthird");
  EXPECT_EQ(kept.last(1000), "first\nsecond\nthird");
  KeptOutput little(8);
  little.add("0123456789\nend");
  EXPECT_EQ(little.last(100), "\nend");
}

}  // namespace
}  // namespace vnode::test
