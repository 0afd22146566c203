#include "yaml/yaml_tree.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

/// Short for what a tree holds: plain scalars as they are, quoted ones in quotes, nulls as <text>.
std::string shown(const YamlTree& tree, YamlIndex index) {
  const YamlNode& node = tree[index];
  if (node.kind == YamlNode::Kind::kNull) return "<" + std::string(tree.text(index)) + ">";
  if (node.kind == YamlNode::Kind::kPlain) return std::string(tree.text(index));
  if (node.kind == YamlNode::Kind::kQuoted) return "'" + std::string(tree.text(index)) + "'";
  std::string text = node.is_list() ? "[" : "{";
  for (const YamlIndex item : tree.items(index)) text += (text.size() == 1 ? "" : " ") + shown(tree, item);
  return text + (node.is_list() ? "]" : "}");
}

std::string read(const std::string& text) {
  Problems problems;
  const YamlSource source("f.yaml", text);
  const std::optional<YamlTree> tree = YamlTree::parse(source, problems);
  return tree ? shown(*tree, tree->root()) : problems.front().code;
}

TEST(YamlTree, KeepsScalarsAsTheyAreWritten) {
  EXPECT_EQ(read("{a: 010, b: '010', c: no, d: \"x\\ty\"}"), "{a 010 b '010' c no d 'x\ty'}");
  EXPECT_EQ(read("a: |\n  x\n  y\nb: >-\n  x\n  y\n"), "{a 'x\ny\n' b 'x y'}");
}

TEST(YamlTree, TellsNullsThatAreWrittenFromThoseThatAreLeftOut) {
  EXPECT_EQ(read("a: ~\nb: null\nc:\nd: Null\n"), "{a <~> b <null> c <> d <Null>}");
  EXPECT_EQ(read("a:\nnull: 1\n"), "{a <> <null> 1}");
  EXPECT_EQ(read("[~, , null]").substr(0, 4), "[<~>");
  EXPECT_EQ(read("a:\n~: x\n"), "{a <> <~> x}");
}

TEST(YamlTree, PlacesAreBytesOfTheText) {
  Problems problems;
  const YamlSource source("f.yaml", "\xC3\xA4: 1\r\nb:\r\n  - \"\xF0\x9F\x8E\xAC\"\r\n  - last\r\n");
  const std::optional<YamlTree> tree = YamlTree::parse(source, problems);
  ASSERT_TRUE(tree);
  const YamlIndex list = tree->find(tree->root(), "b");
  const SourcePlace last = source.place_of((*tree)[tree->items(list)[1]].at);
  EXPECT_EQ(last.line, 4u);
  EXPECT_EQ(last.column, 5u);
  EXPECT_EQ(last.text, "  - last");
}

TEST(YamlTree, AnAliasIsItsAnchorOnceMore) {
  EXPECT_EQ(read("a: &x [1, {b: 2}]\nc: *x\n"), "{a [1 {b 2}] c [1 {b 2}]}");
  EXPECT_EQ(read("a: &x 1\nb: &x 2\nc: *x\n"), "{a 1 b 2 c 2}") << "the last one counts";
}

TEST(YamlTree, IsOneDocument) {
  EXPECT_EQ(read("---\na: 1\n...\n"), "{a 1}");
  EXPECT_EQ(read("--- 1\n--- 2\n"), "several_documents");
  EXPECT_EQ(read(""), "empty_document");
}

TEST(YamlTree, TabsMayStandInsideOfBrackets) {
  EXPECT_EQ(read("a: [1,\n\t2]\n"), "{a [1 2]}");
  EXPECT_EQ(read("a:\tb\n"), "{a b}");
}

}  // namespace
}  // namespace vnode
