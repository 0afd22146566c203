#include "model/pattern.h"

#include <gmock/gmock.h>

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

TEST(Pattern, FindsItsGroupsInALine) {
  const Pattern pattern = Pattern::compile(R"(time=(\d+):(\d+)(x)?)").value();
  EXPECT_THAT(pattern.groups_in("a time=12:34 b"), Optional(ElementsAre("12", "34", "")));
  EXPECT_EQ(pattern.groups_in("time"), std::nullopt);
  EXPECT_THAT(Pattern::compile("b+").value().groups_in("abbc"), Optional(ElementsAre("bb")));
  EXPECT_TRUE(Pattern::compile("^$").value().is_in(""));
}

TEST(Pattern, RefusesWhatIsNoneInWords) {
  EXPECT_THAT(Pattern::compile("(a").error().message, HasSubstr("missing )"));
  EXPECT_THAT(Pattern::compile(R"((a)\1)").error().message, HasSubstr("invalid escape"));
}

TEST(Pattern, TakesTimeInProportionToTheLine) {
  // What a backtracking engine would not end within a lifetime.
  const Pattern pattern = Pattern::compile("(a*)*b").value();
  EXPECT_FALSE(pattern.is_in(std::string(100'000, 'a')));
}

TEST(Pattern, SearchesBytesThatAreNoText) {
  EXPECT_TRUE(Pattern::compile("end").value().is_in("\xff\xfe end"));
}

}  // namespace
}  // namespace vnode::test
