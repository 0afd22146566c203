// Whether what a recorded execution went by still holds (journal rules 6 to 8).
#include "journal/step_checks.h"

#include <gtest/gtest.h>

#include "journal/recorded_values.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

class StepChecksTest : public testing::Test {
 protected:
  static JournalRecord record(const char* kind, Dict fields) {
    return {.kind = kind, .fields = std::move(fields)};
  }
  std::string reason(const JournalRecord& record) {
    return checks.reason_against(record, variables).value_or("");
  }
  Value digest(const Value& value) {
    bool was_masked = false;
    return Value(values.digest(value, was_masked));
  }

  RecordedValues values{std::make_shared<const SecretMask>(), [](std::string_view) {}};
  StepChecks checks{values};
  Dict variables;
  const test::ScratchFolder folder;
};

TEST_F(StepChecksTest, VariablesThatWereRead) {
  const JournalRecord there = record("read", {{"name", "x"}, {"digest", digest(Value(1))}});
  EXPECT_EQ(reason(there), "variable changed: x");
  variables.set("x", Value(1));
  EXPECT_EQ(reason(there), "");
  variables.set("x", Value(1.0));
  EXPECT_EQ(reason(there), "variable changed: x");
  const JournalRecord absent = record("read", {{"name", "y"}});
  EXPECT_EQ(reason(absent), "");
  variables.set("y", Value());
  EXPECT_EQ(reason(absent), "variable changed: y");
}

TEST_F(StepChecksTest, AllVariables) {
  const JournalRecord all = record("reads_all", {{"variables", Value(Dict{{"x", digest(Value(1))}})}});
  EXPECT_EQ(reason(all), "variable changed: x");
  variables.set("x", Value(1));
  EXPECT_EQ(reason(all), "");
  variables.set("new", Value(1));
  EXPECT_EQ(reason(all), "variable changed: new");
}

TEST_F(StepChecksTest, Modules) {
  const std::string path = folder.write("helper.py", "x = 1");
  FileDigests files;
  const JournalRecord used =
      record("modules",
             {{"modules", Value(Dict{{"helper", Value(Dict{{"path", path}, {"digest", files.of(path)}})}})}});
  EXPECT_EQ(reason(used), "");
  folder.write("helper.py", "x = 1000");
  EXPECT_EQ(reason(used), "module changed: helper");
  EXPECT_EQ(files.of(folder.file("absent")), "");
}

TEST_F(StepChecksTest, Marks) {
  EXPECT_EQ(reason(record("mark", {{"why", "stateful"}, {"detail", "attribute a"}})),
            "stateful: attribute a");
  EXPECT_EQ(reason(record("mark", {{"why", "late_read"}, {"detail", "x"}})), "variable changed: x");
}

TEST_F(StepChecksTest, WhatCannotBeRepeatedAsItWas) {
  EXPECT_EQ(reason(record("push", {{"port", "out"}, {"masked", true}})), "secret");
  EXPECT_EQ(reason(record("log", {{"message", "***"}, {"masked", true}})), "");
  EXPECT_EQ(reason(record("begin", {{"masked", true}})), "");
  EXPECT_EQ(reason(record("end", {{"changed", Value::list({"/a/b"})}})), "file changed: /a/b");
  EXPECT_EQ(reason(record("end", {{"status", "success"}})), "");
}

}  // namespace
}  // namespace vnode
