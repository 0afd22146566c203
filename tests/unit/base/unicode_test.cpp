#include "base/unicode.h"

#include <gtest/gtest.h>

#include <vector>

namespace vnode {
namespace {

struct CaseMapping {
  const char* text;
  const char* upper;
  const char* lower;
};

// What Python's upper() and lower() give.
constexpr CaseMapping kMappings[] = {
    {"", "", ""},
    {"Plain 1_z[Z", "PLAIN 1_Z[Z", "plain 1_z[z"},
    {"stra\u00DFe", "STRASSE", "stra\u00DFe"},
    {"\u0130", "\u0130", "i\u0307"},
    {"\u0131i", "II", "\u0131i"},
    {"\u039F\u03A3", "\u039F\u03A3", "\u03BF\u03C2"},  // sigma at the end of a word
    {"\u039F\u03A3\u0391", "\u039F\u03A3\u0391", "\u03BF\u03C3\u03B1"},
    {"\u0390", "\u0399\u0308\u0301", "\u0390"},  // one code point becomes three
    {"\uFB03", "FFI", "\uFB03"},
    {"\u01C5", "\u01C4", "\u01C6"},
    {"\U00010428", "\U00010400", "\U00010428"},
};

TEST(CaseTest, IsThatOfPython) {
  for (const CaseMapping& mapping : kMappings) {
    const auto upper = to_upper(mapping.text);
    const auto lower = to_lower(mapping.text);
    ASSERT_TRUE(upper && lower);
    EXPECT_EQ(*upper, mapping.upper) << mapping.text;
    EXPECT_EQ(*lower, mapping.lower) << mapping.text;
  }
}

TEST(CaseTest, MayTripleTheSize) {
  std::string text;
  std::string upper;
  for (int i = 0; i < 1000; ++i) {
    text += "\u0390";
    upper += "\u0399\u0308\u0301";
  }
  EXPECT_EQ(*to_upper(text), upper);
}

TEST(IsPrintableTest, IsThatOfPython) {
  for (const char32_t yes : {U' ', U'a', U'~', U'\u00E9', U'\u20AC', U'\u0301', U'\U0001F600'}) {
    EXPECT_TRUE(is_printable(yes)) << static_cast<unsigned>(yes);
  }
  for (const char32_t no : {U'\0', U'\n', U'\x7F', U'\x85', U'\u00A0', U'\u00AD', U'\u200B', U'\u2028',
                            U'\u3000', U'\uE000', U'\uFFFF', U'\U000E0001'}) {
    EXPECT_FALSE(is_printable(no)) << static_cast<unsigned>(no);
  }
}

TEST(IsSpaceTest, IsThatOfPython) {
  // [c for c in range(0x110000) if chr(c).isspace()]
  const std::vector<char32_t> expected = {0x9,    0xA,    0xB,    0xC,    0xD,    0x1C,   0x1D,   0x1E,
                                          0x1F,   0x20,   0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002,
                                          0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A,
                                          0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  std::vector<char32_t> found;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (is_space(c)) found.push_back(c);
  }
  EXPECT_EQ(found, expected);
}

TEST(DecimalDigitTest, KnowsTheDigitsOfAllScripts) {
  EXPECT_EQ(decimal_digit(U'0'), 0);
  EXPECT_EQ(decimal_digit(U'9'), 9);
  EXPECT_EQ(decimal_digit(U'\u0663'), 3);
  EXPECT_EQ(decimal_digit(U'\u096F'), 9);
  EXPECT_EQ(decimal_digit(U'\U0001D7D2'), 4);
  for (const char32_t no : {U'a', U' ', U'\u00B2', U'\u2460', U'\u4E00', U'\u00BD'})
    EXPECT_EQ(decimal_digit(no), -1);
}

}  // namespace
}  // namespace vnode
