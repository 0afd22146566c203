#include "model/value_mask.h"

#include <gtest/gtest.h>

#include "model/foreign_object.h"
#include "model/json_writer.h"
#include "model/value_ops.h"

namespace vnode::test {
namespace {

struct ValueMaskTest : testing::Test {
  ValueMaskTest() { secrets.add("hunter2"); }
  std::string shown(const Value& value) { return to_repr(mask.apply(value)); }

  SecretMask secrets;
  ValueMask mask{secrets};
};

TEST_F(ValueMaskTest, LooksIntoListsDictionariesAndTheirKeys) {
  const Value inner(Dict{{"hunter2", Value("a hunter2")}, {"b", Value(1)}});
  EXPECT_EQ(shown(Value::list({Value("x"), inner, Value()})), "['x', {'***': 'a ***', 'b': 1}, None]");
}

TEST_F(ValueMaskTest, GivesBackWhatHasNoneAsItIs) {
  const Value list = Value::list({Value("x"), Value(1.5), Value(Dict{{"a", Value("b")}})});
  EXPECT_TRUE(mask.apply(list).is_same_object(list));
}

TEST_F(ValueMaskTest, KnowsNumbers) {
  EXPECT_EQ(shown(Value(12345678)), "12345678");
  secrets.add("12345678");
  EXPECT_EQ(shown(Value(12345678)), "'***'");
  EXPECT_EQ(shown(Value(1234567)), "1234567");
  EXPECT_EQ(shown(Value::big_int("99123456789999999999999")), "'99***9999999999999'");
}

TEST_F(ValueMaskTest, KnowsWhatObjectsShow) {
  const auto object = std::make_shared<const ForeignObject>("Odd", "<Odd hunter2>", "hunter2", true);
  const Value masked = mask.apply(Value::list({Value::object(object)}));
  EXPECT_EQ(masked.as_list()[0].as_object().repr(), "<Odd ***>");
  EXPECT_EQ(masked.as_list()[0].as_object().text(), "***");
}

TEST_F(ValueMaskTest, TakesValuesOfAnyDepth) {
  Value value("hunter2");
  for (int i = 0; i < 100'000; ++i) value = i % 2 == 0 ? Value::list({value}) : Value(Dict{{"a", value}});
  Value masked = mask.apply(value);
  while (!masked.is_text()) {
    const Value inner = masked.is_list() ? masked.as_list()[0] : masked.as_entries()[0].value;
    masked = inner;
  }
  EXPECT_EQ(masked.as_text(), "***");
}

TEST_F(ValueMaskTest, ListsThatGrowCostOneStepAnItem) {
  Value list = Value::empty_list();
  for (int i = 0; i < 100'000; ++i) {  // ten thousand million steps otherwise
    list = Value::appended(list, Value(i % 1000 == 999 ? "hunter2" : "plain"));
    const Value masked = mask.apply(list);
    ASSERT_EQ(masked.as_list().size(), list.as_list().size());
  }
  const Value masked = mask.apply(list);
  EXPECT_EQ(masked.as_list()[998].as_text(), "plain");
  EXPECT_EQ(masked.as_list()[999].as_text(), "***");
  EXPECT_EQ(masked.as_list()[99'999].as_text(), "***");
}

TEST_F(ValueMaskTest, ASecretThatIsLearntLaterIsInListsThatWereSeenBefore) {
  const Value list = Value::list({Value("opensesame")});
  EXPECT_EQ(shown(list), "['opensesame']");
  secrets.add("opensesame");
  EXPECT_EQ(shown(list), "['***']");
}

TEST(MaskProblem, ReplacesAllThatIsRead) {
  SecretMask mask;
  mask.add("hunter2");
  Problem problem{.pointer = "/hunter2",
                  .message = "hunter2",
                  .hint = "hunter2",
                  .node = "hunter2",
                  .traceback = "hunter2"};
  mask_problem(mask, problem);
  EXPECT_EQ(problem.pointer + problem.message + problem.hint + problem.node + problem.traceback,
            "/***************");
}

}  // namespace
}  // namespace vnode::test
