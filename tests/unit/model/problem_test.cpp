#include "model/problem.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(Problem, OnlyErrorsCountAsErrors) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{.severity = Severity::kWarning, .code = "a", .pointer = "", .message = ""}}));
  EXPECT_TRUE(has_errors({{.severity = Severity::kWarning, .code = "a", .pointer = "", .message = ""},
                          {.severity = Severity::kError, .code = "b", .pointer = "", .message = ""}}));
}

TEST(Problem, SeveritiesHaveNames) {
  for (const Severity severity : {Severity::kNote, Severity::kWarning, Severity::kError})
    EXPECT_EQ(parse_severity(severity_name(severity)), severity);
  EXPECT_EQ(parse_severity("of a later version"), Severity::kError);
}

TEST(Problem, AreCountedBySeverity) {
  const Problems problems = {
      {.severity = Severity::kNote}, {.severity = Severity::kError}, {.severity = Severity::kNote}};
  EXPECT_EQ(count_problems(problems, Severity::kNote), 2u);
  EXPECT_EQ(count_problems(problems, Severity::kWarning), 0u);
  EXPECT_FALSE(has_errors({{.severity = Severity::kNote}}));
}

TEST(Problem, PointersAreJoinedAndEscaped) {
  EXPECT_EQ(join_pointer("", "nodes"), "/nodes");
  EXPECT_EQ(join_pointer("/nodes", std::size_t{3}), "/nodes/3");
  EXPECT_EQ(join_pointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(join_pointer("/a", ""), "/a/");
}

}  // namespace
}  // namespace vnode
