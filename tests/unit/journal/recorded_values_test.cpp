#include "journal/recorded_values.h"

#include <gtest/gtest.h>

#include "journal/cbor_reader.h"
#include "journal/cbor_writer.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

class RecordedValuesTest : public testing::Test {
 protected:
  RecordedValues make(const Secrets& secrets = {}) {
    return RecordedValues(std::make_shared<const SecretMask>(secrets),
                          [this](std::string_view payload) { records.emplace_back(payload); });
  }
  static Value large(char letter = 'x') { return Value(std::string(RecordedValues::kLarge + 1, letter)); }

  std::vector<std::string> records;
  bool was_masked = false;
};

TEST_F(RecordedValuesTest, SmallOnesStandWhereTheyAre) {
  RecordedValues values = make();
  EXPECT_TRUE(same(*read_cbor(values.encode(Value::list({1, "two"}), was_masked)), Value::list({1, "two"})));
  EXPECT_TRUE(records.empty());
  EXPECT_FALSE(was_masked);
}

TEST_F(RecordedValuesTest, LargeOnesStandOnce) {
  RecordedValues values = make();
  const std::string first = values.encode(large(), was_masked);
  EXPECT_EQ(values.encode(large(), was_masked), first);  // equal, another object
  EXPECT_NE(values.encode(large('y'), was_masked), first);
  ASSERT_EQ(records.size(), 2u);
  const Value record = *read_cbor(records[0]);
  EXPECT_EQ(record.as_dict().find("record")->as_text(), "value");
  EXPECT_EQ(record.as_dict().find("number")->as_int(), 1);
  EXPECT_TRUE(same(*record.as_dict().find("value"), large()));
  const auto find = [](std::uint64_t number) -> Result<Value> { return Value(static_cast<int>(number)); };
  EXPECT_EQ(read_cbor(first, find)->as_int(), 1);
}

TEST_F(RecordedValuesTest, LargeTextsInOthersStandOnce) {
  RecordedValues values = make();
  const Value text = large();
  const std::string list = values.encode(Value::list({text, 1}), was_masked);
  const std::string alone = values.encode(large(), was_masked);
  EXPECT_EQ(records.size(), 1u);
  const auto find = [](std::uint64_t) -> Result<Value> { return large(); };
  EXPECT_TRUE(same(*read_cbor(list, find), Value::list({text, 1})));
  EXPECT_TRUE(same(*read_cbor(alone, find), text));
  EXPECT_EQ(values.digest(Value::list({text, 1}), was_masked),
            values.digest(Value::list({large(), 1}), was_masked));
}

TEST_F(RecordedValuesTest, LargeListsMayHaveLargeTexts) {
  RecordedValues values = make();
  std::vector<Value> items(RecordedValues::kLarge, Value(1));
  items.push_back(large());
  values.encode(Value::list(std::move(items)), was_masked);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_LT(records[1].size(), RecordedValues::kLarge + 100);
}

TEST_F(RecordedValuesTest, ManyLargeOnesStandOnceEach) {
  RecordedValues values = make();
  for (int round = 0; round < 2; ++round) {
    for (char letter = 'a'; letter < 'z'; ++letter) values.encode(large(letter), was_masked);
  }
  EXPECT_EQ(records.size(), 25u);
}

TEST_F(RecordedValuesTest, DigestsTellTypesApart) {
  RecordedValues values = make();
  EXPECT_EQ(values.digest(Value(1), was_masked), values.digest(Value(1), was_masked));
  EXPECT_EQ(values.digest(Value(1), was_masked).size(), 32u);
  EXPECT_NE(values.digest(Value(1), was_masked), values.digest(Value(1.0), was_masked));
  EXPECT_EQ(values.digest(large(), was_masked), values.digest(large(), was_masked));
  EXPECT_NE(values.digest(large(), was_masked), values.digest(large('y'), was_masked));
  EXPECT_TRUE(records.empty());
}

TEST_F(RecordedValuesTest, SecretsAreInNone) {
  RecordedValues values = make({{"TOKEN", "very-secret"}});
  EXPECT_EQ(values.encode(Value("a very-secret text"), was_masked).find("very-secret"), std::string::npos);
  EXPECT_TRUE(was_masked);
  was_masked = false;
  EXPECT_EQ(values.digest(Value("very-secret"), was_masked), values.digest(Value("***"), was_masked));
  EXPECT_TRUE(was_masked);
  was_masked = false;
  EXPECT_EQ(values.text("my very-secret log", was_masked), "my *** log");
  EXPECT_TRUE(was_masked);
  was_masked = false;
  values.encode(Value("nothing"), was_masked);
  EXPECT_EQ(values.text("nothing", was_masked), "nothing");
  EXPECT_FALSE(was_masked);
}

}  // namespace
}  // namespace vnode
