#include "validate/problem_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(ProblemList, FillsInSeverityAndCode) {
  ProblemList list;
  list.warn("odd", [] { return Problem{.message = "hm"}; });
  list.error("bad", [] { return Problem{.message = "no"}; });
  const Problems problems = list.take();
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(problems[0].severity, Severity::kWarning);
  EXPECT_EQ(problems[0].code, "odd");
  EXPECT_EQ(problems[1].severity, Severity::kError);
  EXPECT_EQ(problems[1].message, "no");
}

TEST(ProblemList, SumsUpWhatIsTooMuch) {
  ProblemList list;
  std::size_t made = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    list.warn("odd", [&made] {
      ++made;
      return Problem{};
    });
  }
  list.warn("other", [] { return Problem{}; });
  const Problems problems = list.take();
  EXPECT_EQ(made, ProblemList::kMaxWarnings);
  ASSERT_THAT(problems, SizeIs(ProblemList::kMaxWarnings + 2));
  EXPECT_EQ(problems.back().code, "odd");
  EXPECT_EQ(problems.back().message, "and 999900 more of this kind");
}

TEST(ProblemList, KeepsMoreErrors) {
  ProblemList list;
  for (std::size_t i = 0; i < ProblemList::kMaxErrors + 1; ++i) list.error("bad", [] { return Problem{}; });
  const Problems problems = list.take();
  ASSERT_THAT(problems, SizeIs(ProblemList::kMaxErrors + 1));
  EXPECT_EQ(problems.back().severity, Severity::kError);
  EXPECT_EQ(problems.back().message, "and 1 more of this kind");
}

TEST(ProblemList, TellsIdleValuesInOneNote) {
  ProblemList list, inner;
  list.idle_values().of_outputs = 2;
  inner.idle_values() = {.of_wired_inputs = 1, .of_outputs = 3};
  list.take_idle_values(inner);
  const Problems problems = list.take();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].severity, Severity::kNote);
  EXPECT_EQ(problems[0].message,
            "saved values that no run uses, as editors leave them: 1 of wired inputs, 5 of outputs");
  EXPECT_THAT(inner.take(), IsEmpty());
}

TEST(ProblemList, IsEmptyAtFirst) { EXPECT_THAT(ProblemList().take(), IsEmpty()); }

}  // namespace
}  // namespace vnode
