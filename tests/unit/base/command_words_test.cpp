#include "base/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;

TEST(CommandWords, SplitsAsAShellDoes) {
  EXPECT_THAT(split_command("notify done").value(), ElementsAre("notify", "done"));
  EXPECT_THAT(split_command("  a\t'b c'  \"d \\\" e\" f\\ g ").value(),
              ElementsAre("a", "b c", "d \" e", "f g"));
  EXPECT_THAT(split_command("a''b \"\"").value(), ElementsAre("ab", ""));
  EXPECT_THAT(split_command("\"a\\n\\$\" b\\\nc \\\n d").value(), ElementsAre("a\\n$", "bc", "d"));
  EXPECT_THAT(split_command(R"('a\b' $HOME)").value(), ElementsAre("a\\b", "$HOME"));
}

TEST(CommandWords, RefusesWhatIsNoCommand) {
  for (const char* bad : {"", "  ", "a 'b", "a \"b", "''"}) EXPECT_FALSE(split_command(bad)) << bad;
}

}  // namespace
}  // namespace vnode
