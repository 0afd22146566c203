#include "journal/object_origins.h"

#include <gtest/gtest.h>

#include "journal/cbor_reader.h"
#include "journal/cbor_writer.h"
#include "journal/recorded_values.h"
#include "model/foreign_object.h"
#include "model/value_objects.h"

namespace vnode {
namespace {

Value object() {
  return Value::object(std::make_shared<const ForeignObject>("Core", "<Core>", "<Core>", true));
}

class DataOfATest final : public ForeignObject {
 public:
  explicit DataOfATest(std::string data)
      : ForeignObject("set", "{...}", "{...}", true), data_(std::move(data)) {}
  bool is_data() const override { return true; }
  std::string data() const override { return data_; }

 private:
  std::string data_;
};

Value data(const std::string& text) { return Value::object(std::make_shared<const DataOfATest>(text)); }

class ObjectOriginsTest : public testing::Test {
 protected:
  static std::string digest(RecordedValues& values, const Value& value) {
    bool was_masked = false;
    return values.digest(value, was_masked);
  }
  RecordedValues values{std::make_shared<const SecretMask>(), [](std::string_view) {}};
  RecordedValues other_run{std::make_shared<const SecretMask>(), [](std::string_view) {}};
};

TEST_F(ObjectOriginsTest, ThoseOfOneOriginAreEqual) {
  const Value first = object(), again = object();
  values.origins().add(Value::list({1, first}), "maker", "core");
  other_run.origins().add(Value::list({1, again}), "maker", "core");
  EXPECT_EQ(digest(values, first), digest(other_run, again));
  const Value elsewhere = object();
  other_run.origins().add(elsewhere, "maker", "other");
  EXPECT_NE(digest(values, first), digest(other_run, elsewhere));
}

TEST_F(ObjectOriginsTest, TheFirstOriginCounts) {
  const Value core = object();
  values.origins().add(core, "maker", "core");
  const std::string before = digest(values, core);
  values.origins().add(core, "who hands it on", "core");
  EXPECT_EQ(digest(values, core), before);
}

TEST_F(ObjectOriginsTest, ThoseOfUnknownOriginAreNeverEqual) {
  const Value unknown = object();
  EXPECT_EQ(digest(values, unknown), digest(values, unknown));
  EXPECT_NE(digest(values, unknown), digest(other_run, unknown));
  EXPECT_NE(digest(values, unknown), digest(values, object()));
}

TEST_F(ObjectOriginsTest, OnesThatAreGoneAreForgotten) {
  std::string first;
  for (int i = 0; i < 1000; ++i) {
    const Value one = object();  // perhaps where the last one was
    values.origins().add(one, "maker", std::to_string(i));
    EXPECT_NE(digest(values, one), first);
    first = digest(values, one);
  }
}

TEST_F(ObjectOriginsTest, DataCountsByWhatItIs) {
  EXPECT_EQ(digest(values, data("a")), digest(other_run, data("a")));
  EXPECT_NE(digest(values, data("a")), digest(values, data("b")));
  EXPECT_FALSE(has_opaque_object(Value::list({data("a")})));
  EXPECT_TRUE(has_opaque_object(Value(Dict{{"a", Value::list({object()})}})));
}

TEST_F(ObjectOriginsTest, DataComesBackFromRecords) {
  std::string bytes;
  CborWriter(bytes).value(Value::list({data("the data"), object()}));
  const Value read = *read_cbor(bytes);
  ASSERT_TRUE(read.as_list()[0].is_object());
  EXPECT_TRUE(read.as_list()[0].as_object().is_data());
  EXPECT_EQ(read.as_list()[0].as_object().data(), "the data");
  EXPECT_FALSE(read.as_list()[1].as_object().is_data());
}

}  // namespace
}  // namespace vnode
