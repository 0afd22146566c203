#include "apps/vnode/completion/typed_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/options/option_builders.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using At = TypedWords::At;

struct TypedWordsTest : testing::Test {
  TypedWordsTest() {
    CommandSpec draw{.name = "draw", .summary = "Draw"};
    add_text(draw, "FILE", text, "", "What");
    add_texts(draw, "COLOUR", texts, "", "In which colours");
    add_texts(draw, "-p,--pen", texts, "PEN", "A pen");
    add_switch(draw, "-f,--fast", is_on, "Hurry");
    add_choice(draw, "--shape", text, {"round", "square"}, "Of points");
    CommandSpec rows{.name = "rows", .summary = "Rows"};
    rows.subcommands.push_back({.name = "add", .summary = "Add"});
    program.subcommands = {draw, rows};
  }

  TypedWords read(const std::vector<std::string>& words) { return read_typed_words(program, words); }

  CommandSpec program{.name = "tool", .summary = "Tool"};
  std::string text;
  std::vector<std::string> texts;
  bool is_on = false;
};

TEST_F(TypedWordsTest, BeginWithACommand) {
  EXPECT_EQ(read({"dr"}).at, At::kCommand);
  EXPECT_EQ(read({"dr"}).beginning, "dr");
  EXPECT_EQ(read({"rows", ""}).command->name, "rows");
  EXPECT_EQ(read({"rows", ""}).at, At::kCommand);
  EXPECT_EQ(read({"rows", "add", ""}).at, At::kNothing) << "it takes nothing";
  EXPECT_EQ(read({"no_command", ""}).at, At::kNothing);
}

TEST_F(TypedWordsTest, HaveOptions) {
  EXPECT_EQ(read({"draw", "-"}).at, At::kOption);
  EXPECT_EQ(read({"draw", "--sh"}).at, At::kOption);
  EXPECT_EQ(read({"draw", "--sh"}).beginning, "--sh");
  EXPECT_EQ(read({"draw", "-f"}).at, At::kOption);
}

TEST_F(TypedWordsTest, HaveWordsOfOptionsInEachOfTheirForms) {
  struct Case {
    std::vector<std::string> words;
    std::string before, beginning;
  };
  for (const Case& one : {Case{{"draw", "--pen", "r"}, "", "r"}, Case{{"draw", "--pen=r"}, "--pen=", "r"},
                          Case{{"draw", "-p", "r"}, "", "r"}, Case{{"draw", "-pr"}, "-p", "r"},
                          Case{{"draw", "-fpr"}, "-fp", "r"}, Case{{"draw", "-fp", "-"}, "", "-"}}) {
    const TypedWords typed = read(one.words);
    ASSERT_EQ(typed.at, At::kValue) << one.words.back();
    EXPECT_EQ(typed.option->names, "-p,--pen");
    EXPECT_EQ(typed.before, one.before);
    EXPECT_EQ(typed.beginning, one.beginning);
  }
}

TEST_F(TypedWordsTest, HaveArgumentsInTheirOrder) {
  EXPECT_EQ(read({"draw", ""}).option->names, "FILE");
  EXPECT_EQ(read({"draw", "-f", "--pen", "red", "in"}).option->names, "FILE");
  EXPECT_EQ(read({"draw", "in", ""}).option->names, "COLOUR");
  EXPECT_EQ(read({"draw", "in", "a", "b", ""}).option->names, "COLOUR") << "it takes all that are left";
  EXPECT_EQ(read({"draw", "--", "-x"}).option->names, "FILE");
}

TEST_F(TypedWordsTest, TellWhatWasGiven) {
  const TypedWords typed =
      read({"draw", "in", "--pen", "red", "--no-option", "-p", "blue", "--shape=round", ""});
  EXPECT_THAT(typed.words_of("FILE"), ElementsAre("in"));
  EXPECT_THAT(typed.words_of("--pen"), ElementsAre("red", "blue"));
  EXPECT_THAT(typed.words_of("--shape"), ElementsAre("round"));
  EXPECT_THAT(typed.words_of("--fast"), ElementsAre());
  EXPECT_TRUE(read({"draw", "-f", "--"}).has(program.subcommands[0].options[3]));
}

}  // namespace
}  // namespace vnode
