#include "command/command_call.h"

#include <gmock/gmock.h>

#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(CommandCall, LeavesOutWordsWhoseInputIsFalsy) {
  const auto command =
      command_of(R"("command": ["x", {"when": "a", "words": ["-a", "{a}"]}, "{list}", "y"])");
  EXPECT_THAT(
      make_call(*command, values({{"a", 5}, {"list", Value::list({Value(1), Value(2)})}})).value().words,
      ElementsAre("x", "-a", "5", "1", "2", "y"));
  EXPECT_THAT(make_call(*command, values({{"list", Value::empty_list()}})).value().words,
              ElementsAre("x", "y"));
  EXPECT_THAT(make_call(*command, values({{"a", 0}, {"list", ""}})).value().words, ElementsAre("x", "", "y"));
}

TEST(CommandCall, FillsDirectoryEnvironmentAndInput) {
  const auto command = command_of(
      R"("command": ["x"], "directory": "{file}", "environment": {"A": "<{a}>", "B": "{list}"}, "stdin": "{a}\n")");
  const CommandCall call = make_call(*command, values({{"file", "-d"}, {"a", "v"}})).value();
  EXPECT_EQ(call.directory, "./-d");
  EXPECT_THAT(call.environment, ElementsAre(Pair("A", "<v>")));
  EXPECT_EQ(call.input, "v\n");
  EXPECT_THAT(make_call(*command, values({})).error().message, HasSubstr("'a' has no value"));
}

TEST(CommandCall, RefusesWhatNoProgramCanBeGiven) {
  const auto command =
      command_of(R"("command": ["x", "{a}"], "environment": {"A": "{list}"}, "directory": "{file}")");
  const std::string nul("a\0b", 3);
  EXPECT_THAT(make_call(*command, values({{"a", nul}})).error().message,
              HasSubstr("word 1 of the command has a NUL"));
  EXPECT_THAT(make_call(*command, values({{"a", 1}, {"list", nul}})).error().message,
              HasSubstr("variable A"));
  EXPECT_THAT(make_call(*command, values({{"a", 1}, {"file", nul}})).error().message,
              HasSubstr("working directory"));
  EXPECT_THAT(make_call(*command_of(R"("command": ["{a}"])"), values({{"a", ""}})).error().message,
              HasSubstr("empty"));
}

TEST(CommandCall, IsShownQuotedAndCut) {
  EXPECT_EQ(command_text({"ls", "-l", "a b", "it's", ""}), "ls -l 'a b' 'it'\\''s' ''");
  EXPECT_LT(command_text(std::vector<std::string>(1000, "word")).size(), 220u);
  EXPECT_LT(command_text({std::string(100'000, 'x')}).size(), 220u);
}

}  // namespace
}  // namespace vnode::test
