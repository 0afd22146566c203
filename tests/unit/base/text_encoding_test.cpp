#include "base/text_encoding.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

std::string decoded(std::string_view bytes, const std::string& encoding) {
  const Result<std::string> text = decode_from(bytes, encoding);
  return text ? *text : "error: " + text.error().message;
}

TEST(TextEncoding, ReadsWhatOtherSystemsWrite) {
  EXPECT_EQ(decoded("\xC4\xE3\xBA\xC3", "gbk"), "\xE4\xBD\xA0\xE5\xA5\xBD");
  EXPECT_EQ(decoded("\x93\xFA\x96\x7B", "cp932"), "\xE6\x97\xA5\xE6\x9C\xAC");
  EXPECT_EQ(decoded("\xE4", "latin1"), "\xC3\xA4");
  EXPECT_EQ(decoded(std::string_view("\xFF\xFE\x3D\xD8\x00\xDE", 6), "UTF-16"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(decoded("\xEF\xBB\xBFx", "utf-8"), "x");
}

TEST(TextEncoding, LongTextsAreNotCutAtBuffers) {
  std::string bytes;
  std::string text;
  for (int i = 0; i < 10'001; ++i) {
    bytes += std::string_view("\x3D\xD8\x00\xDE", 4);
    text += "\xF0\x9F\x98\x80";
  }
  EXPECT_EQ(decoded(bytes, "utf-16le"), text);
}

TEST(TextEncoding, IsStrict) {
  EXPECT_EQ(decoded("a\nb\xFF", "utf-8"), "error: the text is not utf-8 (byte 3, line 2)");
  EXPECT_EQ(decode_from("\xC4", "gbk").error().code, ErrorCode::kBadText);
}

TEST(TextEncoding, AnUnknownNameIsAMistakeOfTheCaller) {
  EXPECT_EQ(check_encoding("gbkk").error().code, ErrorCode::kUsage);
  EXPECT_NE(check_encoding("shift_jiss").error().message.find("did you mean"), std::string::npos);
  EXPECT_FALSE(check_encoding("").ok());
  EXPECT_TRUE(check_encoding("CP932").ok());
}

}  // namespace
}  // namespace vnode
