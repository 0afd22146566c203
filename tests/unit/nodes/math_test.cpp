#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"

namespace vnode::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The text of the result of a node with inputs `a` and `b`.
std::string result_of(const char* node_id, Value a, Value b) {
  FakeNode node(add_math_nodes, node_id);
  node.set("a", a).set("b", b).run();
  return node.failure ? "failed" : to_repr(node.live("result"));
}

TEST(MathNodes, PushTheResultThenContinueThenReturnIt) {
  FakeNode node(add_math_nodes, "math_add");
  node.set("a", 2).set("b", 3).run();
  EXPECT_THAT(node.trace, ElementsAre("result = 5.0", "exec_out = True"));
  EXPECT_THAT(node.returned, ElementsAre("result = 5.0"));
  EXPECT_THAT(node.logs, IsEmpty());
}

TEST(MathNodes, DefaultsAreIntegersAndResultsFloats) {
  FakeNode node(add_math_nodes, "math_multiply");
  EXPECT_EQ(to_repr(node.live("a")), "1");
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("result = 1.0"));
}

TEST(MathNodes, ConvertTheirOperandsAsPythonDoes) {
  EXPECT_EQ(result_of("math_add", " 1_0 ", true), "11.0");
  EXPECT_EQ(result_of("math_add", nullptr, "inf"), "inf");
  EXPECT_EQ(result_of("math_subtract", 1, "0.5"), "0.5");
  EXPECT_EQ(result_of("math_multiply", nullptr, nullptr), "0.0");
  EXPECT_EQ(result_of("math_divide", 1, 4), "0.25");
}

TEST(MathNodes, GiveNoneAndAWarningForWhatIsNoNumber) {
  for (const Value& bad : {Value("abc"), Value(""), Value::empty_list(), Value(Dict())}) {
    FakeNode node(add_math_nodes, "math_add");
    node.set("a", 1).set("b", bad).run();
    EXPECT_THAT(node.trace, ElementsAre("result = None", "exec_out = True"));
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  }
}

TEST(MathNodes, GiveNoneAndAWarningForDivisionByZero) {
  for (const char* node_id : {"math_divide", "math_modulo"}) {
    for (const Value& zero : {Value(0), Value(-0.0), Value(false), Value()}) {
      FakeNode node(add_math_nodes, node_id);
      node.set("a", 1).set("b", zero).run();
      EXPECT_THAT(node.trace, ElementsAre("result = None", "exec_out = True"));
      EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
    }
  }
}

TEST(MathNodes, ModuloHasTheSignOfTheDivisor) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(result_of("math_modulo", -7, 3), "2.0");
  EXPECT_EQ(result_of("math_modulo", 7, -3), "-2.0");
  EXPECT_EQ(result_of("math_modulo", 0, -3), "-0.0");
  EXPECT_EQ(result_of("math_modulo", infinity, 3), "nan");
  EXPECT_EQ(result_of("math_modulo", 5, infinity), "5.0");
  EXPECT_EQ(result_of("math_modulo", -5, infinity), "inf");
}

TEST(AddIntegers, AddsWhatPythonsIntTakes) {
  EXPECT_EQ(result_of("add_integers", 2.9, true), "3");
  EXPECT_EQ(result_of("add_integers", nullptr, " 7 "), "7");
  FakeNode node(add_math_nodes, "add_integers");
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("result = 0", "exec_out = True"));
}

TEST(AddIntegers, FailsOnWhatIsNoInteger) {
  for (const Value& bad : {Value("3.5"), Value(""), Value("0x1"), Value::empty_list(), Value(std::nan(""))}) {
    FakeNode node(add_math_nodes, "add_integers");
    node.set("a", bad).run();
    EXPECT_TRUE(node.failure.has_value());
    EXPECT_THAT(node.trace, IsEmpty());
  }
}

TEST(AddIntegers, FailsBeyond64Bits) {
  FakeNode node(add_math_nodes, "add_integers");
  node.set("a", std::numeric_limits<std::int64_t>::max()).set("b", 1).run();
  EXPECT_THAT(node.failure.value_or(""), HasSubstr("overflow"));
  node.set("a", Value::big_int("100000000000000000000")).run();
  EXPECT_TRUE(node.failure.has_value());
}

TEST(RandomFloat, IsZeroWithUntouchedBounds) {
  FakeNode node(add_math_nodes, "example_random_float");
  node.run();
  EXPECT_THAT(node.trace, ElementsAre("value = 0.0", "exec_out = True"));
}

TEST(RandomFloat, LiesBetweenItsBoundsAndFollowsTheSeed) {
  FakeNode first(add_math_nodes, "example_random_float");
  FakeNode second(add_math_nodes, "example_random_float");
  for (int i = 0; i < 100; ++i) {
    first.set("min", -1).set("max", "2.5").run();
    second.set("min", -1).set("max", "2.5").run();
    EXPECT_EQ(first.returned, second.returned);
    EXPECT_GE(first.live("value").as_float(), -1.0);
    EXPECT_LT(first.live("value").as_float(), 2.5);
  }
}

TEST(RandomFloat, TakesNoneAsZeroAndOneAndFailsOnWords) {
  FakeNode node(add_math_nodes, "example_random_float");
  node.set("min", nullptr).set("max", nullptr).run();
  EXPECT_GT(node.live("value").as_float(), 0.0);
  EXPECT_LT(node.live("value").as_float(), 1.0);
  node.set("max", "many").run();
  EXPECT_TRUE(node.failure.has_value());
}

}  // namespace
}  // namespace vnode::test
