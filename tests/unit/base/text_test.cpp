#include "base/text.h"

#include <gtest/gtest.h>

#include <utility>

namespace vnode {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

TEST(FindInvalidUtf8Test, AcceptsWellFormedText) {
  for (const char* text : {"", "plain", "\x7F", "h\xC3\xA9", "\xE2\x82\xAC", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(find_invalid_utf8(text), kNone) << text;
  }
  EXPECT_EQ(find_invalid_utf8(std::string_view("a\0b", 3)), kNone);
}

TEST(FindInvalidUtf8Test, FindsTheFirstOffender) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"\x80", 0},              // a continuation alone
      {"a\xC3", 1},             // cut off
      {"\xC0\x80", 0},          // overlong
      {"\xE0\x9F\xBF", 0},      // overlong
      {"\xED\xA0\x80", 0},      // a surrogate
      {"\xF4\x90\x80\x80", 0},  // beyond U+10FFFF
      {"\xF5\x80\x80\x80", 0},
      {"ok\xC3\xA9\xFF", 4},
      {"\xE2\x82(", 0},
  };
  for (const auto& [text, offset] : cases) EXPECT_EQ(find_invalid_utf8(text), offset) << text;
}

TEST(FindInvalidUtf8Test, FindsItAtEveryPlace) {
  // Covers all paths of reading several bytes at once.
  for (std::size_t size = 1; size < 80; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = '\xFF';
      ASSERT_EQ(find_invalid_utf8(text), at) << size;
      EXPECT_FALSE(is_ascii(text));
    }
    EXPECT_TRUE(is_ascii(std::string(size, 'x')));
  }
}

TEST(ReplaceInvalidUtf8Test, ReplacesAsPythonDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"plain \xC3\xA9", "plain \xC3\xA9"},
      {"a\xFF"
       "b",
       "a\uFFFDb"},
      {"\xE2\x82", "\uFFFD"},  // one for a sequence that was cut off
      {"\xE2\x82"
       "x",
       "\uFFFDx"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},  // one for each byte of a surrogate
      {"\xF0\x80\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xF0\x90\x80\xE1\x80\xC3\xA9", "\uFFFD\uFFFD\xC3\xA9"},
  };
  for (const auto& [bytes, expected] : cases) EXPECT_EQ(replace_invalid_utf8(bytes), expected);
}

TEST(CodePointTest, AreReadAsTheyWereAppended) {
  for (const char32_t code_point :
       {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFDu, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string text = "a";
    append_utf8(text, code_point);
    text += "b";
    std::size_t at = 1;
    EXPECT_EQ(next_code_point(text, at), code_point);
    EXPECT_EQ(at, text.size() - 1);
    EXPECT_EQ(find_invalid_utf8(text), kNone);
  }
}

}  // namespace
}  // namespace vnode
