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

TEST(Problem, PointersAreJoinedAndEscaped) {
  EXPECT_EQ(join_pointer("", "nodes"), "/nodes");
  EXPECT_EQ(join_pointer("/nodes", std::size_t{3}), "/nodes/3");
  EXPECT_EQ(join_pointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(join_pointer("/a", ""), "/a/");
}

}  // namespace
}  // namespace vnode
