#include "registry/definition_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "severity code pointer" of each.
std::vector<std::string> review(const std::string& members) {
  const Result<Value> document =
      parse_json(R"({"node_id": "a", "name": "A", "python_code": "x")" + members + "}");
  EXPECT_TRUE(document.ok());
  std::vector<std::string> lines;
  for (const Problem& problem : review_definition(*document)) {
    lines.push_back(std::string(severity_name(problem.severity)) + " " + problem.code + " " +
                    problem.pointer);
  }
  return lines;
}

TEST(DefinitionReview, WhatIsMeantIsFine) {
  EXPECT_THAT(
      review(R"(, "category": "C", "limits": {}, "author": "me", "inputs": [{"name": "a", "type": "path"}],
                       "outputs": [{"name": "a"}, {"name": "exec_out", "type": "exec"}])"),
      IsEmpty());
  EXPECT_THAT(review(R"(, "inputs": 5, "outputs": [1, {"type": "x"}])"), IsEmpty()) << "which does not load";
}

TEST(DefinitionReview, LimitsThatWouldBeRefusedAreErrors) {
  EXPECT_THAT(review(R"(, "limits": {"memory": "1G", "retries": "many"})"),
              ElementsAre("error bad_limit /limits/memory", "error bad_limit /limits/retries"));
  EXPECT_THAT(review(R"(, "limits": {"retries": 2, "backoff": "1s", "timeout": "5s"})"), IsEmpty());
}

TEST(DefinitionReview, PortsThatAreDeclaredTwiceAreWarnings) {
  EXPECT_THAT(
      review(
          R"(, "inputs": [{"name": "a"}, {"name": "b"}, {"name": "a"}], "outputs": [{"name": "b"}, {"name": "b"}])"),
      ElementsAre("warning repeated_port /inputs/2/name", "warning repeated_port /outputs/1/name"));
}

TEST(DefinitionReview, UnknownTypesAndKeysAreWarningsWithWhatWasMeant) {
  EXPECT_THAT(review(R"(, "inputs": [{"name": "a", "type": "strng"}], "categroy": "C", "a/b": 1)"),
              ElementsAre("warning unknown_port_type /inputs/0/type", "warning unknown_key /categroy",
                          "warning unknown_key /a~1b"));
  const Problems problems = review_definition(*parse_json(R"({"categroy": "C"})"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].hint, "did you mean 'category'?");
}

}  // namespace
}  // namespace vnode::test
