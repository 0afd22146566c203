#include "apps/vnode/options/command_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/options/option_builders.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A command with an option of each kind, and what reading filled in.
struct CommandParserTest : testing::Test {
  CommandParserTest() {
    add_text(command, "FILE", file, "", "What to draw").is_required = true;
    add_texts(command, "-p,--pen", pens, "COLOUR", "A pen");
    add_switch(command, "-f,--fast", is_fast, "Do not look back");
    add_choice(command, "--shape", shape, {"round", "square"}, "Of the points");
    add_number(command, "--width", "N", "In points", 1, 9, [this](std::uint64_t number) { width = number; });
    add_integer(command, "--offset", offset, "In points");
    add_nonempty_text(command, "--title", title, "TEXT", "Above all");
    add_duration(command, "--pause", "Between two lines", [this](Duration given) { pause = given; });
    command.action = [](Diagnostics&) { return kExitSuccess; };
  }

  CommandReading read(std::vector<const char*> words) {
    words.insert(words.begin(), command.name.c_str());
    return read_command_line(command, "tool", static_cast<int>(words.size()), words.data());
  }

  /// What is said of words that make no sense; empty when they are taken.
  std::string mistake(std::vector<const char*> words) {
    const CommandReading reading = read(std::move(words));
    const auto* mistake = std::get_if<UsageMistake>(&reading);
    return mistake ? mistake->message + " [" + mistake->command + "]" : "";
  }

  CommandSpec command{.name = "draw", .summary = "Draw a picture"};
  std::string file;
  std::vector<std::string> pens;
  bool is_fast = false;
  std::string shape = "round";
  std::uint64_t width = 1;
  std::optional<std::int64_t> offset;
  std::string title;
  Duration pause = Duration::zero();
};

TEST_F(CommandParserTest, HandsEachWordToItsOption) {
  const CommandReading reading = read({"-p", "red", "in.txt", "--pen=blue", "-f", "--shape", "square",
                                       "--width", "7", "--offset", "-3", "--title", "a b", "--pause", "2s"});
  ASSERT_TRUE(std::holds_alternative<ParsedCommand>(reading));
  EXPECT_EQ(std::get<ParsedCommand>(reading).action, &command.action);
  EXPECT_EQ(file, "in.txt");
  EXPECT_THAT(pens, ElementsAre("red", "blue"));
  EXPECT_TRUE(is_fast);
  EXPECT_EQ(shape, "square");
  EXPECT_EQ(width, 7u);
  EXPECT_EQ(offset, -3);
  EXPECT_EQ(title, "a b");
  EXPECT_EQ(pause, std::chrono::seconds(2));
}

TEST_F(CommandParserTest, VerboseBelongsToEveryCommand) {
  EXPECT_TRUE(std::get<ParsedCommand>(read({"in.txt", "--verbose"})).is_verbose);
  EXPECT_FALSE(std::get<ParsedCommand>(read({"in.txt"})).is_verbose);
}

TEST_F(CommandParserTest, SaysWhatIsWrongWithAWord) {
  EXPECT_EQ(mistake({}), "FILE is required [tool draw]");
  EXPECT_EQ(mistake({"a", "--width", "10"}), "--width: '10' is no whole number from 1 to 9 [tool draw]");
  EXPECT_EQ(mistake({"a", "--width", "-1"}), "--width: '-1' is no whole number from 1 to 9 [tool draw]");
  EXPECT_EQ(mistake({"a", "--offset", "x"}), "--offset: 'x' is no whole number [tool draw]");
  EXPECT_EQ(mistake({"a", "--title", ""}), "--title: must not be empty [tool draw]");
  EXPECT_EQ(mistake({"a", "--shape", "squar"}),
            "--shape: 'squar' is none of round|square; did you mean 'square'? [tool draw]");
  EXPECT_THAT(mistake({"a", "--pause", "soon"}), HasSubstr("--pause: "));
}

TEST_F(CommandParserTest, NamesTheNearestOption) {
  EXPECT_EQ(mistake({"a", "--wdith", "3"}), "unknown option '--wdith'; did you mean '--width'? [tool draw]");
  EXPECT_EQ(mistake({"--nothing-like-it"}), "unknown option '--nothing-like-it' [tool draw]");
  EXPECT_EQ(mistake({"a", "b"}), "unexpected argument 'b' [tool draw]");
}

TEST_F(CommandParserTest, HelpShowsChoicesAndBreaksLongLines) {
  command.options.back().help = "Between two lines, which is a good thing to have on a slow and old machine";
  const CommandReading reading = read({"--help"});
  ASSERT_TRUE(std::holds_alternative<HelpText>(reading));
  const std::string& help = std::get<HelpText>(reading).text;
  EXPECT_THAT(help, HasSubstr("Draw a picture"));
  EXPECT_THAT(help, HasSubstr("--shape round|square"));
  EXPECT_THAT(help, HasSubstr("FILE REQUIRED"));
  for (std::size_t at = 0; at < help.size();) {
    const std::size_t end = std::min(help.find('\n', at), help.size());
    EXPECT_LE(end - at, 80u) << help.substr(at, end - at);
    at = end + 1;
  }
}

TEST_F(CommandParserTest, SubcommandsHaveActionsOfTheirOwn) {
  CommandSpec parent{.name = "picture", .summary = "Pictures"};
  parent.subcommands = {command, CommandSpec{.name = "list", .summary = "All of them"}};
  const auto read_parent = [&parent](std::vector<const char*> words) {
    return read_command_line(parent, "tool", static_cast<int>(words.size()), words.data());
  };
  EXPECT_EQ(std::get<ParsedCommand>(read_parent({"picture", "list"})).action, &parent.subcommands[1].action);
  EXPECT_EQ(std::get<ParsedCommand>(read_parent({"picture", "draw", "x"})).action,
            &parent.subcommands[0].action);
  EXPECT_EQ(std::get<UsageMistake>(read_parent({"picture", "draw", "x", "--fats"})).command,
            "tool picture draw");
}

TEST_F(CommandParserTest, NamesTheSubcommandThatWasMeantOrAllThatThereAre) {
  CommandSpec parent{.name = "picture", .summary = "Pictures"};
  parent.subcommands = {command, CommandSpec{.name = "list", .summary = "All of them"}};
  const auto mistake_of = [&parent](std::vector<const char*> words) {
    const auto reading = read_command_line(parent, "tool", static_cast<int>(words.size()), words.data());
    const UsageMistake& mistake = std::get<UsageMistake>(reading);
    return mistake.message + " [" + mistake.command + "]";
  };
  EXPECT_EQ(mistake_of({"picture", "lsit"}),
            "unknown command 'picture lsit'; did you mean 'list'? [tool picture]");
  EXPECT_EQ(mistake_of({"picture", "darw", "x"}),
            "unknown command 'picture darw'; did you mean 'draw'? [tool picture]");
  EXPECT_EQ(mistake_of({"picture", "hang"}),
            "unknown command 'picture hang'; there are 'draw', 'list' [tool picture]");
  EXPECT_EQ(mistake_of({"picture"}),
            "'tool picture' needs a command; there are 'draw', 'list' [tool picture]");
}

TEST_F(CommandParserTest, HelpShowsARepeatableOptionWithOneWord) {
  const CommandReading reading = read({"--help"});
  EXPECT_THAT(std::get<HelpText>(reading).text, HasSubstr("--pen COLOUR  "));
  EXPECT_EQ(mistake({"a", "--pen", "red", "blue"}), "unexpected argument 'blue' [tool draw]");
}

}  // namespace
}  // namespace vnode
