#include "apps/vnode/terminal/ci_commands.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(CiCommands, AreNoneAnyMore) {
  EXPECT_EQ(without_ci_commands("::set-output name=a::b\n"), "\\::set-output name=a::b\n");
  EXPECT_EQ(without_ci_commands("##[error]x"), "#\\#[error]x");
  EXPECT_EQ(without_ci_commands("##vso[task.complete]x"), "#\\#vso[task.complete]x");
  EXPECT_EQ(without_ci_commands("text ##[error]x ##VSO[a]b"), "text #\\#[error]x #\\#VSO[a]b");
  EXPECT_EQ(without_ci_commands("## heading"), "#\\# heading");
}

TEST(CiCommands, AreFoundBehindWhatServersPassOver) {
  EXPECT_EQ(without_ci_commands("  \t::error::x"), "  \t\\::error::x");
  EXPECT_EQ(without_ci_commands("\x1b[1;31m::error::x"), "\x1b[1;31m\\::error::x");
  EXPECT_EQ(without_ci_commands("fine\r::error::x\r\n::error::y"), "fine\r\\::error::x\r\n\\::error::y");
  EXPECT_EQ(without_ci_commands("\xef\xbb\xbf::x"), "\xef\xbb\xbf\\::x");
  EXPECT_EQ(without_ci_commands("\xc2\xa0::x"), "\xc2\xa0\\::x");
  EXPECT_EQ(without_ci_commands("\x1b["), "\x1b[");
}

TEST(CiCommands, OtherTextStaysAsItIs) {
  for (const char* text : {"", "a::b", "std::string", "a ## b", "#[x]", "# a\n", ":x", "\n\n"})
    EXPECT_EQ(without_ci_commands(text), text);
}

}  // namespace
}  // namespace vnode
