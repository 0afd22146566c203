#include "base/shown_text.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

constexpr const char* kReplaced = "\xEF\xBF\xBD";

TEST(ShownText, KeepsWhatPeopleWrite) {
  EXPECT_EQ(shown_text("a\tb\nc \xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x8E\xAC", 100),
            "a\tb\nc \xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x8E\xAC");
  EXPECT_EQ(shown_text("a\r\nb", 100), "a\nb");
}

TEST(ShownText, ReplacesWhatWouldActOnAReader) {
  for (const char* bad :
       {"\x1B", "\x07", "\x7F", "\xC2\x9B", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xEF\xBF\xBE", "\xFF"}) {
    EXPECT_EQ(shown_text(std::string("a") + bad + "b", 100), std::string("a") + kReplaced + "b");
  }
  EXPECT_EQ(shown_text(std::string_view("\0", 1), 100), kReplaced);
}

TEST(ShownText, CutsInFrontOfACharacter) {
  EXPECT_EQ(shown_text("ab\xC3\xA9", 3), "ab...");
  EXPECT_EQ(shown_text("ab\xC3\xA9", 4), "ab\xC3\xA9");
  EXPECT_EQ(shown_text(std::string(10'000'000, 'x'), 5), "xxxxx...");
}

TEST(ShownText, OnOneLineHasSingleBlanks) { EXPECT_EQ(shown_line("  a\n\n\tb  c \n", 100), "a b c"); }

}  // namespace
}  // namespace vnode
