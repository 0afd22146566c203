#include "base/error.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace vnode {
namespace {

TEST(ErrorTest, DescribesThePlaceBeforeTheMessage) {
  EXPECT_EQ(describe({ErrorCode::kIo, "broken"}), "broken");
  EXPECT_EQ(describe({ErrorCode::kIo, "broken", {.file = "a.json"}}), "a.json: broken");
  EXPECT_EQ(describe({ErrorCode::kIo, "broken", {.pointer = "/nodes/0"}}), "/nodes/0: broken");
  EXPECT_EQ(
      describe({ErrorCode::kIo, "broken", {.file = "a.json", .pointer = "/nodes/0", .node = "add (1)"}}),
      "a.json#/nodes/0: add (1): broken");
}

TEST(ErrorTest, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(ErrorCode::kInternal);
  for (int code = 0; code <= last; ++code) names.insert(code_name(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
}

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> good = 5;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 5);
  EXPECT_THROW((void)good.error(), std::bad_variant_access);

  const Result<int> bad = Error{ErrorCode::kNotFound, "gone"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kNotFound);
  EXPECT_THROW((void)bad.value(), std::bad_variant_access);
}

TEST(ResultTest, GivesAwayWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(ResultTest, OfVoidIsSuccessOrAnError) {
  EXPECT_TRUE(Result<void>().ok());
  const Result<void> bad = Error{ErrorCode::kIo, "full"};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "full");
}

}  // namespace
}  // namespace vnode
