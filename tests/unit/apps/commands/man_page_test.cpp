#include "apps/vnode/commands/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/vnode/options/option_builders.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ManPage, HasWhatHelpHas) {
  CommandSpec command{.name = "draw", .summary = "Draw a picture"};
  std::string text;
  std::vector<std::string> texts;
  add_text(command, "FILE", text, "", "What to draw").is_required = true;
  add_texts(command, "-p,--pen", texts, "COLOUR", ".5 pens, or \\e");
  command.examples.push_back({"vnode draw 'a'.txt", "one"});
  const std::string page = command_page(command);
  EXPECT_THAT(page, HasSubstr(".SH NAME\nvnode\\-draw \\- Draw a picture\n"));
  EXPECT_THAT(page, HasSubstr("\\fBvnode draw\\fR [\\fIOPTION\\fR...] \\fIFILE\\fR\n"));
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB\\-p\\fR, \\fB\\-\\-pen\\fR \\fICOLOUR\\fR\n\\&.5 pens, or \\ee\n"));
  EXPECT_THAT(page, HasSubstr("vnode draw 'a'.txt\n"));
}

TEST(ManPage, HasSubcommandsAsSections) {
  CommandSpec command{.name = "picture", .summary = "Pictures"};
  command.subcommands.push_back({.name = "list", .summary = "All of them"});
  const std::string page = command_page(command);
  EXPECT_THAT(page, HasSubstr(".SS list\nAll of them.\n"));
  EXPECT_THAT(page, HasSubstr("\\fBvnode picture list\\fR [\\fIOPTION\\fR...]\n"));
}

TEST(ManPage, OfTheProgramNamesAllCommands) {
  CommandSpec program{.name = "vnode", .summary = "Run"};
  program.subcommands.push_back({.name = "draw", .summary = "Draw a picture"});
  const std::string page = program_page(program);
  EXPECT_THAT(page, HasSubstr(".TP\n.BR vnode\\-draw (1)\nDraw a picture\n"));
  EXPECT_THAT(page, HasSubstr("VNODE_SOCKET"));
}

}  // namespace
}  // namespace vnode
