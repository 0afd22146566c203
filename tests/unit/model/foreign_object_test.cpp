#include "model/foreign_object.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/json_writer.h"
#include "model/lenient.h"
#include "model/value.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// Counts its own end.
class CountedObject : public ForeignObject {
 public:
  CountedObject(std::string type, std::string repr, std::string text, bool truth, int* ended = nullptr)
      : ForeignObject(std::move(type), std::move(repr), std::move(text), truth), ended_(ended) {}
  ~CountedObject() override {
    if (ended_) ++*ended_;
  }

 private:
  int* ended_;
};

Value frame(bool truth = true) {
  return Value::object(std::make_shared<CountedObject>("DataFrame", "<DataFrame 1>", "a\n1", truth));
}

std::string json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

TEST(ForeignObjectTest, IsAKindOfItsOwn) {
  const Value object = frame();
  EXPECT_EQ(object.kind(), Kind::kObject);
  EXPECT_TRUE(object.is_object());
  EXPECT_FALSE(object.is_text());
  EXPECT_FALSE(object.is_list());
  EXPECT_FALSE(object.is_dict());
  EXPECT_FALSE(Value("text").is_object());
  EXPECT_FALSE(Value(Dict()).is_object());
  EXPECT_EQ(object.as_object().type(), "DataFrame");
  EXPECT_EQ(type_name(object), "DataFrame");
}

TEST(ForeignObjectTest, LivesAsLongAsAValueHoldsIt) {
  int ended = 0;
  {
    Value object = Value::object(std::make_shared<CountedObject>("T", "r", "t", true, &ended));
    const Value list = Value::list({Value::list({object}), object});
    Dict dict;
    dict.set(object, object);
    object = 1;
    EXPECT_EQ(ended, 0);
  }
  EXPECT_EQ(ended, 1);
}

TEST(ForeignObjectTest, MayEndOnAnyThread) {
  int ended = 0;
  Value object = Value::object(std::make_shared<CountedObject>("T", "r", "t", true, &ended));
  std::thread([moved = std::move(object)]() mutable { moved = nullptr; }).join();
  EXPECT_EQ(ended, 1);
}

TEST(ForeignObjectTest, KnowsItsTruthAndItsTexts) {
  EXPECT_TRUE(truthy(frame(true)));
  EXPECT_FALSE(truthy(frame(false)));
  EXPECT_EQ(to_text(frame()), "a\n1");
  EXPECT_EQ(to_repr(frame()), "<DataFrame 1>");
  EXPECT_EQ(to_text(Value::list({frame()})), "[<DataFrame 1>]");
}

TEST(ForeignObjectTest, IsEqualToItselfOnly) {
  const auto shared = std::make_shared<CountedObject>("T", "r", "t", true);
  const Value once = Value::object(shared);
  const Value again = Value::object(shared);
  const Value other = Value::object(std::make_shared<CountedObject>("T", "r", "t", true));
  EXPECT_TRUE(equal(once, again));
  EXPECT_TRUE(same(once, again));
  EXPECT_EQ(hash_value(once), hash_value(again));
  EXPECT_FALSE(equal(once, other));
  EXPECT_FALSE(same(once, other));
  EXPECT_FALSE(equal(once, Value("t")));
  EXPECT_FALSE(equal(Value(1), once));
  EXPECT_TRUE(equal(Value::list({once}), Value::list({again})));
  EXPECT_FALSE(equal(Value::list({once}), Value::list({other})));
}

