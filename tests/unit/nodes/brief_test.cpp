#include "nodes/brief.h"

#include <gtest/gtest.h>

#include "model/foreign_object.h"

namespace vnode::test {
namespace {

TEST(Brief, ShowsSmallValuesWhole) {
  EXPECT_EQ(brief("a'b"), "a'b");
  EXPECT_EQ(brief(nullptr), "None");
  EXPECT_EQ(brief(Value::list({1, 2.0, "x", Value::empty_list(), Dict{{"k", true}}})),
            "[1, 2.0, 'x', [], {'k': True}]");
}

TEST(Brief, CutsBetweenCharacters) {
  const std::string text = "x" + std::string(150, '.') + std::string(48, '.') + "\xC3\xA9" + "\xC3\xA9";
  EXPECT_EQ(brief(text), text.substr(0, 199) + "...");
}

TEST(Brief, CutsWideAndDeepValues) {
  const std::string wide = brief(Value::list(std::vector<Value>(1'000'000, Value(12))));
  EXPECT_LT(wide.size(), 220u);
  EXPECT_TRUE(wide.starts_with("[12, 12, "));
  EXPECT_TRUE(wide.ends_with("..."));

  Value deep = 1;
  for (int i = 0; i < 100'000; ++i) deep = Value::list({deep});
  EXPECT_LT(brief(deep).size(), 220u);
}

TEST(Brief, ShowsForeignObjectsAsPythonDoes) {
  const Value object =
      Value::object(std::make_shared<ForeignObject>("Frame", std::string(1000, 'r'), "text", true));
  EXPECT_EQ(brief(object), "text");
  EXPECT_EQ(brief(Value::list({object})), "[" + std::string(199, 'r') + "...");
}

}  // namespace
}  // namespace vnode::test
