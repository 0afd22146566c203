#include "model/parameter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Parameter declare(const std::string& declaration, Problems* problems = nullptr) {
  Problems found;
  Parameter parameter = read_parameter("p", *parse_json(declaration), "/metadata/parameters/p", found);
  if (problems) {
    *problems = found;
  } else {
    EXPECT_THAT(found, SizeIs(0)) << declaration << ": " << (found.empty() ? "" : found.front().message);
  }
  return parameter;
}

/// The message of the only problem.
std::string mistake(const std::string& declaration) {
  Problems problems;
  declare(declaration, &problems);
  EXPECT_THAT(problems, SizeIs(1)) << declaration;
  return problems.empty() ? "" : problems.front().message;
}

std::string parsed(const std::string& declaration, const std::string& text) {
  const Result<Value> value = parse_parameter_value(declare(declaration), text);
  return value ? to_repr(*value) : "refused: " + value.error().message;
}

std::string checked(const std::string& declaration, const Value& value) {
  const Result<Value> result = check_parameter(declare(declaration), value);
  return result ? to_repr(*result) : "refused: " + result.error().message;
}

TEST(Parameter, NamesAreThoseOfVariables) {
  for (const char* name : {"a", "_", "frame_2", "A1"}) EXPECT_TRUE(is_parameter_name(name)) << name;
  for (const char* name : {"", "1a", "a.b", "a-b", "ä", "a b"}) EXPECT_FALSE(is_parameter_name(name)) << name;
}

TEST(Parameter, IsATextWithoutAType) {
  const Parameter parameter = declare("{}");
  EXPECT_EQ(parameter.type, ParameterType::kText);
  EXPECT_TRUE(parameter.must_be_given());
  EXPECT_FALSE(declare(R"({"default": ""})").must_be_given());
  EXPECT_TRUE(declare(R"({"default": "x", "required": true})").must_be_given());
  EXPECT_FALSE(declare(R"({"required": false})").must_be_given());
}

TEST(Parameter, MistakesInItsDeclarationAreToldWithTheirPlace) {
  Problems problems;
  declare(R"({"type": "int", "minimum": "low", "defaut": 1, "required": 1})", &problems);
  ASSERT_THAT(problems, SizeIs(3));
  for (const Problem& problem : problems) EXPECT_EQ(problem.code, "bad_parameter");
  EXPECT_EQ(problems[1].pointer, "/metadata/parameters/p/minimum");
  EXPECT_THAT(mistake(R"({"type": "number"})"), HasSubstr("the types are 'text', 'int'"));
  EXPECT_THAT(mistake(R"({"type": "txt"})"), HasSubstr("did you mean 'text'?"));
  EXPECT_THAT(mistake(R"({"defalt": "x"})"), HasSubstr("did you mean 'default'?"));
  EXPECT_THAT(mistake(R"({"type": "int", "default": "x"})"), HasSubstr("must be a whole number"));
  EXPECT_THAT(mistake(R"({"type": "int", "default": 5, "maximum": 4})"), HasSubstr("at most 4"));
  EXPECT_THAT(mistake(R"({"type": "int", "minimum": 5, "maximum": 4})"), HasSubstr("less than 'minimum'"));
  EXPECT_THAT(mistake(R"({"minimum": 5})"), HasSubstr("for the types 'int' and 'float'"));
  EXPECT_THAT(mistake(R"({"options": ["a"]})"), HasSubstr("for the type 'choice'"));
  EXPECT_THAT(mistake(R"({"type": "choice"})"), HasSubstr("needs 'options'"));
  EXPECT_THAT(mistake(R"({"type": "choice", "options": ["a", "b"], "default": "c"})"),
              HasSubstr("one of 'a', 'b'"));
  EXPECT_THAT(mistake("3"), HasSubstr("must be an object"));
}

