#include "apps/vnode/terminal/terminal_text.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(TerminalText, ShowsControlCharactersInsteadOfSendingThem) {
  EXPECT_EQ(harmless_line("a\x1b[31mred\x07"), "a\\x1b[31mred\\x07");
  EXPECT_EQ(harmless_line("\xC2\x9B"
                          "2J"),
            "\\u009b2J")
      << "the one-character form of ESC [";
  EXPECT_EQ(harmless_line("\x7F\r\n\t|"), "\\x7f\\x0d\\x0a    |");
  EXPECT_EQ(harmless_line("user\xE2\x80\xAE"
                          "cod"),
            "user\\u202ecod")
      << "right-to-left override";
  EXPECT_EQ(harmless_line(std::string_view("\0", 1)), "\\x00");
}

TEST(TerminalText, KeepsOrdinaryText) {
  EXPECT_EQ(harmless_line("Grüße, 世界 🎬"), "Grüße, 世界 🎬");
  EXPECT_EQ(harmless_line(""), "");
}

TEST(TerminalText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(harmless_line("a\xFF"
                          "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(TerminalText, KeepsLineBreaksWhereAsked) { EXPECT_EQ(harmless_lines("a\r\nb\nc\rd"), "a\nb\nc\\x0dd"); }

TEST(TerminalText, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("世界"), 4u);
  EXPECT_EQ(display_width("e\xCC\x81"), 1u) << "combining accent";
  EXPECT_EQ(display_width("🎬"), 2u);
  EXPECT_EQ(display_width("ß"), 1u);
}

TEST(TerminalText, CutsByColumnsNotBytes) {
  EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_width("abcdefg", 6), "abc...");
  EXPECT_EQ(cut_to_width("世界世界", 7), "世界...");
  EXPECT_EQ(cut_to_width("世界世界", 6), "世...");
  EXPECT_EQ(cut_to_width("abcdef", 2), "..");
  EXPECT_EQ(cut_to_width("abc", 0), "");
}

}  // namespace
}  // namespace vnode
