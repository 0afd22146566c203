#include "picture/text_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/picture/sample_pictures.h"

namespace vnode {
namespace {

using test::WorkflowBuilder;
using testing::HasSubstr;
using testing::Not;

std::string tree_of(const Workflow& workflow, std::size_t columns = 100) {
  return draw_text(test::picture_of(workflow), columns, false).text;
}

TEST(TextTree, IndentsBranchesOnly) {
  WorkflowBuilder file;
  file.node("a", "start").node("b", "loop").node("c", "body").node("d", "after").node("e", "last");
  file.exec("a", "b").exec("b.each", "c").exec("b.done", "d").exec("d", "e").data("a.out", "e.x");
  EXPECT_EQ(tree_of(file.workflow()),
            "w: 5 nodes, 5 wires\n"
            "start 00000000\n"
            "\xE2\x86\x93 loop 00000000\n"
            "\xE2\x94\x9C\xE2\x94\x80 each: body 00000000\n"
            "\xE2\x94\x94\xE2\x94\x80 done: after 00000000\n"
            "   \xE2\x86\x93 last 00000000  \xE2\x86\x90 start.out\n");
}

TEST(TextTree, EndsAtWhatStandsAboveAlready) {
  WorkflowBuilder file;
  file.node("a", "one").node("b", "two").data("a.out", "b.x").data("b.out", "a.x");
  EXPECT_THAT(tree_of(file.workflow()), HasSubstr("one 00000000 (above)"));
}

TEST(TextTree, CallsNodesByNamesThatOnlyTheyHave) {
  WorkflowBuilder file;
  file.node("a", "render", {{"__name__", "render"}}).node("b", "twin", {{"__name__", "twin"}});
  file.node("c", "twin", {{"__name__", "twin"}}).node("d", "x");
  EXPECT_EQ(tree_of(file.workflow()),
            "w: 4 nodes, 0 wires\nrender\ntwin 00000000\ntwin 00000000\nx 00000000\n");
}

TEST(TextTree, FitsTheTerminal) {
  WorkflowBuilder file;
  for (int i = 0; i < 1000; ++i) file.node("n" + std::to_string(i), "a node with a name");
  for (int i = 1; i < 1000; ++i) {
    file.exec("n" + std::to_string((i - 1) / 2) + (i % 2 == 0 ? ".left" : ".right"), "n" + std::to_string(i));
  }
  const std::string tree = tree_of(file.workflow(), 40);
  for (std::size_t start = 0; start < tree.size();) {
    const std::size_t end = tree.find('\n', start);
    std::size_t columns = 0;
    for (std::size_t i = start; i < end; ++i)
      columns += (static_cast<unsigned char>(tree[i]) & 0xC0U) != 0x80 ? 1 : 0;
    ASSERT_LE(columns, 40U) << tree.substr(start, end - start);
    start = end + 1;
  }
}

TEST(TextTree, OfALongChainStaysAtTheLeft) {
  WorkflowBuilder file;
  file.node("n0", "x");
  for (int i = 1; i < 20'000; ++i) {
    file.node("n" + std::to_string(i), "x").exec("n" + std::to_string(i - 1), "n" + std::to_string(i));
  }
  EXPECT_LT(tree_of(file.workflow()).size(), 20'000U * 20);
}

TEST(TextTree, IsHarmlessForTerminals) {
  const Workflow workflow = test::hostile_workflow();
  const RunOutcomes run = test::hostile_run(workflow);
  const std::string tree = draw_text(test::picture_of(workflow, &run, test::kHostile), 400, false).text;
  for (const char* bad : {"\x1B", "\xE2\x80\xAE", "\xFF"}) EXPECT_THAT(tree, Not(HasSubstr(bad)));
}

}  // namespace
}  // namespace vnode
