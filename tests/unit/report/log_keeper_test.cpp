#include "report/log_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(LogKeeper, KeepsAllOfAFewLines) {
  LogKeeper logs(1000);
  logs.add("a");
  logs.add("b");
  EXPECT_EQ(logs.text(), "a\nb\n");
}

TEST(LogKeeper, KeepsBeginningAndEndOfMany) {
  LogKeeper logs(1000);
  for (int i = 0; i < 100'000; ++i) logs.add("line " + std::to_string(i));
  const std::string text = logs.text();
  EXPECT_LT(text.size(), 1100U);
  EXPECT_THAT(text, StartsWith("line 0\n"));
  EXPECT_THAT(text, EndsWith("line 99999\n"));
  EXPECT_THAT(text, HasSubstr(" lines left out ..."));
}

}  // namespace
}  // namespace vnode
