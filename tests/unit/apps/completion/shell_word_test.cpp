#include "apps/vnode/completion/shell_word.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vnode {
namespace {

TEST(ShellWord, LosesQuotesAndBackslashes) {
  EXPECT_EQ(unquoted_word("plain"), "plain");
  EXPECT_EQ(unquoted_word("my\\ node.po"), "my node.po");
  EXPECT_EQ(unquoted_word("'my node'.po"), "my node.po");
  EXPECT_EQ(unquoted_word("\"my no"), "my no") << "somebody is still typing";
  EXPECT_EQ(unquoted_word("'a\\b'"), "a\\b");
  EXPECT_EQ(unquoted_word("\"a\\b\\\"c\\$\""), "a\\b\"c$");
  EXPECT_EQ(unquoted_word("a\\"), "a");
  EXPECT_EQ(unquoted_word("$name"), "$name");
}

TEST(ShellWord, HasTheHomeFolderForATilde) {
  const char* home = std::getenv("HOME");
  ASSERT_TRUE(home);
  EXPECT_EQ(unquoted_word("~/a b"), std::string(home) + "/a b");
  EXPECT_EQ(unquoted_word("a~/b"), "a~/b");
  EXPECT_EQ(unquoted_word("'~/b'"), "~/b");
}

}  // namespace
}  // namespace vnode
