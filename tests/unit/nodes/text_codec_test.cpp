#include "nodes/text_codec.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

std::string encoded(std::string_view text, std::string_view encoding,
                    TextPosition position = TextPosition::kStart) {
  Result<std::string> bytes = encode_text(text, encoding, position);
  return bytes ? *bytes : "error: " + bytes.error().message;
}

TEST(TextCodec, WritesAMarkOnlyAtTheStart) {
  EXPECT_EQ(encoded("a€", "utf-16"), std::string("\xFF\xFE"
                                                 "a\0\xAC ",
                                                 6));
  EXPECT_EQ(encoded("a", "utf-16", TextPosition::kLater), std::string("a\0", 2));
  EXPECT_EQ(encoded("", "UTF 16"), "\xFF\xFE");
  EXPECT_EQ(encoded("", "utf-8-sig"), "\xEF\xBB\xBF");
  EXPECT_EQ(encoded("x", "utf_8_sig", TextPosition::kLater), "x");
  EXPECT_EQ(encoded("", "utf-32"), std::string("\xFF\xFE\0\0", 4));
  EXPECT_EQ(encoded("a", "utf-16-be"), std::string("\0a", 2));
  EXPECT_EQ(encoded("😀", "utf-16-le"), std::string("\x3D\xD8\x00\xDE", 4));
  EXPECT_EQ(encoded("a", "utf-32-be"), std::string("\0\0\0a", 4));
}

TEST(TextCodec, KnowsPythonsNames) {
  for (const char* name : {"utf-8", "UTF8", "U8", "utf--8", " utf-8 ", "cp65001", "locale", "utf-8é"}) {
    EXPECT_EQ(encoded("é", name), "é") << name;
  }
  for (const char* name : {"latin-1", "L1", "latin1", "iso-8859-1", "ISO-8859-1:1987", "8859", "cp819",
                           "cp1252", "1252", "windows-1252", "iso_8859_15", "l9"}) {
    EXPECT_EQ(encoded("é", name), "\xE9") << name;
  }
  for (const char* name : {"", "utf8-sig", "utf.8", "cp-1252", "windows1252", "latin-9", "iso8859-12",
                           "cp1133", "rot13", "ASCII//TRANSLIT", "é", "u8_sig", "utf-8.a"}) {
    EXPECT_EQ(encoded("a", name), std::string("error: unknown encoding: ") + name);
  }
  EXPECT_FALSE(encode_text("a", std::string_view("utf-8\0", 6), TextPosition::kStart));
}

TEST(TextCodec, NamesTheFirstCharacterThatIsMissing) {
  EXPECT_EQ(encoded("é€x", "ascii"), "error: encoding 'ascii' has no character U+00E9 (position 0)");
  EXPECT_EQ(encoded("é€x", "latin-1"), "error: encoding 'latin-1' has no character U+20AC (position 1)");
  EXPECT_EQ(encoded("€\xC2\x8D", "cp1252"), "error: encoding 'cp1252' has no character U+008D (position 1)");
  EXPECT_EQ(encoded("жé", "koi8-r"), "error: encoding 'koi8-r' has no character U+00E9 (position 1)");
  EXPECT_EQ(encoded("a\xF3\xA0\x81\xA1", "koi8-r"),
            "error: encoding 'koi8-r' has no character U+E0061 (position 1)");
}

TEST(TextCodec, UsesTheSystemForTheOthers) {
  EXPECT_EQ(encoded("привет", "cp1251"), "\xEF\xF0\xE8\xE2\xE5\xF2");
  EXPECT_EQ(encoded("あ", "shift_jis"), "\x82\xA0");
  EXPECT_EQ(encoded("あ+~", "iso2022_jp"), "\x1B$B$\"\x1B(B+~");
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "あ";
  std::string bytes = encoded(many, "euc-jp");
  EXPECT_EQ(bytes.size(), 10000u);
  EXPECT_EQ(bytes.substr(9998), "\xA4\xA2");
  EXPECT_EQ(encoded(many + "😀", "euc-jp"),
            "error: encoding 'euc-jp' has no character U+1F600 (position 5000)");
}

}  // namespace
}  // namespace vnode
