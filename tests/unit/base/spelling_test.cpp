#include "base/spelling.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(EditDistanceTest, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("math_add", "math_ad"), 1u);
  EXPECT_EQ(edit_distance("lsit", "list"), 1u);
  EXPECT_EQ(edit_distance("ab", "ba"), 1u);
  EXPECT_EQ(edit_distance("abcd", "badc"), 2u);
}

TEST(NearestWordTest, SuggestsOnlyWhatMayBeMeant) {
  const std::vector<std::string> words = {"math_add", "math_subtract", "For Each", "run"};
  EXPECT_EQ(nearest_word("math_ad", words), "math_add");
  EXPECT_EQ(nearest_word("MATH_ADD", words), "math_add");
  EXPECT_EQ(nearest_word("for each", words), "For Each");
  EXPECT_EQ(nearest_word("rum", words), "run");
  EXPECT_EQ(nearest_word("rnu", words), "run");
  EXPECT_EQ(nearest_word("xy", words), "");
  EXPECT_EQ(nearest_word("something_else", words), "");
  EXPECT_EQ(nearest_word("", words), "");
  EXPECT_EQ(nearest_word("run", {}), "");
}

TEST(SpellingHints, AreOneSentenceInOneQuoteStyle) {
  const std::vector<std::string> words = {"list", "show"};
  EXPECT_EQ(did_you_mean("list"), "did you mean 'list'?");
  EXPECT_EQ(did_you_mean(""), "");
  EXPECT_EQ(spelling_hint("lsit", words), "did you mean 'list'?");
  EXPECT_EQ(spelling_hint("other", words), "");
  EXPECT_EQ(with_hint("no 'x'", spelling_hint("lst", words)), "no 'x'; did you mean 'list'?");
  EXPECT_EQ(with_hint("no 'x'", ""), "no 'x'");
}

TEST(SpellingAdvice, ListsTheNamesWhenNoneIsNear) {
  const std::vector<std::string> words = {"list", "show"};
  EXPECT_EQ(spelling_advice("lst", words, "its inputs are"), "did you mean 'list'?");
  EXPECT_EQ(spelling_advice("other", words, "its inputs are"), "its inputs are 'list', 'show'");
  EXPECT_EQ(spelling_advice("other", {}, "its inputs are"), "");
  const std::vector<std::string> many(25, "x1234567");
  EXPECT_TRUE(spelling_advice("other", many, "are").ends_with("'x1234567' and 1 more"));
  EXPECT_EQ(spelling_advice("other", many, "are", 2), "are 'x1234567', 'x1234567' and 23 more");
}

}  // namespace
}  // namespace vnode
