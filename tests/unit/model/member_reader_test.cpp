#include "model/member_reader.h"

#include <gmock/gmock.h>

#include "model/json_reader.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

TEST(MemberReader, ReadsSizesCountsAndTimes) {
  Problems problems;
  const Value object =
      parse_json(
          R"({"a": 5, "b": "2K", "c": "1.5GiB", "d": "90s", "e": 7, "f": "8 apples", "g": -1, "h": 200})")
          .value();
  const MemberReader members(object, "/it", problems, "bad_value");
  EXPECT_EQ(members.size_limit("a"), 5u);
  EXPECT_EQ(members.size_limit("b"), 2048u);
  EXPECT_EQ(members.size_limit("c"), 1536u << 20);
  EXPECT_EQ(members.time_limit("d"), 90u);
  EXPECT_EQ(members.count_limit("e"), 7u);
  EXPECT_EQ(members.size_limit("missing"), std::nullopt);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(members.size_limit("f"), std::nullopt);
  EXPECT_EQ(members.count_limit("g"), std::nullopt);
  EXPECT_EQ(members.count_limit("h", 19), std::nullopt);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].pointer, "/it/f");
}

TEST(MemberReader, TellsWhatIsNoObjectAndWhatIsUnknown) {
  Problems problems;
  const MemberReader none(Value(3), "/it", problems, "bad_value");
  EXPECT_EQ(none.size(), 0u);
  const Value object = parse_json(R"({"fils": [], "other": 1})").value();
  const MemberReader members(object, "/it", problems, "bad_value");
  members.check_known(std::array<std::string_view, 1>{"files"});
  members.check_spelling(std::array<std::string_view, 1>{"files"});
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_EQ(problems[0].message, "must be an object, not the number 3");
  EXPECT_THAT(problems[1].message, HasSubstr("did you mean 'files'?"));
  EXPECT_EQ(problems[2].pointer, "/it/other");
  EXPECT_EQ(problems[3].pointer, "/it/fils");
}

}  // namespace
}  // namespace vnode::test