TEST(Parameter, TextsOfACommandLineBecomeTheirType) {
  EXPECT_EQ(parsed("{}", "[1, 2"), "'[1, 2'");
  EXPECT_EQ(parsed("{}", ""), "''");
  EXPECT_EQ(parsed(R"({"type": "path"})", "/a b"), "'/a b'");
  EXPECT_EQ(parsed(R"({"type": "int"})", "-12"), "-12");
  EXPECT_EQ(parsed(R"({"type": "int"})", "123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(parsed(R"({"type": "float"})", "2"), "2.0");
  EXPECT_EQ(parsed(R"({"type": "bool"})", "Yes"), "True");
  EXPECT_EQ(parsed(R"({"type": "bool"})", "off"), "False");
  EXPECT_EQ(parsed(R"({"type": "list"})", R"(["a", 1])"), "['a', 1]");
  EXPECT_EQ(parsed(R"({"type": "choice", "options": ["low", 2]})", "2"), "2");
  EXPECT_EQ(parsed(R"({"type": "choice", "options": ["low", 2]})", "low"), "'low'");
}

TEST(Parameter, TextsThatAreNoneOfItsTypeAreRefused) {
  EXPECT_THAT(parsed(R"({"type": "int"})", "ten"), HasSubstr("must be a whole number, not 'ten'"));
  EXPECT_THAT(parsed(R"({"type": "int"})", "1.5"), HasSubstr("must be a whole number"));
  EXPECT_THAT(parsed(R"({"type": "int"})", "true"), HasSubstr("must be a whole number"));
  EXPECT_THAT(parsed(R"({"type": "int"})", ""), HasSubstr("must be a whole number"));
  EXPECT_THAT(parsed(R"({"type": "float"})", "\"1\""), HasSubstr("must be a number"));
  EXPECT_THAT(parsed(R"({"type": "bool"})", "maybe"), HasSubstr("true or false"));
  EXPECT_THAT(parsed(R"({"type": "list"})", "a,b"), HasSubstr("written as JSON"));
  EXPECT_THAT(parsed(R"({"type": "choice", "options": ["preview", "final"]})", "finl"),
              HasSubstr("did you mean 'final'?"));
}

TEST(Parameter, RangesCount) {
  const std::string frames = R"({"type": "int", "minimum": 1, "maximum": 100})";
  EXPECT_EQ(parsed(frames, "1"), "1");
  EXPECT_EQ(parsed(frames, "100"), "100");
  EXPECT_THAT(parsed(frames, "0"), HasSubstr("at least 1, not 0"));
  EXPECT_THAT(parsed(frames, "101"), HasSubstr("at most 100, not 101"));
  EXPECT_THAT(parsed(frames, "99999999999999999999"), HasSubstr("at most 100"));
  EXPECT_THAT(parsed(R"({"type": "float", "minimum": 0})", "-0.5"), HasSubstr("at least 0"));
  EXPECT_THAT(parsed(R"({"type": "float", "minimum": 0})", "NaN"), HasSubstr("not NaN"));
}

TEST(Parameter, ValuesMustHaveTheirType) {
  EXPECT_EQ(checked("{}", Value("x")), "'x'");
  EXPECT_THAT(checked("{}", Value(5)), HasSubstr("must be a text, not the number 5"));
  EXPECT_THAT(checked("{}", Value()), HasSubstr("not null"));
  EXPECT_EQ(checked(R"({"type": "float"})", Value(1)), "1.0");
  EXPECT_THAT(checked(R"({"type": "int"})", Value(1.0)), HasSubstr("whole number"));
  EXPECT_THAT(checked(R"({"type": "bool"})", Value(1)), HasSubstr("true or false"));
  EXPECT_THAT(checked(R"({"type": "choice", "options": [1]})", Value(1.0)), HasSubstr("one of"));
}

TEST(Parameter, SomethingStandsInForWhatNobodyHasSaid) {
  EXPECT_EQ(to_repr(stand_in_for(declare(R"({"type": "int", "minimum": 3})"))), "3");
  EXPECT_EQ(to_repr(stand_in_for(declare(R"({"type": "choice", "options": ["a"]})"))), "'a'");
  EXPECT_EQ(to_repr(stand_in_for(declare(R"({"default": "d"})"))), "'d'");
  EXPECT_EQ(to_repr(stand_in_for(declare(R"({"type": "list"})"))), "[]");
}

}  // namespace
}  // namespace vnode
