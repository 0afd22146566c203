#include "yaml/core_schema.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/value_ops.h"

namespace vnode {
namespace {

TEST(CoreSchema, KnowsTheWordsAndNumbersOfYaml12) {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) EXPECT_TRUE(core_scalar(text).is_none()) << text;
  for (const char* text : {"true", "True", "TRUE"}) EXPECT_TRUE(same(core_scalar(text), Value(true))) << text;
  EXPECT_TRUE(same(core_scalar("12"), Value(12)));
  EXPECT_TRUE(same(core_scalar("-0012"), Value(-12)));
  EXPECT_TRUE(same(core_scalar("0o17"), Value(15)));
  EXPECT_TRUE(same(core_scalar("0x1F"), Value(31)));
  EXPECT_TRUE(same(core_scalar("1."), Value(1.0)));
  EXPECT_TRUE(same(core_scalar(".5"), Value(0.5)));
  EXPECT_TRUE(same(core_scalar("+1e3"), Value(1000.0)));
  EXPECT_TRUE(
      same(core_scalar("123456789012345678901234567890"), Value::big_int("123456789012345678901234567890")));
  EXPECT_TRUE(std::isinf(core_scalar("1e400").as_float()));
  EXPECT_TRUE(std::isnan(core_scalar(".nan").as_float()));
}

TEST(CoreSchema, AllElseIsText) {
  for (const char* text :
       {"no", "yes", "on",  "y",   "0o8", "0x",  "-0x1",       "1_000", "1:30",  "1e",   "e1",   ".",
        "-",  "+",   "--1", "1-2", "inf", "nan", "2020-01-01", "0b1",   "1.2.3", "tRue", "0x-1", "0o-1"}) {
    EXPECT_TRUE(same(core_scalar(text), Value(text))) << text;
  }
}

}  // namespace
}  // namespace vnode
