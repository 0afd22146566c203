#include "executor/wrap_words.h"

#include <gmock/gmock.h>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Value wrap_list(std::initializer_list<Value> words) { return Value::list(std::vector<Value>(words)); }

WrapWords wrap_of(std::initializer_list<Value> words, bool is_stop = false) {
  Result<WrapWords> read = WrapWords::read(wrap_list(words), is_stop);
  if (!read) throw std::runtime_error(read.error().message);
  return std::move(*read);
}

std::string wrap_complaint(std::initializer_list<Value> words, bool is_stop = false) {
  const Result<WrapWords> read = WrapWords::read(wrap_list(words), is_stop);
  return read ? "none" : read.error().message;
}

class WrapWordsTest : public testing::Test {
 protected:
  const std::vector<std::string> words_{"echo", "a b"};
  const std::vector<std::string> variables_{"A", "VNODE_RUN_ID"};
  Dict options_;
  WrapValues values_{.words = words_,
                     .directory = "/work here",
                     .variables = variables_,
                     .name = "vnode-1",
                     .signal = {},
                     .cpus = {},
                     .mem = {},
                     .time = {},
                     .options = &options_};
};

TEST_F(WrapWordsTest, ComeBeforeThoseOfTheProcess) {
  EXPECT_THAT(wrap_of({"nice", "-n", "5"}).fill(values_).value(),
              ElementsAre("nice", "-n", "5", "echo", "a b"));
}

TEST_F(WrapWordsTest, HaveTheWordsWhereTheyStand) {
  EXPECT_THAT(wrap_of({"w", "{words}", "end"}).fill(values_).value(), ElementsAre("w", "echo", "a b", "end"));
}

TEST_F(WrapWordsTest, GiveARemoteShellOneText) {
  EXPECT_THAT(wrap_of({"ssh", "box", "--", "cd /x && {quoted}"}).fill(values_).value(),
              ElementsAre("ssh", "box", "--", "cd /x && 'echo' 'a b'"));
  const std::vector<std::string> hostile{"it's", "$(id)", "", "a\nb"};
  EXPECT_EQ(quoted_for_shell(hostile), "'it'\\''s' '$(id)' '' 'a\nb'");
}

TEST_F(WrapWordsTest, SayWhereAndAsWhom) {
  EXPECT_THAT(wrap_of({"w", "-v", "{directory}:{directory}", "{{name}}={name}"}).fill(values_).value(),
              ElementsAre("w", "-v", "/work here:/work here", "{name}}=vnode-1", "echo", "a b"));
}

TEST_F(WrapWordsTest, PassVariablesByTheirNames) {
  const WrapWords spaced = wrap_of({"w", "{environment:-e}"});
  EXPECT_TRUE(spaced.passes_environment());
  EXPECT_THAT(spaced.fill(values_).value(), ElementsAre("w", "-e", "A", "-e", "VNODE_RUN_ID", "echo", "a b"));
  EXPECT_THAT(wrap_of({"w", "{environment:--env=}"}).fill(values_).value(),
              ElementsAre("w", "--env=A", "--env=VNODE_RUN_ID", "echo", "a b"));
  EXPECT_FALSE(wrap_of({"w"}).passes_environment());
}

TEST_F(WrapWordsTest, DropWhatHasNoValue) {
  const WrapWords wrap = wrap_of({"w", "--cpus={cpus}", "--mem={mem}", "--time={time}", "{words}"});
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "echo", "a b"));
  values_.cpus = "2";
  values_.time = "90";
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "--cpus=2", "--time=90", "echo", "a b"));
}

TEST_F(WrapWordsTest, TakeOptionsOfTheNode) {
  const WrapWords wrap = wrap_of({"w", "{image}", "{more}"});
  options_.set("image", "alpine:3");
  options_.set("more", wrap_list({"-x", 5}));
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "alpine:3", "-x", "5", "echo", "a b"));
  options_.set("image", Value());
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "-x", "5", "echo", "a b"));
}

TEST_F(WrapWordsTest, RefuseAnOptionThatTheNodeDoesNotGive) {
  const auto filled = wrap_of({"docker", "run", "{image}"}).fill(values_);
  ASSERT_FALSE(filled);
  EXPECT_THAT(filled.error().message, HasSubstr("{image} is neither"));
}

TEST_F(WrapWordsTest, SeveralGoTogetherUnderACondition) {
  const WrapWords wrap =
      wrap_of({"w", Value(Dict{{"when", "gpu"}, {"words", wrap_list({"--gpus", "{gpu}"})}}),
               Value(Dict{{"when", "mem"}, {"words", wrap_list({"--memory", "{mem}"})}})});
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "echo", "a b"));
  options_.set("gpu", "all");
  values_.mem = "2G";
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "--gpus", "all", "--memory", "2G", "echo", "a b"));
  options_.set("gpu", false);
  EXPECT_THAT(wrap.fill(values_).value(), ElementsAre("w", "--memory", "2G", "echo", "a b"));
}

TEST_F(WrapWordsTest, OfAStopHaveTheSignalAndNotTheProcess) {
  values_.signal = "TERM";
  EXPECT_THAT(wrap_of({"docker", "kill", "--signal", "{signal}", "{name}"}, true).fill(values_).value(),
              ElementsAre("docker", "kill", "--signal", "TERM", "vnode-1"));
  EXPECT_THAT(wrap_complaint({"kill", "{words}"}, true), HasSubstr("cannot stand in 'stop'"));
  EXPECT_THAT(wrap_complaint({"kill", "{environment:-e}"}, true), HasSubstr("cannot stand in 'stop'"));
  EXPECT_THAT(wrap_complaint({"w", "{signal}"}), HasSubstr("in 'stop' only"));
}

TEST_F(WrapWordsTest, SayWhatIsWrongInThem) {
  EXPECT_THAT(wrap_complaint({"w", "{no such}"}),
              "word 1: {no such} is no placeholder; a brace is written '{{'");
  EXPECT_THAT(wrap_complaint({"w", "a{"}), HasSubstr("without its '}'"));
  EXPECT_THAT(wrap_complaint({"w", "x{words}"}), HasSubstr("must stand alone"));
  EXPECT_THAT(wrap_complaint({"{words}"}), HasSubstr("a program of its own"));
  EXPECT_THAT(wrap_complaint({}), HasSubstr("no word"));
  EXPECT_THAT(wrap_complaint({"w", 5}), HasSubstr("word 1: must be a text"));
  EXPECT_THAT(wrap_complaint({"w", Value(Dict{{"when", "a"}})}), HasSubstr("{when: NAME, words: [...]}"));
  EXPECT_THAT(WrapWords::read(Value("nice"), false).error().message, HasSubstr("must be a list of words"));
}

}  // namespace
}  // namespace vnode
