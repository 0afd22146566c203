#include "async/long_text.h"

#include <gtest/gtest.h>

#include <string>

namespace vnode {
namespace {

TEST(LongText, HoldsWhatWasAppended) {
  LongText text;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece(static_cast<std::size_t>(i % 700), static_cast<char>('a' + i % 26));
    text.append(piece, 2'000'000);
    expected += piece;
  }
  EXPECT_EQ(text.view(), expected);
  text.pop_back();
  EXPECT_EQ(text.size(), expected.size() - 1);
}

TEST(LongText, IsMovedNotCopied) {
  LongText text;
  text.append("one", 100);
  const char* place = text.view().data();
  LongText other = std::move(text);
  EXPECT_EQ(other.view(), "one");
  EXPECT_EQ(other.view().data(), place);
  EXPECT_TRUE(text.empty());  // NOLINT(bugprone-use-after-move): empty is what it becomes
  text.append("two", 100);
  other = std::move(text);
  EXPECT_EQ(other.view(), "two");
  other.clear();
  EXPECT_TRUE(other.empty());
}

}  // namespace
}  // namespace vnode
