#include "executor/executor_set.h"

#include <gmock/gmock.h>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Value box_words() { return Value::list({Value("ssh"), Value("box"), Value("--"), Value("{quoted}")}); }

Value one_executor(std::string_view name, Dict members) {
  Dict executors;
  executors.set(name, Value(std::move(members)));
  return Value(std::move(executors));
}

std::string set_complaint(const Value& executors) {
  const Result<ExecutorSet> set = ExecutorSet::read(executors);
  return set ? "none" : set.error().message;
}

TEST(Executors, AreFoundByName) {
  const ExecutorSet set =
      ExecutorSet::read(one_executor("box", {{"kind", "wrap"}, {"words", box_words()}})).value();
  EXPECT_THAT(set.names(), ElementsAre("local", "box"));
  const auto box = set.find("box").value();
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(box->name, "box");
  EXPECT_TRUE(box->stop.is_empty());
  EXPECT_THAT(set.find("bocks").error().message, HasSubstr("there is no executor 'bocks'"));
  EXPECT_THAT(set.find("Box").error().message, HasSubstr("did you mean 'box'?"));
}

TEST(Executors, LocalIsAlwaysThere) {
  const ExecutorSet none = ExecutorSet::read(Value()).value();
  EXPECT_EQ(none.find("local").value(), nullptr);
  EXPECT_EQ(none.find("").value(), nullptr);
  EXPECT_THAT(set_complaint(one_executor("local", {{"kind", "wrap"}, {"words", box_words()}})),
              "executor 'local': is this machine, and always there");
}

TEST(Executors, SayWhatIsWrongWithThem) {
  EXPECT_THAT(set_complaint(Value("box")), HasSubstr("must be a mapping"));
  EXPECT_THAT(set_complaint(one_executor("box", {{"words", box_words()}})), HasSubstr("'kind' is missing"));
  EXPECT_THAT(set_complaint(one_executor("box", {{"kind", "lsf"}, {"words", box_words()}})),
              "executor 'box': 'kind': there is no 'lsf', only wrap");
  EXPECT_THAT(set_complaint(one_executor("box", {{"kind", "wrap"}})), HasSubstr("'words' are missing"));
  EXPECT_THAT(set_complaint(one_executor("box", {{"kind", "wrap"}, {"word", box_words()}})),
              HasSubstr("did you mean 'words'?"));
  EXPECT_THAT(
      set_complaint(one_executor("box", {{"kind", "wrap"}, {"words", box_words()}, {"stop", box_words()}})),
      HasSubstr("'stop': word 3: {quoted} cannot stand in 'stop'"));
}

}  // namespace
}  // namespace vnode
