#include "daemon/map_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The values as people are shown them, or why there are none.
std::vector<std::string> values(std::string_view map) {
  const auto read = read_map(parse_json(map).value().as_dict());
  if (const auto* error = std::get_if<RpcError>(&read)) return {error->message};
  const auto& found = std::get<MapValues>(read);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < found.values.size(); ++i) texts.push_back(found.text(i));
  return texts;
}

std::string refusal(std::string_view map) {
  const auto read = read_map(parse_json(map).value().as_dict());
  const auto* error = std::get_if<RpcError>(&read);
  if (!error) return "accepted";
  EXPECT_EQ(error->code, RpcErrorCode::kInvalidParams);
  return error->message;
}

TEST(MapValuesOfAText, AreFrames) {
  EXPECT_THAT(values(R"({"target": "f", "text": "1-3,7"})"), ElementsAre("1", "2", "3", "7"));
  EXPECT_THAT(values(R"({"target": "f", "text": "1-25", "chunk": 10})"),
              ElementsAre("1-10", "11-20", "21-25"));
  EXPECT_THAT(values(R"({"target": "f", "text": "1-9x2", "chunk": 3})"), ElementsAre("1-5x2", "7,9"));
  EXPECT_THAT(values(R"({"target": "f", "text": "-2-0"})"), ElementsAre("-2", "-1", "0"));
}

TEST(MapValuesOfAText, AreNames) {
  EXPECT_THAT(values(R"({"target": "l", "text": "beauty, shadow,010_fg"})"),
              ElementsAre("beauty", "shadow", "010_fg"));
  EXPECT_THAT(values(R"({"target": "l", "text": "a,b,c", "chunk": 2})"), ElementsAre("a,b", "c"));
}

TEST(MapValuesOfAText, AreThoseOfAList) {
  EXPECT_THAT(values(R"({"target": "l", "text": "[\"a,b\", 2, {\"c\": 3}]"})"),
              ElementsAre("a,b", "2", R"({"c":3})"));
  EXPECT_THAT(values(R"({"target": "l", "values": ["a", "b", "c"], "chunk": 2})"),
              ElementsAre(R"(["a","b"])", R"(["c"])"));
}

TEST(MapValuesOfAList, AreTakenAsTheyAre) {
  const auto read = read_map(parse_json(R"({"target": "n.p", "values": ["@file", 5]})").value().as_dict());
  const auto& found = std::get<MapValues>(read);
  EXPECT_EQ(found.target, "n.p");
  EXPECT_EQ(std::get<std::string>(found.values[0].value), "@@file") << "no name of a file";
  EXPECT_EQ(found.text(0), "@file");
  EXPECT_EQ(std::get<Value>(found.values[1].value).as_int(), 5);
}

TEST(MapValues, SayWhatIsWrong) {
  EXPECT_THAT(refusal(R"({"text": "1-3"})"), HasSubstr("needs a \"target\""));
  EXPECT_THAT(refusal(R"({"target": "f"})"), HasSubstr("either a \"text\" or a list of \"values\""));
  EXPECT_THAT(refusal(R"({"target": "f", "text": "1", "values": []})"), HasSubstr("either"));
  EXPECT_THAT(refusal(R"({"target": "f", "values": []})"), HasSubstr("has no values"));
  EXPECT_THAT(refusal(R"({"target": "f", "text": ""})"), HasSubstr("has no values"));
  EXPECT_THAT(refusal(R"({"target": "f", "text": "a,,b"})"), HasSubstr("nothing between two commas"));
  EXPECT_THAT(refusal(R"({"target": "f", "text": "1-10,x"})"), HasSubstr("is no range of frames"));
  EXPECT_THAT(refusal(R"({"target": "f", "text": "[1"})"), HasSubstr("no JSON list"));
  EXPECT_THAT(refusal(R"({"target": "f", "text": "1", "chunk": 0})"), HasSubstr("above 0"));
}

TEST(MapValues, AreNotMoreThanAGroupMayHave) {
  EXPECT_THAT(refusal(R"({"target": "f", "text": "1-100001"})"),
              HasSubstr("makes 100001 runs, of at most 100000"));
  EXPECT_EQ(values(R"({"target": "f", "text": "1-1000000", "chunk": 10})").size(), 100000U);
}

}  // namespace
}  // namespace vnode
