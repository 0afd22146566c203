#include "model/value_objects.h"

#include <gtest/gtest.h>

#include "model/foreign_object.h"

namespace vnode::test {
namespace {

Value object() {
  return Value::object(std::make_shared<const ForeignObject>("Lock", "<lock>", "<lock>", true));
}

TEST(ValueObjects, AreFoundAtAnyDepth) {
  EXPECT_TRUE(has_foreign_object(object()));
  EXPECT_TRUE(has_foreign_object(Value::list({1, Value::list({"a", object()})})));
  EXPECT_TRUE(has_foreign_object(Value(Dict{{"a", Value::list({object()})}})));
}

TEST(ValueObjects, DataHasNone) {
  EXPECT_FALSE(has_foreign_object(Value()));
  EXPECT_FALSE(has_foreign_object(Value::list({1, "a", Value(Dict{{"a", 2.5}})})));
}

}  // namespace
}  // namespace vnode::test
