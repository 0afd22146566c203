#include "process/output_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace vnode::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

class OutputLinesTest : public testing::Test {
 protected:
  void add(std::string_view bytes, int at_ms = 0) { cutter.add(bytes, SteadyTime{} + milliseconds(at_ms)); }
  std::vector<std::string> finished() {
    cutter.finish();
    return lines;
  }
  std::vector<std::string> lines;
  OutputLines cutter{[this](std::string_view line) { lines.emplace_back(line); }};
};

TEST_F(OutputLinesTest, EndWithANewline) {
  add("one\ntw");
  EXPECT_THAT(lines, ElementsAre("one"));
  add("o\n\nthree");
  EXPECT_THAT(finished(), ElementsAre("one", "two", "", "three"));
}

TEST_F(OutputLinesTest, EndWithBothReturnAndNewline) {
  add("one\r\ntwo\r");
  add("\nthree\r\n");
  EXPECT_THAT(finished(), ElementsAre("one", "two", "three"));
}

TEST_F(OutputLinesTest, ThatAreOverwrittenAreGivenFourTimesASecond) {
  for (int i = 0; i <= 100; ++i) add(std::to_string(i) + "%\r", 10 * i);
  add("\ndone\n", 1020);
  // 100 steps in a second; the last one is what stays on a terminal.
  EXPECT_THAT(finished(), ElementsAre("0%", "25%", "50%", "75%", "99%", "100%", "done"));
}

TEST_F(OutputLinesTest, ThatBeginWithAReturn) {
  add("\r 10%", 0);
  add("\r 20%", 10);
  add("\r 30%", 20);
  EXPECT_THAT(finished(), ElementsAre(" 10%", " 20%", " 30%"));
}

TEST_F(OutputLinesTest, AreCutBetweenCharacters) {
  const std::string wide = "\u20ac";  // three bytes: 8192 is not a multiple
  std::string all;
  for (int i = 0; i < 10'000; ++i) all += wide;
  for (const std::size_t step : {1u, 1000u, 100'000u}) {
    lines.clear();
    for (std::size_t at = 0; at < all.size(); at += step) add(std::string_view(all).substr(at, step));
    add("\nnext\n");
    ASSERT_EQ(lines.size(), 5u) << step;
    EXPECT_EQ(lines[0].size(), 8190u);
    EXPECT_EQ(lines[0] + lines[1] + lines[2] + lines[3], all);
    EXPECT_EQ(lines[4], "next");
  }
}

TEST_F(OutputLinesTest, OfExactlyTheMostBytesAreOne) {
  add(std::string(OutputLines::kMostBytes, 'x') + "\n");
  EXPECT_EQ(lines.size(), 1u);
  add(std::string(OutputLines::kMostBytes + 1, 'x') + "\n");
  EXPECT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines.back(), "x");
}

TEST_F(OutputLinesTest, WithoutAnEndTakeNoMemory) {
  const std::string part(64 * 1024, '\x80');  // no text at all, either
  std::size_t bytes = 0, most = 0;
  OutputLines counting([&](std::string_view line) {
    bytes += line.size() / 3;
    most = std::max(most, line.size());
  });
  for (int i = 0; i < 100; ++i) counting.add(part, {});
  counting.finish();
  EXPECT_EQ(bytes, 100 * part.size());
  EXPECT_EQ(most, 3 * OutputLines::kMostBytes);
}

TEST_F(OutputLinesTest, AreText) {
  add("a\xff"
      "b\xc3\n\xc3\xa9\n");
  EXPECT_THAT(lines, ElementsAre("a\uFFFDb\uFFFD", "\u00e9"));
}

}  // namespace
}  // namespace vnode::test
