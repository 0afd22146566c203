#include "picture/svg_text.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

std::string number(double value) {
  SvgText svg;
  svg.number(value);
  return svg.take();
}

TEST(SvgText, WritesNumbersShort) {
  EXPECT_EQ(number(12), "12");
  EXPECT_EQ(number(12.34), "12.3");
  EXPECT_EQ(number(-0.5), "-0.5");
  EXPECT_EQ(number(-12), "-12");
  EXPECT_EQ(number(0.04), "0");
}

TEST(SvgText, Escapes) {
  SvgText svg;
  svg.label("a", {1, 2}, "<&\">");
  EXPECT_EQ(svg.take(), R"(<text class="a" x="1" y="2">&lt;&amp;&quot;&gt;</text>)");
}

TEST(FittedText, IsCutInFrontOfACharacter) {
  EXPECT_EQ(fitted("short", 100, 11), "short");
  EXPECT_EQ(fitted("", 0, 11), "");
  const std::string cut = fitted("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 30, 11);
  EXPECT_EQ(cut, "\xC3\xA9\xC3\xA9\xC3\xA9\xE2\x80\xA6");
}

}  // namespace
}  // namespace vnode
