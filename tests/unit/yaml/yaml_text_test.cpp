#include "yaml/yaml_text.h"

#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "yaml/core_schema.h"

namespace vnode {
namespace {

std::string written(const Value& value) {
  std::string text = "k:";
  append_yaml_value(text, value, 0);
  return text;
}

Value read_back(const std::string& text) {
  Problems problems;
  const YamlSource source("f", text);
  const std::optional<YamlTree> tree = YamlTree::parse(source, problems);
  EXPECT_TRUE(tree) << text << problems.front().message;
  return tree ? core_value(*tree, tree->find(tree->root(), "k"), [](YamlFault) {}) : Value::unset();
}

TEST(YamlText, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(written("hello world"), "k: hello world\n");
  EXPECT_EQ(written("/mnt/x_1.exr"), "k: /mnt/x_1.exr\n");
  EXPECT_EQ(written("010"), "k: \"010\"\n");
  EXPECT_EQ(written("a: b"), "k: \"a: b\"\n");
  EXPECT_EQ(written(""), "k: \"\"\n");
  EXPECT_EQ(written("no"), "k: no\n");
}

TEST(YamlText, ShortOnesStandOnOneLine) {
  EXPECT_EQ(written(Value(Dict{{"a", Value::list({1, "b"})}, {"c", Value()}})), "k: {a: [1, b], c: null}\n");
  EXPECT_EQ(written(Value::list({Value(std::string(200, 'x'))})),
            "k:\n  - \"" + std::string(200, 'x') + "\"\n");
}

TEST(YamlText, ReadsBackTheSame) {
  const std::vector<Value> values = {
      "x\ny",
      "x\n",
      "x\n\n\n",
      "\n",
      " x\ny",
      "x\n\n  y \n",
      "\r\n",
      "\x01\x7F\xC2\x85\xE2\x80\xA8\xEF\xBB\xBF",
      std::string_view("\0", 1),
      "\xF0\x9F\x8E\xAC",
      Value(1e16),
      Value(-0.0),
      Value(1e-7),
      Value::big_int("-123456789012345678901234567890"),
      Value(1.0 / 0.0),
      Value::list({Value::list({Value::list({Value("x\ny")})}), Value(std::string(150, 'x'))}),
      Value(
          Dict{{"<<", 1}, {"a b", Value::empty_list()}, {"\n", Value(Dict())}, {"", std::string(150, 'y')}})};
  for (const Value& value : values) {
    EXPECT_TRUE(same(read_back(written(value)), value)) << written(value);
    EXPECT_TRUE(same(read_back(written(Value::list({value, value}))), Value::list({value, value})))
        << written(value);
  }
}

TEST(YamlText, KnowsWhatYamlCannotSay) {
  Value deep = Value::empty_list();
  for (int i = 0; i < 100; ++i) deep = Value::list({deep});
  EXPECT_FALSE(is_yaml_value(deep));
  EXPECT_FALSE(is_yaml_value(Value(Dict{{std::string(2000, 'k'), 1}})));
  EXPECT_TRUE(is_yaml_value(Value(std::string(1 << 20, 'x'))));
}

}  // namespace
}  // namespace vnode
