// What an execution goes by, and how two of them are told apart (journal rule 5).
#include "journal/execution_digests.h"

#include <gtest/gtest.h>

#include "journal/recorded_values.h"
#include "node/node_type.h"

namespace vnode {
namespace {

class ExecutionDigestsTest : public testing::Test {
 protected:
  ExecutionDigests digests(const Secrets& secrets = {}) {
    RecordedValues values(std::make_shared<const SecretMask>(secrets), [](std::string_view) {});
    Digester digester(values);
    return digester.digests_of({.place = {},
                                .type = type,
                                .reason = {},
                                .hook = {},
                                .cause = {},
                                .inputs = inputs,
                                .command = command},
                               was_masked);
  }
  /// What tells them apart; empty: nothing.
  static std::string told(const ExecutionDigests& recorded, const ExecutionDigests& now) {
    const std::optional<std::string> text = difference(recorded, now);
    EXPECT_EQ(text.has_value(), recorded.whole() != now.whole());
    return text.value_or("");
  }

  NodeType type{.definition = {.node_id = "render",
                               .name = "Render",
                               .description = {},
                               .inputs = {},
                               .outputs = {},
                               .python_code = {},
                               .document = Value(Dict{{"node_id", "render"}, {"python_code", "pass"}})}};
  std::vector<PortValue> inputs{{"frame", Value(7)}, {"scene", Value("a.ma")}};
  std::vector<PortValue> command{{"words", Value::list({"render", "7"})}, {"stdin", Value()}};
  bool was_masked = false;
};

TEST_F(ExecutionDigestsTest, AreTheSameOfEqualOnes) {
  const ExecutionDigests first = digests();
  EXPECT_EQ(told(first, digests()), "");
  EXPECT_EQ(first.whole().size(), 32u);
}

TEST_F(ExecutionDigestsTest, TellWhichInputHasChanged) {
  const ExecutionDigests first = digests();
  inputs[0].value = Value(7.0);  // another type is another value
  EXPECT_EQ(told(first, digests()), "input changed: frame");
  inputs.pop_back();
  inputs[0].value = Value(7);
  EXPECT_EQ(told(first, digests()), "input changed: scene");
  EXPECT_EQ(told(digests(), first), "input changed: scene");
}

TEST_F(ExecutionDigestsTest, TellOfDefinitionsAndCommands) {
  const ExecutionDigests first = digests();
  command[0].value = Value::list({"render", "8"});
  EXPECT_EQ(told(first, digests()), "command changed: words");
  command[0].value = Value::list({"render", "7"});
  type.definition.document = Value(Dict{{"node_id", "render"}, {"python_code", "return"}});
  EXPECT_EQ(told(first, digests()), "definition changed");
}

TEST_F(ExecutionDigestsTest, NativeTypesGoByTheirRevision) {
  type.definition.document = Value();
  const ExecutionDigests first = digests();
  EXPECT_EQ(told(first, digests()), "");
  ++type.revision;
  EXPECT_EQ(told(first, digests()), "definition changed");
}

TEST_F(ExecutionDigestsTest, SecretsAreInNone) {
  inputs[1].value = Value("key: first-secret");
  command[1].value = Value("first-secret");
  const ExecutionDigests first = digests({{"TOKEN", "first-secret"}});
  EXPECT_TRUE(was_masked);
  inputs[1].value = Value("key: other-secret");
  command[1].value = Value("other-secret");
  EXPECT_EQ(told(first, digests({{"TOKEN", "other-secret"}})), "");
  was_masked = false;
  inputs[1].value = Value("plain");
  digests({{"TOKEN", "other-secret"}});
  EXPECT_FALSE(was_masked);  // the command's do not count
}

TEST_F(ExecutionDigestsTest, ComeBackFromRecords) {
  JournalRecord begin{.kind = "begin", .fields = {}};
  begin.fields.set("definition", Value("d"));
  begin.fields.set("inputs", Value(Dict{{"frame", "f"}}));
  const ExecutionDigests read = read_digests(begin);
  EXPECT_EQ(read.definition, "d");
  EXPECT_EQ(read.inputs, (ExecutionDigests::Parts{{"frame", "f"}}));
  EXPECT_TRUE(read.command.empty());
}

}  // namespace
}  // namespace vnode