TEST(ForeignObjectTest, IsAKeyOfDicts) {
  std::vector<Value> objects;
  Dict dict;
  for (int i = 0; i < 20; ++i) {  // enough for an index
    objects.push_back(frame());
    dict.set(objects.back(), i);
  }
  EXPECT_TRUE(is_hashable(objects[0]));
  ASSERT_EQ(dict.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(dict.find(objects[static_cast<std::size_t>(i)])->as_int(), i);
  EXPECT_EQ(dict.find(frame()), nullptr);
}

TEST(ForeignObjectTest, IsNeitherNumberNorContainer) {
  EXPECT_EQ(to_float(frame()).error().message,
            "float() argument must be a string or a real number, not 'DataFrame'");
  EXPECT_EQ(to_int(frame()).error().message,
            "int() argument must be a string, a bytes-like object or a real number, not 'DataFrame'");
  EXPECT_EQ(length_of(frame()).error().message, "object of type 'DataFrame' has no len()");
  EXPECT_EQ(iterate(frame()).error().message, "'DataFrame' object is not iterable");
  EXPECT_FALSE(lenient_bool(frame()).has_value());
  EXPECT_FALSE(lenient_int(frame()).has_value());
  EXPECT_EQ(describe_found(frame()), "a value of type DataFrame");
}

TEST(ForeignObjectTest, HasAFormInJson) {
  EXPECT_EQ(json(frame()), R"({"$object":"DataFrame","repr":"<DataFrame 1>"})");
  const Value quoted = Value::object(std::make_shared<CountedObject>("T", "\"\n", "t", true));
  EXPECT_EQ(json(Value::list({1, quoted, 2})), R"([1,{"$object":"T","repr":"\"\n"},2])");
  EXPECT_EQ(json_size(frame(), 1000), json(frame()).size());
  EXPECT_GT(json_size(frame(), 5), 5u);
  std::string pretty;
  append_json_pretty(pretty, Value::list({frame()}), 2, NonFinite::kBare);
  EXPECT_EQ(pretty, "[\n  {\n    \"$object\": \"DataFrame\",\n    \"repr\": \"<DataFrame 1>\"\n  }\n]");
}

TEST(ForeignObjectTest, IsWrittenByItsTextAsAKey) {
  Dict dict;
  dict.set(frame(), 1);
  EXPECT_EQ(json(dict), R"({"a\n1":1})");
  EXPECT_EQ(to_text(dict), "{<DataFrame 1>: 1}");
}

TEST(ForeignObjectTest, IsNoObstacleToAppending) {
  Value list = Value::empty_list();
  for (int i = 0; i < 10; ++i) list = Value::appended(list, frame());
  EXPECT_EQ(list.as_list().size(), 10u);
  EXPECT_TRUE(list.as_list()[9].is_object());
}

TEST(SharingTest, CountsWhoSharesTheContents) {
  EXPECT_EQ(Value().use_count(), 0u);
  EXPECT_EQ(Value(1.5).use_count(), 0u);
  const Value text = "a";
  EXPECT_EQ(text.use_count(), 1u);
  const Value list = Value::list({text});
  EXPECT_EQ(text.use_count(), 2u);
  EXPECT_EQ(list.use_count(), 1u);
  const Value dict = Dict{{"a", list}};
  EXPECT_EQ(list.use_count(), 2u);
  {
    const Dict shared = dict.as_dict();
    EXPECT_EQ(dict.use_count(), 2u);
  }
  EXPECT_EQ(dict.use_count(), 1u);
  const Value object = frame();
  const Value copy = object;
  EXPECT_EQ(object.use_count(), 2u);
}

TEST(SharingTest, NamesContentsByTheirAddress) {
  EXPECT_EQ(Value().identity(), nullptr);
  EXPECT_EQ(Value(1).identity(), nullptr);
  const Value list = Value::list({1});
  const Value copy = list;
  EXPECT_EQ(list.identity(), copy.identity());
  EXPECT_NE(list.identity(), nullptr);
  EXPECT_NE(list.identity(), Value::list({1}).identity());
  EXPECT_NE(Value("a").identity(), nullptr);
  const auto shared = std::make_shared<CountedObject>("T", "r", "t", true);
  EXPECT_EQ(Value::object(shared).identity(), shared.get());
}

TEST(SharingTest, ListsOfOneStorageDifferInSizeOnly) {
  const Value first = Value::appended(Value::empty_list(), 1);  // with room for more
  const Value second = Value::appended(first, 2);
  EXPECT_EQ(first.identity(), second.identity());
  EXPECT_EQ(first.use_count(), 2u);
  EXPECT_NE(first.as_list().size(), second.as_list().size());
}

TEST(SharingTest, DictsKnowWhetherTheyShareContents) {
  const Dict a = {{"k", 1}};
  Dict b = a;
  EXPECT_TRUE(a.is_same_object(b));
  EXPECT_TRUE(Value(a).as_dict().is_same_object(a));
  b.set("k", 2);
  EXPECT_FALSE(a.is_same_object(b));
  EXPECT_FALSE(a.is_same_object(Dict{{"k", 1}}));
  EXPECT_TRUE(Dict().is_same_object(Dict()));
}

}  // namespace
}  // namespace vnode
