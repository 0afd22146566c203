#include "python/values/object_table.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/foreign_object.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"
#include "unit/python/values/object_table_support.h"

namespace vnode {
namespace {

bool is_refused(const std::string& json) {
  ObjectTable table;
  const Result<Value> value = table.read_value(*parse_json(json));
  return !value.ok() && value.error().code == ErrorCode::kBadDocument;
}

// To the host

TEST(ObjectTableToHost, WritesSmallValuesPlainly) {
  ObjectTable table;
  EXPECT_EQ(written(table, nullptr), "null");
  EXPECT_EQ(written(table, true), "true");
  EXPECT_EQ(written(table, -3), "-3");
  EXPECT_EQ(written(table, 1.0), "1.0");
  EXPECT_EQ(written(table, std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(written(table, -std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(written(table, Value::big_int("123456789012345678901")), "123456789012345678901");
  EXPECT_EQ(written(table, "a\"b"), R"("a\"b")");
  EXPECT_EQ(written(table, std::string(999, 'x')).size(), 1001u);
}

TEST(ObjectTableToHost, NumbersLongTextsByTheirCharacters) {
  ObjectTable table;
  const Value text = std::string(1000, 'x');
  EXPECT_EQ(written(table, text), R"({"$n":[-1,")" + std::string(1000, 'x') + R"("]})");
  EXPECT_EQ(written(table, text), R"({"$r":[-1]})");
  std::string umlauts;
  for (int i = 0; i < 999; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(written(table, umlauts), '"' + umlauts + '"');
}

TEST(ObjectTableToHost, SendsContainersOnce) {
  ObjectTable table;
  const Value list = Value::list({1, Value::list({2}), "x", std::numeric_limits<double>::infinity()});
  const Value dict = Dict{{"a", nullptr}, {"b", Dict()}};
  EXPECT_EQ(written(table, list), R"({"$n":[-1,[1,[2],"x",Infinity]]})");
  EXPECT_EQ(written(table, dict), R"({"$n":[-2,{"a":null,"b":{}}]})");
  EXPECT_EQ(written(table, list), R"({"$r":[-1]})");
  EXPECT_EQ(written(table, dict), R"({"$r":[-2]})");
  EXPECT_EQ(written(table, Value::list({1})), R"({"$n":[-3,[1]]})");
}

TEST(ObjectTableToHost, NumbersPartsInTheOrderOfTheText) {
  ObjectTable table;
  const Value a = Value::list({1});
  const Value b = Dict{{"c", Value::list({2})}};
  const Value root = Value::list({a, b, Value::list({3})});
  EXPECT_EQ(written(table, root), R"({"$n":[-1,[[1],{"c":[2]},[3]]]})");
  EXPECT_EQ(written(table, a), R"({"$r":[-1,1]})");
  EXPECT_EQ(written(table, b), R"({"$r":[-1,2]})");
  EXPECT_EQ(written(table, b.as_entries()[0].value), R"({"$r":[-1,3]})");
  EXPECT_EQ(written(table, root.as_list()[2]), R"({"$r":[-1,4]})");
}

TEST(ObjectTableToHost, WritesWhatTheHostKnowsInFullInsideOfNewContent) {
  ObjectTable table;
  const Value inner = Value::list({1});
  const Value outer = Value::list({inner, inner});
  EXPECT_EQ(written(table, inner), R"({"$n":[-1,[1]]})");
  EXPECT_EQ(written(table, outer), R"({"$n":[-2,[[1],[1]]]})");
  EXPECT_EQ(written(table, inner), R"({"$r":[-1]})");
}

TEST(ObjectTableToHost, WritesDictsWithOtherKeysAsPairs) {
  ObjectTable table;
  Dict numbers;
  numbers.set(1, Value::list({}));
  numbers.set("x", 2.5);
  numbers.set(nullptr, Dict());
  EXPECT_EQ(written(table, numbers), R"({"$n":[-1,{"$d":[[1,[]],["x",2.5],[null,{}]]}]})");
  EXPECT_EQ(written(table, Value::list({Dict{{"$n", 1}}})), R"({"$n":[-2,[{"$d":[["$n",1]]}]]})");
  EXPECT_EQ(written(table, Dict{{"a$", 1}}), R"({"$n":[-3,{"a$":1}]})");
}

TEST(ObjectTableToHost, TakesAppendedListsForNewContent) {
  ObjectTable table;
  Value list = Value::empty_list();
  for (int i = 0; i < 3; ++i) list = Value::appended(list, i);
  const Value longer = Value::appended(list, 3);
  ASSERT_EQ(list.identity(), longer.identity());
  EXPECT_EQ(written(table, list), R"({"$n":[-1,[0,1,2]]})");
  EXPECT_EQ(written(table, longer), R"({"$n":[-2,[0,1,2,3]]})");
  EXPECT_EQ(written(table, list), R"({"$r":[-1]})");
  EXPECT_EQ(written(table, longer), R"({"$r":[-2]})");
}

TEST(ObjectTableToHost, WritesObjectsOfOthersAsStrangers) {
  ObjectTable here;
  ObjectTable there;
  const Value object = received(there, R"({"$o":[7,"T","<T>",null,true]})");
  EXPECT_EQ(written(there, object), R"({"$o":[7]})");
  EXPECT_EQ(written(here, object), R"({"$x":["T","<T>"]})");
  const Value other = Value::object(std::make_shared<ForeignObject>("U", "\"u\"", "t", true));
  EXPECT_EQ(written(here, Value::list({other})), R"({"$n":[-1,[{"$x":["U","\"u\""]}]]})");
}

TEST(ObjectTableToHost, WritesDeepValuesWithoutRunningDeep) {
  ObjectTable table;
  Value deep = Value::empty_list();
  for (int i = 0; i < 99'999; ++i) deep = Value::list({deep});
  EXPECT_EQ(written(table, deep).size(), 200'000 + std::string(R"({"$n":[-1,]})").size());
}

TEST(ObjectTableToHost, SendsAMillionItems) {
  ObjectTable table;
  const Value list = Value::list(std::vector<Value>(1'000'000, Value(7)));
  EXPECT_EQ(written(table, list).size(), 2'000'001 + std::string(R"({"$n":[-1,]})").size());
  EXPECT_EQ(written(table, list), R"({"$r":[-1]})");
  std::vector<Value> rows;
  for (int i = 0; i < 100'000; ++i) rows.push_back(Dict{{"id", i}, {"name", "x"}});
  const Value table_of_rows = Value::list(std::move(rows));
  written(table, table_of_rows);
  EXPECT_EQ(written(table, table_of_rows.as_list()[99'999]), R"({"$r":[-2,100000]})");
}

// From the host

TEST(ObjectTableFromHost, GivesBackWhatHasNoForm) {
  ObjectTable table;
  for (const char* json : {"null", "1", "\"$t\"", "[1,[2,{\"a\":[]}],{}]", R"({"a":{"b":"$o"}})"}) {
    const Value raw = *parse_json(json);
    EXPECT_TRUE(table.read_value(raw)->is_same_object(raw)) << json;
  }
  const Value raw = *parse_json(R"({"$n":[3,[1,[2]]]})");
  const Value content = *table.read_value(raw);
  EXPECT_TRUE(content.is_same_object(raw.as_entries()[0].value.as_list()[1]));
}

TEST(ObjectTableFromHost, DecodesTuplesAndDicts) {
  ObjectTable table;
  EXPECT_TRUE(same(received(table, R"({"$t":[1,{"$t":[]}]})"), Value::list({1, Value::empty_list()})));
  Dict numbers;
  numbers.set(1, "one");
  numbers.set(2.5, Value::list({}));
  numbers.set("(1, ('x',))", 3);
  EXPECT_TRUE(
      same(received(table, R"({"$d":[[1,"one"],[2.5,{"$t":[]}],[{"$t":[1,{"$t":["x"]}]},3]]})"), numbers));
  const Value keyed = received(table, R"([{"$d":[[{"$t":[1]},0],[{"$t":[{"$t":[]},"a"]},1],["$t",2]]}])");
  EXPECT_EQ(to_text(keyed), R"~([{'(1,)': 0, "((), 'a')": 1, '$t': 2}])~");
}

TEST(ObjectTableFromHost, KeepsTheFirstOfTwoKeysThatBecomeOne) {
  ObjectTable table;
  const Value value = received(table, R"~({"$n":[1,[{"$d":[["(1,)",[2]],[{"$t":[1]},[3,[4]]]]},[5]]]})~");
  EXPECT_EQ(to_text(value), "[{'(1,)': [2]}, [5]]");
  EXPECT_EQ(written(table, value.as_list()[1]), R"({"$r":[1,6]})");
}

TEST(ObjectTableFromHost, GivesTheSameObjectForTheSameNumber) {
  ObjectTable table;
  const Value list =
      received(table, R"([{"$o":[5,"T","<T>","text",false]},{"$o":[5,"T","<T>","text",false]}])");
  const Value again = received(table, R"({"$o":[5,"Other","<O>",null,true]})");
  const Value& object = list.as_list()[0];
  ASSERT_TRUE(object.is_object());
  EXPECT_TRUE(equal(object, list.as_list()[1]));
  EXPECT_TRUE(equal(object, again));
  EXPECT_EQ(object.as_object().type(), "T");
  EXPECT_EQ(to_text(object), "text");
  EXPECT_EQ(to_repr(object), "<T>");
  EXPECT_FALSE(truthy(object));
  EXPECT_EQ(to_text(received(table, R"({"$o":[6,"T","<T>",null,true]})")), "<T>");
}

TEST(ObjectTableFromHost, RefersToContentThatItHas) {
  ObjectTable table;
  const Value value = received(table, R"({"$n":[4,[1,{"a":{"$t":[2]}}]]})");
  EXPECT_TRUE(received(table, R"({"$r":[4]})").is_same_object(value));
  EXPECT_TRUE(received(table, R"({"$r":[4,0]})").is_same_object(value));
  EXPECT_TRUE(received(table, R"({"$r":[4,1]})").is_same_object(value.as_list()[1]));
  EXPECT_EQ(to_text(received(table, R"({"$r":[4,2]})")), "[2]");
  EXPECT_EQ(written(table, value), R"({"$r":[4]})");
  EXPECT_EQ(written(table, value.as_list()[1]), R"({"$r":[4,1]})");
  const Value text = received(table, R"({"$n":[9,")" + std::string(2000, 'x') + R"("]})");
  EXPECT_EQ(written(table, text), R"({"$r":[9]})");
}

TEST(ObjectTableFromHost, LeavesGapsForPartsThatAreNoValues) {
  ObjectTable table;
  // 1: the dict; 2, 3: the tuples of the key; 4: its value; 5: the list behind the set, whose insides do not
  // count.
  const Value value = received(table, R"({"$n":[1,[{"$d":[[{"$t":[1,{"$t":[]}]},["v"]]]},)"
                                      R"({"$v":["frozenset","f",true,[{"$t":[1]}]]},["last"]]]})");
  EXPECT_EQ(written(table, value.as_list()[0]), R"({"$r":[1,1]})");
  EXPECT_EQ(written(table, value.as_list()[0].as_entries()[0].value), R"({"$r":[1,4]})");
  EXPECT_EQ(written(table, value.as_list()[2]), R"({"$r":[1,5]})");
  EXPECT_FALSE(table.read_value(*parse_json(R"({"$r":[1,3]})")).ok());
}

TEST(ObjectTableFromHost, FollowsObjectsThatChange) {
  ObjectTable table;
  const Value before = received(table, R"({"$n":[2,[1]]})");
  const Value after = received(table, R"({"$n":[2,[1,2]]})");
  EXPECT_EQ(written(table, after), R"({"$r":[2]})");
  EXPECT_EQ(written(table, before), R"({"$r":[2]})");  // the same object to the host
  EXPECT_TRUE(received(table, R"({"$r":[2]})").is_same_object(after));
}

// Data

TEST(ObjectTableData, ComesBackAsItWas) {
  ObjectTable table;
  const Value bytes = received(table, R"({"$v":["bytes","b'a'",true,"YQ=="]})");
  EXPECT_EQ(to_repr(bytes), "b'a'");
  EXPECT_EQ(to_text(bytes), "b'a'");
  EXPECT_EQ(type_name(bytes), "bytes");
  EXPECT_EQ(written(table, bytes), R"({"$v":["bytes",null,null,"YQ=="]})");
  EXPECT_EQ(written(table, Value::list({bytes})), R"({"$n":[-1,[{"$v":["bytes",null,null,"YQ=="]}]]})");
  EXPECT_FALSE(truthy(received(table, R"~({"$v":["frozenset","frozenset()",false,[]]})~")));
  Dict keyed;
  keyed.set(bytes, 1);
  EXPECT_EQ(written(table, keyed), R"({"$n":[-2,{"$d":[[{"$v":["bytes",null,null,"YQ=="]},1]]}]})");
}

/// As a journal keeps it.
class KeptData final : public ForeignObject {
 public:
  explicit KeptData(std::string data) : ForeignObject("set", "{1}", "{1}", true), data_(std::move(data)) {}
  bool is_data() const override { return true; }
  std::string data() const override { return data_; }

 private:
  std::string data_;
};

TEST(ObjectTableData, CanBeKeptAsText) {
  ObjectTable table;
  const Value set = received(table, R"({"$v":["set","{1}",true,[1]]})");
  ASSERT_TRUE(set.as_object().is_data());
  const std::string text = set.as_object().data();
  EXPECT_EQ(text, R"({"$v":["set",null,null,[1]]})");
  EXPECT_EQ(written(table, Value::object(std::make_shared<const KeptData>(text))), text);
  const Value odd = Value::object(std::make_shared<const KeptData>(R"({"$r":[1]})"));
  EXPECT_EQ(written(table, odd), R"({"$x":["set","{1}"]})");
  const Value held = received(table, R"({"$v":["set","{...}",true,[{"$o":[1,"T","t",null,true]}]]})");
  EXPECT_FALSE(held.as_object().is_data());
}

TEST(ObjectTableData, ThatCanChangeHasNumbers) {
  ObjectTable table;
  ObjectTable other;
  const Value set = received(table, R"({"$n":[8,{"$v":["set","{1}",true,[1,NaN]]}]})");
  EXPECT_EQ(written(table, set), R"({"$r":[8]})");
  EXPECT_EQ(written(other, set), R"({"$n":[-1,{"$v":["set",null,null,[1,NaN]]}]})");
  EXPECT_EQ(written(other, set), R"({"$r":[-1]})");
}

TEST(ObjectTableData, CarriesTheObjectsInsideOfIt) {
  ObjectTable table;
  ObjectTable other;
  Value set = received(table, R"({"$v":["frozenset","f",true,[1,{"$t":[{"$o":[3,"T","<T>",null,true]},)"
                              R"({"$v":["frozenset","g",true,[{"$o":[4,"U","<U>",null,true]}]]}]}]]})");
  EXPECT_EQ(written(table, set), R"({"$v":["frozenset",null,null,[1,{"$t":[{"$o":[3]},)"
                                 R"({"$v":["frozenset",null,null,[{"$o":[4]}]]}]}]]})");
  EXPECT_EQ(written(other, set), R"({"$v":["frozenset",null,null,[1,{"$t":[{"$x":["T","<T>"]},)"
                                 R"({"$v":["frozenset",null,null,[{"$x":["U","<U>"]}]]}]}]]})");
  EXPECT_EQ(table.take_free_message(), "");
  set = nullptr;
  EXPECT_EQ(table.take_free_message(), R"(["free",[[3,1],[4,1]]])");
}

// Nonsense

TEST(ObjectTableErrors, RefusesMalformedForms) {
  for (const char* json : {
           R"({"$t":1})",
           R"({"$t":{}})",
           R"({"$d":1})",
           R"({"$d":[1]})",
           R"({"$d":[[1]]})",
           R"({"$d":[[1,2,3]]})",
           R"({"$d":[[[],1]]})",
           R"({"$d":[[{},1]]})",
           R"({"$d":[[{"$d":[]},1]]})",
           R"({"$d":[[{"$t":[[]]},1]]})",
           R"({"$v":1})",
           R"({"$v":["bytes","b",true]})",
           R"({"$v":["bytes","b",true,[]]})",
           R"({"$v":["set","s",true,"x"]})",
           R"({"$v":["list","s",true,[]]})",
           R"({"$v":["set","s",true,[[1]]]})",
           R"({"$v":["set","s",true,[{}]]})",
           R"({"$v":["set","s",true,[{"$d":[]}]]})",
           R"({"$v":["set","s",true,[{"$t":1}]]})",
           R"({"$v":["set","s",true,[{"$o":[1]}]]})",
           R"({"$v":["set","s",true,[{"$v":[1]}]]})",
           R"({"$v":["set",null,null,[]]})",
           R"({"$o":[1]})",
           R"({"$o":[0,"T","r",null,true]})",
           R"({"$o":[-1,"T","r",null,true]})",
           R"({"$o":[1.5,"T","r",null,true]})",
           R"({"$o":[1,"T","r",1,true]})",
           R"({"$o":[1,"T","r",null,1]})",
           R"({"$x":["T","r"]})",
           R"({"$n":1})",
           R"({"$n":[1]})",
           R"({"$n":[0,[]]})",
           R"({"$n":[-1,[]]})",
           R"({"$n":[1,1]})",
           R"({"$n":[1,null]})",
           R"({"$n":[1,{"$o":[2,"T","r",null,true]}]})",
           R"({"$n":[1,{"$n":[2,[]]}]})",
           R"({"$n":[1,[{"$r":[1]}]]})",
           R"([{"$n":[1,[]]}])",
           R"([{"$r":[1]}])",
           R"({"$r":[1]})",
           R"({"$r":[]})",
           R"({"$r":[-1]})",
           R"({"$r":1})",
           R"({"$r":["a"]})",
           R"({"$r":[1,-1]})",
           R"({"$r":[1,2,3]})",
           R"({"$t":[],"a":1})",
           R"({"$z":1})",
           R"({"$":1})",
           R"({"$r":[123456789012345678901]})",
       }) {
    EXPECT_TRUE(is_refused(json)) << json;
  }
}

TEST(ObjectTableErrors, RefusesDeepForms) {
  const auto nested = [](int depth, const std::string& before, const std::string& behind) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += before;
    text += "1";
    for (int i = 0; i < depth; ++i) text += behind;
    return text;
  };
  ObjectTable table;
  EXPECT_TRUE(table.read_value(*parse_json(nested(4'900, R"({"$t":[)", "]}"))).ok());
  EXPECT_TRUE(table.read_value(*parse_json(nested(4'900, R"({"$d":[[1,)", "]]}"))).ok());
  EXPECT_TRUE(
      table.read_value(*parse_json(R"({"$d":[[)" + nested(4'900, R"({"$t":[)", "]}") + ",1]]}")).ok());
  EXPECT_TRUE(table.read_value(*parse_json(nested(900, R"({"$v":["frozenset","f",true,[)", "]]}"))).ok());
  EXPECT_TRUE(is_refused(nested(5'100, R"({"$t":[)", "]}")));
  EXPECT_TRUE(is_refused(nested(20'000, R"({"$d":[[1,)", "]]}")));
  EXPECT_TRUE(is_refused(nested(20'000, R"({"$v":["frozenset","f",true,[)", "]]}")));
  EXPECT_TRUE(is_refused(R"([{"$t":[]},)" + nested(20'000, "[", "]") + "]"));
  EXPECT_TRUE(table.read_value(*parse_json(nested(50'000, "[", "]"))).ok());
}

/// A random piece of protocol, mostly valid.
std::string random_json(std::mt19937& random, int depth) {
  const auto some = [&](const char* separator, auto item) {
    std::string text;
    for (unsigned i = random() % 4; i > 0; --i) text += item() + (i > 1 ? separator : "");
    return text;
  };
  const auto inner = [&] { return random_json(random, depth + 1); };
  const std::string id = std::to_string(random() % 5);
  switch (depth > 5 ? random() % 3 : random() % 11) {
    case 0:
      return id;
    case 1:
      return R"("text")";
    case 2:
      return random() % 2 ? "null" : "NaN";
    case 3:
      return "[" + some(",", inner) + "]";
    case 4:
      return R"({"a":)" + inner() + "}";
    case 5:
      return R"({"$t":[)" + some(",", inner) + "]}";
    case 6:
      return R"({"$d":[)" +
             some(",", [&] { return "[" + (random() % 8 ? id : inner()) + "," + inner() + "]"; }) + "]}";
    case 7:
      return R"({"$v":["set","s",true,[)" + some(",", inner) + "]]}";
    case 8:
      return R"({"$o":[)" + id + R"(,"T","r",null,true]})";
    case 9:
      return R"({"$n":[)" + id + "," + inner() + "]}";
    default:
      return R"({"$r":[)" + id + (random() % 2 ? "," + std::to_string(random() % 4) : "") + "]}";
  }
}

TEST(ObjectTableErrors, SurvivesNonsense) {
  std::mt19937 random(1);
  ObjectTable table;
  std::vector<Value> held(8);
  int good = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string json = random_json(random, 0);
    if (random() % 2) json = R"({"$n":[)" + std::to_string(1 + random() % 20) + "," + json + "]}";
    if (random() % 8 == 0) json[random() % json.size()] = "[]{}\",:$1"[random() % 9];
    const Result<Value> raw = parse_json(json);
    if (!raw) continue;
    const Result<Value> value = table.read_value(*raw);
    if (value) {
      ++good;
      held[random() % held.size()] = *value;
      // What comes from the host goes back, whole and in parts.
      const std::string text = written(table, *value);
      EXPECT_TRUE(parse_json(text).ok()) << text;
      if (value->is_list() && !value->as_list().empty()) written(table, value->as_list()[0]);
    }
    if (random() % 16 == 0) written(table, Value::list({held[0], held[1]}));
    if (random() % 8 == 0) table.take_free_message();
  }
  EXPECT_GT(good, 5'000);
}

}  // namespace
}  // namespace vnode
