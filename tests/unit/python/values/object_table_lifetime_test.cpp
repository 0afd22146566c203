// When the table, and through it the host, lets go of objects and contents.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/foreign_object.h"
#include "model/value_ops.h"
#include "unit/python/values/object_table_support.h"

namespace vnode {
namespace {

/// How many numbers have to come before the table looks for unused ones.
constexpr int kEnough = 300;

/// Sends contents that nobody keeps until the table looks; all that is freed in this way.
std::string force_look(ObjectTable& table) {
  for (int i = 0; i < 100'000; ++i) {
    written(table, Value::empty_list());
    if (i % kEnough == 0) {
      std::string message = table.take_free_message();
      if (message.find(",0]") != std::string::npos) return message;
    }
  }
  return "never";
}

bool frees(const std::string& message, const std::string& pair) {
  return message.find(pair) != std::string::npos;
}

TEST(ObjectTableEnds, ReportsObjectsThatNobodyHolds) {
  ObjectTable table;
  Value object = received(table, R"({"$o":[5,"T","<T>",null,true]})");
  Value again = received(table, R"({"$o":[5,"T","<T>",null,true]})");
  EXPECT_EQ(table.take_free_message(), "");
  object = nullptr;
  EXPECT_EQ(table.take_free_message(), "");
  again = nullptr;
  EXPECT_EQ(table.take_free_message(), R"(["free",[[5,2]]])");
  EXPECT_EQ(table.take_free_message(), "");
  object = received(table, R"({"$o":[5,"T","<T>",null,true]})");
  object = nullptr;
  EXPECT_EQ(table.take_free_message(), R"(["free",[[5,1]]])");
}

TEST(ObjectTableEnds, DoesNotFreeObjectsThatCameBack) {
  ObjectTable table;
  Value object = received(table, R"({"$o":[5,"T","<T>",null,true]})");
  object = nullptr;
  object = received(table, R"({"$o":[5,"T2","<T>",null,true]})");
  EXPECT_EQ(to_text(object), "<T>");
  EXPECT_EQ(type_name(object), "T2");
  EXPECT_EQ(table.take_free_message(), "");
  object = nullptr;
  EXPECT_EQ(table.take_free_message(), R"(["free",[[5,2]]])");
}

TEST(ObjectTableEnds, ObjectsMayOutliveTheTable) {
  Value object;
  {
    ObjectTable table;
    object = received(table, R"({"$n":[1,[{"$o":[5,"T","<T>",null,true]}]]})");
  }
  ObjectTable other;
  EXPECT_EQ(written(other, object), R"({"$n":[-1,[{"$x":["T","<T>"]}]]})");
  object = nullptr;
  EXPECT_EQ(other.take_free_message(), "");
}

TEST(ObjectTableEnds, ObjectsMayEndOnOtherThreads) {
  constexpr int kObjects = 1000;
  ObjectTable table;
  std::vector<std::thread> threads;
  std::size_t freed = 0;
  const auto take = [&] {
    const std::string message = table.take_free_message();
    if (!message.empty()) freed += parse_json(message)->as_list()[1].as_list().size();
  };
  for (int t = 0; t < 4; ++t) {
    std::vector<Value> objects;
    for (int i = 1; i <= kObjects; ++i) {
      const std::string id = std::to_string(t * kObjects + i);
      objects.push_back(received(table, R"({"$o":[)" + id + R"(,"T","<T>",null,true]})"));
    }
    threads.emplace_back([held = std::move(objects)]() mutable { held.clear(); });
    take();
  }
  for (std::thread& thread : threads) thread.join();
  take();
  EXPECT_EQ(freed, std::size_t{4} * kObjects);
  EXPECT_EQ(table.take_free_message(), "");
}

TEST(ObjectTableEnds, FreesContentThatNobodyHolds) {
  ObjectTable table;
  Value kept = received(table, R"({"$n":[1,[1]]})");
  Value dropped = received(table, R"({"$n":[2,[2]]})");
  received(table, R"({"$r":[2]})");
  dropped = nullptr;
  const Value own = Value::list({3});
  written(table, own);  // -1
  const std::string message = force_look(table);
  EXPECT_TRUE(frees(message, "[2,2]")) << message;
  EXPECT_TRUE(frees(message, "[-2,0]")) << message;
  EXPECT_FALSE(frees(message, "[1,")) << message;
  EXPECT_FALSE(frees(message, "[-1,")) << message;
  EXPECT_EQ(written(table, kept), R"({"$r":[1]})");
  EXPECT_EQ(written(table, own), R"({"$r":[-1]})");
}

TEST(ObjectTableEnds, KeepsContentWhileAPartIsHeld) {
  ObjectTable table;
  Value part = received(table, R"({"$n":[1,[[7],[[8]]]]})").as_list()[1];
  EXPECT_FALSE(frees(force_look(table), "[1,"));
  EXPECT_EQ(written(table, part), R"({"$r":[1,2]})");
  EXPECT_EQ(written(table, part.as_list()[0]), R"({"$r":[1,3]})");
  part = nullptr;
  EXPECT_TRUE(frees(force_look(table), "[1,1]"));
}

TEST(ObjectTableEnds, KeepsContentThatIsInsideOfHeldContent) {
  ObjectTable table;
  Value outer;
  {
    const Value inner = Value::list({1});
    written(table, inner);  // -1
    outer = Value::list({inner});
    written(table, outer);  // -2
  }
  const std::string message = force_look(table);
  EXPECT_FALSE(frees(message, "[-1,")) << message;
  EXPECT_EQ(written(table, outer.as_list()[0]), R"({"$r":[-1]})");
  outer = nullptr;
  const std::string last = force_look(table);
  EXPECT_TRUE(frees(last, "[-1,0]")) << last;
  EXPECT_TRUE(frees(last, "[-2,0]")) << last;
}

TEST(ObjectTableEnds, DoesNotKeepContentBecauseOfWhatHasAnotherPlace) {
  ObjectTable table;
  const Value inner = Value::list({1});
  written(table, inner);                 // -1
  written(table, Value::list({inner}));  // -2
  const std::string message = force_look(table);
  EXPECT_TRUE(frees(message, "[-2,0]")) << message;
  EXPECT_FALSE(frees(message, "[-1,")) << message;
  EXPECT_EQ(written(table, inner), R"({"$r":[-1]})");
}

TEST(ObjectTableEnds, DoesNotKeepEveryLengthOfAListThatGrows) {
  ObjectTable table;
  Value list = Value::empty_list();
  for (int i = 0; i < 50; ++i) {
    list = Value::appended(list, i);
    written(table, list);  // -1 ... -50
  }
  const std::string message = force_look(table);
  EXPECT_TRUE(frees(message, "[-1,0]")) << message;
  EXPECT_TRUE(frees(message, "[-49,0]")) << message;
  EXPECT_FALSE(frees(message, "[-50,0]")) << message;
  EXPECT_EQ(written(table, list), R"({"$r":[-50]})");
}

TEST(ObjectTableEnds, LetsGoOfEarlierVersions) {
  ObjectTable table;
  Value before = received(table, R"({"$n":[1,[1]]})");
  Value after = received(table, R"({"$n":[1,[1,2]]})");
  after = nullptr;
  EXPECT_FALSE(frees(force_look(table), "[1,"));  // the host's object is still held
  EXPECT_EQ(written(table, before), R"({"$r":[1]})");
  before = nullptr;
  EXPECT_TRUE(frees(force_look(table), "[1,2]"));
}

TEST(ObjectTableEnds, StillKnowsContentThatTheHostReferredToWhileItWasFreed) {
  ObjectTable table;
  received(table, R"({"$n":[1,[1,[2]]]})");
  EXPECT_TRUE(frees(force_look(table), "[1,1]"));
  Value value = received(table, R"({"$r":[1]})");
  EXPECT_EQ(to_text(value), "[1, [2]]");
  EXPECT_EQ(written(table, value.as_list()[1]), R"({"$r":[1,1]})");
  value = nullptr;
  EXPECT_TRUE(frees(force_look(table), "[1,1]"));
  force_look(table);
  EXPECT_FALSE(table.read_value(*parse_json(R"({"$r":[1]})")).ok());
}

TEST(ObjectTableEnds, ForgetsLargeContentSoon) {
  ObjectTable table;
  const std::string text = R"({"$n":[1,")" + std::string(80'000'000, 'x') + R"("]})";
  received(table, text);
  EXPECT_EQ(table.take_free_message(), R"(["free",[[1,1]]])");
}

}  // namespace
}  // namespace vnode
