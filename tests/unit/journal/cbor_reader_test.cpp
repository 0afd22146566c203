#include "journal/cbor_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "journal/cbor_writer.h"
#include "model/foreign_object.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

std::string written(const Value& value) {
  std::string out;
  CborWriter(out).value(value);
  return out;
}

Value random_value(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 9 : 7)) {
    case 0:
      return Value();
    case 1:
      return Value(random() % 2 == 0);
    case 2:
      return Value(static_cast<std::int64_t>((std::uint64_t{random()} << 32 | random()) >> random() % 64));
    case 3:
      return Value(-static_cast<std::int64_t>(random()));
    case 4:
      return Value(static_cast<double>(random()) / 7);
    case 5:
      return Value(std::string(random() % 300, static_cast<char>('a' + random() % 26)));
    case 6:
      return Value::big_int("-" + std::string(20 + random() % 5, '7'));
    case 7: {
      std::vector<Value> items;
      for (std::size_t i = random() % 5; i > 0; --i) items.push_back(random_value(random, depth - 1));
      return Value::list(std::move(items));
    }
    default: {
      Dict dict;
      for (std::size_t i = random() % 5; i > 0; --i) {
        Value key = random_value(random, 0);
        if (is_hashable(key)) dict.set(std::move(key), random_value(random, depth - 1));
      }
      return Value(std::move(dict));
    }
  }
}

TEST(CborReader, GivesBackWhatWasWritten) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    const Value value = random_value(random, 4);
    const Result<Value> again = read_cbor(written(value));
    ASSERT_TRUE(again) << again.error().message << ": " << to_repr(value);
    EXPECT_TRUE(same(*again, value)) << to_repr(value);
  }
}

TEST(CborReader, GivesBackNumbersThatAreNone) {
  for (const double number : {std::numeric_limits<double>::infinity(), -0.0, std::nan("")})
    EXPECT_TRUE(same(*read_cbor(written(number)), Value(number)));
}

TEST(CborReader, IsNotBoundToTheDepthOfTheStack) {
  Value value(1);
  for (int i = 0; i < 200'000; ++i) value = Value::list({value});
  const std::string bytes = written(value);
  const Result<Value> again = read_cbor(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(written(*again), bytes);
}

TEST(CborReader, GivesForeignObjectsAsWhatTheyShow) {
  const Value object =
      Value::object(std::make_shared<const ForeignObject>("Image", "<Image 2x2>", "image", false));
  const Result<Value> again = read_cbor(written(object));
  ASSERT_TRUE(again && again->is_object());
  EXPECT_EQ(again->as_object().type(), "Image");
  EXPECT_EQ(again->as_object().repr(), "<Image 2x2>");
  EXPECT_EQ(again->as_object().text(), "image");
  EXPECT_FALSE(again->as_object().truth());
}

TEST(CborReader, AsksForStoredValues) {
  std::string bytes;
  CborWriter writer(bytes);
  writer.array(2);
  writer.tag(kStoredTag);
  writer.number(7);
  writer.number(1);
  const auto find = [](std::uint64_t number) -> Result<Value> {
    return number == 7 ? Result<Value>(Value("seven")) : Error{ErrorCode::kBadDocument, "unknown"};
  };
  EXPECT_TRUE(same(*read_cbor(bytes, find), Value::list({"seven", 1})));
  EXPECT_FALSE(read_cbor(bytes, [](std::uint64_t) { return Result<Value>(Error{}); }));
  EXPECT_FALSE(read_cbor(bytes));
}

TEST(CborReader, ReadsMapsWhoseSizeShowsAtTheirEnd) {
  std::string bytes;
  CborWriter writer(bytes);
  writer.begin_map();
  writer.text("a");
  writer.begin_map();
  writer.end_map();
  writer.end_map();
  EXPECT_TRUE(same(*read_cbor(bytes), Value(Dict{{"a", Value(Dict())}})));
}

TEST(CborReader, RefusesWhatIsNone) {
  using namespace std::string_literals;
  for (const std::string& bytes :
       {""s, "\x82\x01"s, "\x01\x01"s, "\xff"s, "\xbf\x01\xff"s, "\x9f\xff"s, "\x1c"s,
        "\x63"
        "ab"s,
        "\xa2\x01\x01\x01\x01"s, "\xa1\x80\x01"s, "\xf7"s, "\x1b\xff\xff\xff\xff\xff\xff\xff\xff"s,
        "\x9b\xff\xff\xff\xff\xff\xff\xff\xff"s, "\xbb\x80\x00\x00\x00\x00\x00\x00\x00"s, "\xc1\x01"s}) {
    const Result<Value> value = read_cbor(bytes);
    ASSERT_FALSE(value) << to_repr(*value);
    EXPECT_EQ(value.error().code, ErrorCode::kBadDocument);
  }
}

TEST(CborReader, EndsWithAnyBytes) {
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = written(random_value(random, 3));
    if (bytes.empty()) continue;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 2 == 0) bytes.resize(random() % (bytes.size() + 1));
    const Result<Value> value = read_cbor(bytes);
    if (!value) {
      EXPECT_EQ(value.error().code, ErrorCode::kBadDocument);
    }
  }
}

}  // namespace
}  // namespace vnode
