#include "apps/vnode/terminal/fitted_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<TableColumn> columns() {
  return {{.title = "ID"},
          {.title = "NOTE", .hides_when_empty = true},
          {.title = "NAME", .least = 6, .importance = 2},
          {.title = "N", .importance = 1, .is_number = true}};
}

std::vector<std::vector<TableCell>> rows() {
  return {{{"1"}, {}, {"a long name of something"}, {"5"}}, {{"22"}, {}, {"short"}, {"500"}}};
}

TEST(FittedTable, AlignsAndLeavesOutWhatIsEmpty) {
  EXPECT_THAT(fitted_table(columns(), rows(), 0, false),
              ElementsAre("ID  NAME                        N",  //
                          "1   a long name of something    5",  //
                          "22  short                     500"));
}

TEST(FittedTable, CutsBeforeItDropsColumns) {
  EXPECT_THAT(fitted_table(columns(), rows(), 20, false),
              ElementsAre("ID  NAME           N",  //
                          "1   a long n...    5",  //
                          "22  short        500"));
  EXPECT_THAT(fitted_table(columns(), rows(), 11, false),
              ElementsAre("ID  NAME", "1   a lo...", "22  short"));
  EXPECT_THAT(fitted_table(columns(), rows(), 4, false), ElementsAre("ID", "1", "22"));
}

TEST(FittedTable, NeverIsWiderThanItMayBe) {
  for (std::size_t width = 3; width < 50; ++width) {
    for (const std::string& line : fitted_table(columns(), rows(), width, false)) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(FittedTable, WithoutRowsThereIsTheHeader) {
  EXPECT_THAT(fitted_table(columns(), {}, 80, false), ElementsAre("ID  NAME  N"));
}

TEST(FittedTable, TextsCannotControlTheTerminal) {
  const auto lines = fitted_table({{.title = "A"}}, {{{"x\x1b[31m\ny"}}}, 0, false);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[1], Not(HasSubstr("\x1b")));
  EXPECT_THAT(lines[1], Not(HasSubstr("\n")));
}

TEST(FittedTable, StylesEncloseTheCellOnly) {
  const auto lines = fitted_table({{.title = "A"}, {.title = "B"}}, {{{"x", "\x1b[31m"}, {"y"}}}, 0, true);
  EXPECT_EQ(lines[1], "\x1b[31mx\x1b[0m  y");
}

}  // namespace
}  // namespace vnode
