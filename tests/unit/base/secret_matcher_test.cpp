#include "base/secret_matcher.h"

#include <gtest/gtest.h>

namespace vnode::test {
namespace {

/// For each byte the size of the longest pattern that ends there.
std::string ends_in(const SecretMatcher& matcher, std::string_view text) {
  std::string ends;
  SecretMatcher::State state = 0;
  for (const char c : text) {
    state = matcher.step(state, static_cast<unsigned char>(c));
    ends += std::to_string(matcher.ended(state));
  }
  return ends;
}

TEST(SecretMatcher, FindsTheLongestPatternThatEnds) {
  const SecretMatcher matcher({"he", "she", "his", "hers", "he"});
  EXPECT_EQ(ends_in(matcher, "ushers his"), "0003040003");
}

TEST(SecretMatcher, KnowsHowMuchMayBeABeginning) {
  const SecretMatcher matcher({"abcd", "bce"});
  SecretMatcher::State state = 0;
  for (const char c : std::string_view("xabc")) state = matcher.step(state, static_cast<unsigned char>(c));
  EXPECT_EQ(matcher.begun(state), 3u);
  EXPECT_EQ(matcher.begun(matcher.step(state, 'e')), 0u);  // ended, and nothing goes on from it
  EXPECT_EQ(matcher.ended(matcher.step(state, 'e')), 3u);
  EXPECT_EQ(matcher.begun(matcher.step(state, 'x')), 0u);
}

TEST(SecretMatcher, TakesAllBytesAndManyPatternsThatBeginAlike) {
  std::vector<std::string> patterns;
  for (int byte = 0; byte < 256; ++byte)
    patterns.push_back(std::string("p") + static_cast<char>(byte) + "\xff");
  const SecretMatcher matcher(patterns);
  for (const std::string& pattern : patterns) EXPECT_EQ(ends_in(matcher, pattern), "003");
  EXPECT_EQ(matcher.next_begin("abcp", 1), 3u);
  EXPECT_EQ(matcher.next_begin("abc", 1), 3u);
}

TEST(SecretMatcher, FindsNothingWithoutPatterns) { EXPECT_EQ(ends_in(SecretMatcher({}), "abc"), "000"); }

}  // namespace
}  // namespace vnode::test
