#include "async/line_splitter.h"

#include <gtest/gtest.h>

#include <vector>

namespace vnode {
namespace {

using Found = LineSplitter::Found;

/// The lines of `text`, given in pieces of `step` bytes; "!" for one that is too long.
std::vector<std::string> split(std::string_view text, std::size_t step, std::size_t max_line = 100) {
  LineSplitter splitter(max_line);
  std::vector<std::string> lines;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) {
    std::string_view piece = text.substr(0, step);
    while (!piece.empty()) {
      std::string line;
      const Found found = splitter.next(piece, line);
      if (found == Found::kLine) lines.push_back(line);
      if (found == Found::kTooLong) lines.push_back("!");
      EXPECT_LE(splitter.unfinished(), max_line + 1);
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineSplitter, GivesTheSameLinesHoweverTheTextArrives) {
  const std::string text = "one\ntwo\r\n\n\r\na\rb\nlast\r\r\nrest";
  for (std::size_t step = 1; step <= text.size(); ++step)
    EXPECT_EQ(split(text, step), (Lines{"one", "two", "", "", "a\rb", "last\r"})) << step;
}

TEST(LineSplitter, KeepsZeroBytes) {
  EXPECT_EQ(split(std::string_view("a\0b\n", 4), 2), Lines{std::string("a\0b", 3)});
}

TEST(LineSplitter, TellsOfALineThatIsTooLongOnce) {
  const std::string text = "12345\n123456\n12345\r\n123456\r\n" + std::string(50, 'x') + "\nok\n";
  for (std::size_t step = 1; step <= text.size(); ++step)
    EXPECT_EQ(split(text, step, 5), (Lines{"12345", "!", "12345", "!", "!", "ok"})) << step;
}

TEST(LineSplitter, TellsOfItBeforeTheLineEnds) {
  LineSplitter splitter(5);
  std::string line;
  std::string_view bytes = "123";
  EXPECT_EQ(splitter.next(bytes, line), Found::kNothing);
  EXPECT_EQ(splitter.unfinished(), 3u);
  bytes = "456";
  EXPECT_EQ(splitter.next(bytes, line), Found::kTooLong);
  EXPECT_EQ(splitter.unfinished(), 0u);
  for (int i = 0; i < 3; ++i) {
    bytes = "789";
    EXPECT_EQ(splitter.next(bytes, line), Found::kNothing);
    EXPECT_EQ(splitter.unfinished(), 0u);
  }
}

TEST(LineSplitter, ARunOfLinesThatAreTooLongIsToldOneByOne) {
  EXPECT_EQ(split("1234\n1234\n1\n1234", 3, 3), (Lines{"!", "!", "1", "!"}));
  EXPECT_EQ(split("1234\n1234\n1\n1234", 100, 3), (Lines{"!", "!", "1", "!"}));
}

TEST(LineSplitter, TellsLongLinesAsSuch) {
  const std::string text = "12\n123456\r\n1234567\n\n12345678\n1\n";
  for (std::size_t step = 1; step <= 3; ++step) {
    LineSplitter splitter(7, 4);
    Lines lines;
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(step, rest.size()))) {
      std::string_view piece = rest.substr(0, step);
      while (!piece.empty()) {
        std::string line;
        const Found found = splitter.next(piece, line);
        if (found == Found::kLine) lines.push_back(line);
        if (found == Found::kLongLine)
          lines.push_back("long " + std::string(splitter.take_long_line().view()));
        if (found == Found::kTooLong) lines.push_back("!");
      }
    }
    EXPECT_EQ(lines, (Lines{"12", "long 123456", "long 1234567", "", "!", "1"})) << step;
  }
}

TEST(LineSplitter, MayBeAllowedMoreInTheMiddle) {
  LineSplitter splitter(5);
  std::string line;
  std::string_view bytes = "1234";
  EXPECT_EQ(splitter.next(bytes, line), Found::kNothing);
  splitter.set_max_line(10);
  bytes = "5678\n";
  EXPECT_EQ(splitter.next(bytes, line), Found::kLine);
  EXPECT_EQ(line, "12345678");
}

}  // namespace
}  // namespace vnode
