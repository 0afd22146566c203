#include "journal/cbor_writer.h"

#include <gtest/gtest.h>

#include "base/sha256.h"

namespace vnode {
namespace {

std::string bytes_of(const Value& value) {
  std::string out;
  CborWriter(out).value(value);
  return hex_text(out);
}

// The examples of RFC 8949, appendix A, as far as the subset goes.
TEST(CborWriter, WritesNumbersAsTheStandardDoes) {
  EXPECT_EQ(bytes_of(0), "00");
  EXPECT_EQ(bytes_of(23), "17");
  EXPECT_EQ(bytes_of(24), "1818");
  EXPECT_EQ(bytes_of(1000), "1903e8");
  EXPECT_EQ(bytes_of(1'000'000), "1a000f4240");
  EXPECT_EQ(bytes_of(1'000'000'000'000), "1b000000e8d4a51000");
  EXPECT_EQ(bytes_of(-1), "20");
  EXPECT_EQ(bytes_of(-1000), "3903e7");
  EXPECT_EQ(bytes_of(INT64_MIN), "3b7fffffffffffffff");
  EXPECT_EQ(bytes_of(1.1), "fb3ff199999999999a");
}

TEST(CborWriter, WritesTextsAndContainersAsTheStandardDoes) {
  EXPECT_EQ(bytes_of("IETF"), "6449455446");
  EXPECT_EQ(bytes_of(Value()), "f6");
  EXPECT_EQ(bytes_of(Value::list({true, false})), "82f5f4");
  EXPECT_EQ(bytes_of(Value(Dict{{"a", 1}, {"b", Value::list({2, 3})}})), "a26161016162820203");
}

TEST(CborWriter, TellsTypesApart) {
  EXPECT_NE(bytes_of(1), bytes_of(1.0));
  EXPECT_NE(bytes_of(1), bytes_of(true));
  EXPECT_NE(bytes_of(Value::big_int("9223372036854775808")), bytes_of("9223372036854775808"));
}

}  // namespace
}  // namespace vnode
