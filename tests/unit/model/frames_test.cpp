#include "model/frames.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

namespace vnode {
namespace {

using testing::HasSubstr;

std::string frames_of(std::string_view text) {
  const auto frames = parse_frames(text);
  return frames ? testing::PrintToString(*frames) : frames.error().message;
}

TEST(Frames, AreReadInEveryForm) {
  EXPECT_EQ(frames_of("1-5"), "{ 1, 2, 3, 4, 5 }");
  EXPECT_EQ(frames_of("1-20x5"), "{ 1, 6, 11, 16 }");
  EXPECT_EQ(frames_of("1-10:4, 15,20-18"), "{ 1, 5, 9, 15, 18, 19, 20 }");
  EXPECT_EQ(frames_of("-3--1,-5"), "{ -5, -3, -2, -1 }");
  EXPECT_EQ(frames_of("10-1:-3"), "{ 1, 4, 7, 10 }");
  EXPECT_EQ(frames_of("2,1,2, 1 - 2"), "{ 1, 2 }");
  EXPECT_EQ(frames_of(" "), "{}");
}

TEST(Frames, SayWhatIsNoRange) {
  for (const char* text : {"a", "1-", "1,,2", "1-5x", "1x5", "1.5", "1-5y2", "99999999999", ","}) {
    EXPECT_THAT(frames_of(text), HasSubstr("is no range of frames")) << text;
  }
  EXPECT_THAT(frames_of("1-5x0"), HasSubstr("a step of 0"));
  EXPECT_THAT(frames_of("0-2000000000"), HasSubstr("more than ten million"));
  EXPECT_THAT(frames_of("1-9000000,1-9000000"), HasSubstr("more than ten million"));
}

TEST(Frames, SayWhereTheTextGoesWrong) {
  const std::pair<const char*, const char*> places[] = {
      {"x1", "'x1' is no range of frames (at character 1)"},
      {"1-10, 15y, 20", "'15y' is no range of frames (at character 9)"},
      {"1-5x0", "'1-5x0' is no range of frames (at character 5)"},
      {"1,2,", "'' is no range of frames (at character 5)"},
      {"1-5,0-2000000000", "'0-2000000000' is no range of frames (at character 5)"},
      {"7,\u00e4", "'\u00e4' is no range of frames (at character 3)"},
  };
  for (const auto& [text, message] : places) EXPECT_THAT(frames_of(text), HasSubstr(message)) << text;
}

TEST(Frames, AreWrittenShortAndReadBackTheSame) {
  EXPECT_EQ(frames_text(parse_frames("1-10,15,20-40x5,50,51").value()), "1-10,15-40x5,50,51");
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::set<std::int64_t> some;
    for (std::size_t n = random() % 30; n > 0; --n)
      some.insert(static_cast<std::int64_t>(random() % 40) - 20);
    const std::vector<std::int64_t> frames(some.begin(), some.end());
    ASSERT_EQ(parse_frames(frames_text(frames)).value(), frames) << frames_text(frames);
  }
}

}  // namespace
}  // namespace vnode
