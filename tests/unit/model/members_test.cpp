#include "model/members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"

namespace vnode {
namespace {

using testing::ElementsAre;

class Members : public testing::Test {
 protected:
  const Value object =
      parse_json(R"({"text":"t","empty":"","yes":true,"no":false,"int":-7,"float":1.5,)"
                 R"("big":99999999999999999999,"list":["a",1,"b"],"dict":{"k":2},"null":null})")
          .value();
};

TEST_F(Members, AreFoundByName) {
  ASSERT_NE(member(object, "null"), nullptr);
  EXPECT_TRUE(member(object, "null")->is_none());
  EXPECT_EQ(member(object, "absent"), nullptr);
  EXPECT_EQ(text_member(object, "text"), "t");
  EXPECT_EQ(text_view(object, "text"), "t");
  EXPECT_TRUE(switch_member(object, "yes"));
  EXPECT_FALSE(switch_member(object, "no", true));
  EXPECT_EQ(integer_member(object, "int"), -7);
  EXPECT_EQ(count_member(dict_member(object, "dict").front().value, "k"), 0U);
  EXPECT_EQ(count_member(*member(object, "dict"), "k"), 2U);
  EXPECT_EQ(number_member(object, "float"), 1.5);
  EXPECT_EQ(number_member(object, "int"), -7.0);
  EXPECT_EQ(list_member(object, "list").size(), 3U);
  EXPECT_EQ(dict_member(object, "dict").size(), 1U);
}

TEST_F(Members, OfAnotherTypeCountAsEmpty) {
  for (const char* name : {"absent", "null", "dict", "big"}) {
    EXPECT_EQ(text_member(object, name), "") << name;
    EXPECT_FALSE(switch_member(object, name)) << name;
    EXPECT_TRUE(switch_member(object, name, true)) << name;
    EXPECT_EQ(integer_member(object, name), std::nullopt) << name;
    EXPECT_EQ(count_member(object, name), 0U) << name;
    EXPECT_EQ(number_member(object, name), std::nullopt) << name;
    EXPECT_TRUE(list_member(object, name).empty()) << name;
    EXPECT_TRUE(texts_member(object, name).empty()) << name;
  }
  EXPECT_EQ(integer_member(object, "float"), std::nullopt);
  EXPECT_TRUE(dict_member(object, "list").empty());
}

TEST_F(Members, OfListsThatAreTextsComeAlone) {
  EXPECT_THAT(texts_member(object, "list"), ElementsAre("a", "b"));
}

TEST_F(Members, AreThoseOfADictionaryToo) {
  EXPECT_EQ(text_member(object.as_dict(), "text"), "t");
  EXPECT_EQ(integer_member(Dict{{"n", Value(3)}}, "n"), 3);
}

TEST_F(Members, OfNoObjectAreNone) {
  for (const Value& value : {Value(), Value(5), Value("text"), Value::empty_list()}) {
    EXPECT_EQ(member(value, "text"), nullptr);
    EXPECT_EQ(text_member(value, "text"), "");
  }
}

TEST_F(Members, AreViewedInPlace) {
  const std::string_view view = text_view(object, "text");
  EXPECT_EQ(view.data(), member(object, "text")->as_text().data());
}

}  // namespace
}  // namespace vnode
