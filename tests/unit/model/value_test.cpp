#include "model/value.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr int kDeep = 100'000;

Value nested_list(int depth) {
  Value value = 1;
  for (int i = 0; i < depth; ++i) value = Value::list({value});
  return value;
}

static_assert(sizeof(Value) == 16);
static_assert(!std::is_constructible_v<Value, void*>, "pointers must not become truth values");
static_assert(std::is_nothrow_move_constructible_v<Value>);

TEST(ValueTest, KnowsItsKind) {
  EXPECT_TRUE(Value().is_none());
  EXPECT_TRUE(Value(nullptr).is_none());
  EXPECT_TRUE(Value::unset().is_unset());
  EXPECT_TRUE(Value(true).is_bool());
  EXPECT_TRUE(Value(1).is_int());
  EXPECT_TRUE(Value(std::size_t{1}).is_int());
  EXPECT_TRUE(Value(1.0).is_float());
  EXPECT_TRUE(Value("").is_text());
  EXPECT_TRUE(Value(std::string("a")).is_text());
  EXPECT_TRUE(Value::empty_list().is_list());
  EXPECT_TRUE(Value(Dict()).is_dict());
  EXPECT_EQ(Value::big_int("9223372036854775808").kind(), Kind::kBigInt);
}

TEST(ValueTest, GivesBackWhatItHolds) {
  EXPECT_TRUE(Value(true).as_bool());
  EXPECT_EQ(Value(std::numeric_limits<std::int64_t>::min()).as_int(),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(Value(0.1).as_float(), 0.1);
  EXPECT_EQ(Value(std::string_view("a\0b", 3)).as_text(), std::string_view("a\0b", 3));
  EXPECT_EQ(Value::big_int("-9223372036854775809").as_digits(), "-9223372036854775809");
  const Value list = Value::list({1, "two", nullptr});
  ASSERT_EQ(list.as_list().size(), 3u);
  EXPECT_EQ(list.as_list()[1].as_text(), "two");
}

TEST(ValueTest, CopiesShareAndMovesEmpty) {
  Value a = "a text";
  const Value b = a;
  EXPECT_EQ(a.as_text().data(), b.as_text().data());
  EXPECT_TRUE(a.is_same_object(b));
  const Value c = std::move(a);
  EXPECT_EQ(c.as_text(), "a text");
  EXPECT_TRUE(a.is_none());  // NOLINT(bugprone-use-after-move): that is what is tested
  Value& self = a;
  a = "again";
  a = self;
  EXPECT_EQ(a.as_text(), "again");
}

TEST(ValueTest, AMemberMayReplaceItsContainer) {
  Value list = Value::list({Value::list({"inner"})});
  list = list.as_list()[0];
  list = list.as_list()[0];
  EXPECT_EQ(list.as_text(), "inner");
}

TEST(ValueTest, TakesTheItemsOfAVector) {
  std::vector<Value> items = {1, "two"};
  const Value copied = Value::list(items);
  const Value moved = Value::list(std::move(items));
  EXPECT_TRUE(equal(copied, moved));
}

TEST(ListAppendTest, LeavesOtherHoldersAsTheyWere) {
  const Value empty = Value::empty_list();
  const Value one = Value::appended(empty, 1);
  const Value two = Value::appended(one, 2);
  const Value other = Value::appended(one, "other");
  EXPECT_EQ(to_repr(empty), "[]");
  EXPECT_EQ(to_repr(one), "[1]");
  EXPECT_EQ(to_repr(two), "[1, 2]");
  EXPECT_EQ(to_repr(other), "[1, 'other']");
}

TEST(ListAppendTest, InALoopRarelyCopies) {
  Value list = Value::empty_list();
  int moves = 0;
  const Value* storage = nullptr;
  for (int i = 0; i < 100'000; ++i) {
    list = Value::appended(list, i % 2 ? Value(i) : Value(Dict{{"number", i}}));
    if (list.as_list().data() != storage) ++moves;
    storage = list.as_list().data();
  }
  EXPECT_EQ(list.as_list().size(), 100'000u);
  EXPECT_LT(moves, 20);
}

TEST(ListAppendTest, ItemsThatLeadBackToTheListMakeNoCycle) {
  // A cycle would never be freed: the leak checker would report it.
  Value list = Value::appended(Value::appended(Value::empty_list(), 0), 1);
  const Value itself = Value::appended(list, list);
  EXPECT_EQ(to_repr(itself), "[0, 1, [0, 1]]");
  const Value inside = Value::appended(list, Dict{{"list", list}});
  EXPECT_EQ(to_repr(inside), "[0, 1, {'list': [0, 1]}]");
  const Dict holder{{"list", Value::appended(Value::appended(Value::empty_list(), 0), 1)}};
  EXPECT_EQ(to_repr(Value::appended(*holder.find("list"), holder)), "[0, 1, {'list': [0, 1]}]");
  for (int i = 0; i < 10; ++i) list = Value::appended(list, list);
  EXPECT_EQ(list.as_list().size(), 12u);
}

TEST(ListAppendTest, TwoListsMayContainPartsOfEachOther) {
  const Value a = Value::appended(Value::empty_list(), "a");
  const Value b = Value::appended(Value::empty_list(), "b");
  const Value ab = Value::appended(a, b);
  const Value ba = Value::appended(b, ab);
  const Value aba = Value::appended(a, ba);
  EXPECT_EQ(to_repr(aba), "['a', ['b', ['a', ['b']]]]");
}

TEST(ListAppendTest, MayHappenInSeveralThreads) {
  const Value start = Value::appended(Value::appended(Value::empty_list(), 1), 2);
  std::vector<Value> results(4);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      Value list = start;
      for (int i = 0; i < 1000; ++i) list = Value::appended(list, thread);
      results[static_cast<std::size_t>(thread)] = list;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int thread = 0; thread < 4; ++thread) {
    const auto items = results[static_cast<std::size_t>(thread)].as_list();
    ASSERT_EQ(items.size(), 1002u);
    for (const Value& item : items.subspan(2)) ASSERT_EQ(item.as_int(), thread);
  }
}

TEST(DeepValueTest, IsDestroyedWithoutRecursion) {
  Value list = nested_list(kDeep);
  list = nullptr;
  Dict dict;
  for (int i = 0; i < kDeep; ++i) dict = Dict{{"inner", dict}, {"list", Value::list({dict})}};
  dict = Dict();
  EXPECT_TRUE(dict.empty());
}

TEST(DeepValueTest, WhatOthersStillHoldSurvives) {
  const Value inner = nested_list(kDeep);
  { const Value outer = Value::list({inner, Dict{{"inner", inner}}, Value::list({inner, inner})}); }
  EXPECT_EQ(inner.as_list().size(), 1u);
}

TEST(DictTest, KeepsTheOrderOfFirstInsertion) {
  Dict dict{{"b", 1}, {"a", 2}};
  dict.set("c", 3);
  dict.set("b", 4);
  EXPECT_EQ(to_repr(dict), "{'b': 4, 'a': 2, 'c': 3}");
  dict.erase("a");
  dict.erase("missing");
  dict.set("a", 5);
  EXPECT_EQ(to_repr(dict), "{'b': 4, 'c': 3, 'a': 5}");
}

TEST(DictTest, HasPythonsKeyRule) {
  Dict dict;
  dict.set(1, "first");
  dict.set(1.0, "second");
  dict.set(true, "third");
  dict.set("1", "text");
  dict.set(nullptr, "none");
  EXPECT_EQ(to_repr(dict), "{1: 'third', '1': 'text', None: 'none'}");
  ASSERT_NE(dict.find(Value(1.0)), nullptr);
  EXPECT_EQ(dict.find(Value(1.0))->as_text(), "third");
  EXPECT_EQ(dict.find(Value(2)), nullptr);
  EXPECT_EQ(dict.find(Value())->as_text(), "none");
  EXPECT_TRUE(dict.find_entry(Value(true))->key.is_int());
}

TEST(DictTest, FindsEveryKeyAtEverySize) {
  Dict dict;
  for (int i = 0; i < 2000; ++i) {
    dict.set("key" + std::to_string(i), i);
    dict.set(i, -i);
    ASSERT_EQ(dict.size(), static_cast<std::size_t>(i + 1) * 2);
    if (i > 40 && i % 100 != 0) continue;
    for (int known = 0; known <= i; ++known) {
      ASSERT_EQ(dict.find("key" + std::to_string(known))->as_int(), known);
      ASSERT_EQ(dict.find(Value(static_cast<double>(known)))->as_int(), -known);
    }
    ASSERT_EQ(dict.find("key" + std::to_string(i + 1)), nullptr);
  }
  for (int i = 0; i < 2000; i += 2) dict.erase("key" + std::to_string(i));
  EXPECT_EQ(dict.size(), 3000u);
  EXPECT_EQ(dict.find("key2"), nullptr);
  EXPECT_EQ(dict.find("key1999")->as_int(), 1999);
  EXPECT_EQ(dict.find(Value(1998))->as_int(), -1998);
}

TEST(DictTest, ChangingOneHolderLeavesTheOthers) {
  Dict first{{"a", 1}};
  const Dict second = first;
  const Value third = first;
  first.set("a", 2);
  first.set("self", first);
  EXPECT_EQ(to_repr(first), "{'a': 2, 'self': {'a': 2}}");
  EXPECT_EQ(to_repr(second), "{'a': 1}");
  EXPECT_EQ(to_repr(third), "{'a': 1}");
  Dict taken = third.as_dict();
  taken.erase("a");
  EXPECT_TRUE(taken.empty());
  EXPECT_EQ(third.as_entries().size(), 1u);
}

TEST(DictTest, ReservesBeforeAndAfterTheFirstEntries) {
  Dict dict;
  dict.reserve(100);
  dict.set("a", 1);
  dict.reserve(1000);
  for (int i = 0; i < 1000; ++i) dict.set(i, i);
  EXPECT_EQ(dict.find("a")->as_int(), 1);
  EXPECT_EQ(dict.find(Value(999))->as_int(), 999);
}

TEST(DictTest, OnlyContainersAreNoKeys) {
  for (const Value& key :
       {Value(), Value(true), Value(1), Value(1.5), Value("a"), Value::big_int("99999999999999999999")}) {
    EXPECT_TRUE(is_hashable(key));
  }
  EXPECT_FALSE(is_hashable(Value::empty_list()));
  EXPECT_FALSE(is_hashable(Dict()));
}

}  // namespace
}  // namespace vnode
