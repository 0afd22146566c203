#include "command/run_command.h"

#include <gmock/gmock.h>

#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Result<CommandPlan> planned(std::map<std::string, Value> inputs) {
  return plan_run_command({"who", "list"}, values(std::move(inputs)));
}

TEST(RunCommand, SplitsATextAsAShellDoesAndThenPutsValuesIn) {
  EXPECT_THAT(planned({{"command", "echo 'a b' \"c\\\"d\\n\" e\\ f {who} x{who}"}, {"who", "two words; $x"}})
                  .value()
                  .call.words,
              ElementsAre("echo", "a b", "c\"d\\n", "e f", "two words; $x", "xtwo words; $x"));
}

TEST(RunCommand, TakesAListAsItIs) {
  const Value command = Value::list({Value("awk"), Value("{print $1, {who}}"), Value("{list}"), Value(3)});
  EXPECT_THAT(planned({{"command", command}, {"who", 5}, {"list", Value::list({Value("x"), Value("y")})}})
                  .value()
                  .call.words,
              ElementsAre("awk", "{print $1, 5}", "x", "y", "3"));
}

TEST(RunCommand, GivesAShellTheTextAsItIs) {
  EXPECT_THAT(planned({{"command", "echo {who} | cat"}, {"shell", true}, {"who", "x"}}).value().call.words,
              ElementsAre("/bin/sh", "-c", "echo {who} | cat"));
}

TEST(RunCommand, FillsItsSurroundings) {
  const CommandPlan plan = planned({{"command", "x"},
                                    {"who", "w"},
                                    {"stdin", "{\"k\": \"{who}\"}"},
                                    {"directory", "d/{who}"},
                                    {"environment", Dict{{"A", "<{who}>"}, {"N", 3}, {"none", Value()}}},
                                    {"success_codes", Value::list({Value(2)})},
                                    {"expect_files", Value::list({Value("f")})}})
                               .value();
  EXPECT_EQ(plan.call.input, "{\"k\": \"w\"}");
  EXPECT_EQ(plan.call.directory, "d/w");
  EXPECT_THAT(plan.call.environment, ElementsAre(Pair("A", "<w>"), Pair("N", "3")));
  EXPECT_THAT(plan.exit_codes, ElementsAre(2));
  EXPECT_THAT(plan.files, ElementsAre("f"));
}

TEST(RunCommand, GivesSecretsToEnvironmentAndInputOnly) {
  const CommandPlan plan = planned({{"command", "x"},
                                    {"secret.TOKEN", "hunter2"},
                                    {"stdin", "{secret.TOKEN} {x}"},
                                    {"environment", Dict{{"A", "<{secret.TOKEN}>"}}}})
                               .value();
  EXPECT_EQ(plan.call.input, "hunter2 {x}");
  EXPECT_THAT(plan.call.environment, ElementsAre(Pair("A", "<hunter2>")));
  for (const Value& command :
       {Value("echo {secret.TOKEN}"), Value::list({Value("echo"), Value("{secret.TOKEN}")})}) {
    for (const bool shell : {false, true}) {
      if (shell && !command.is_text()) continue;
      EXPECT_THAT(
          planned({{"command", command}, {"shell", shell}, {"secret.TOKEN", "hunter2"}}).error().message,
          HasSubstr("'environment' and 'stdin' take it"));
    }
  }
  EXPECT_THAT(planned({{"command", "x"}, {"directory", "{secret.TOKEN}"}}).error().message,
              HasSubstr("'directory'"));
  EXPECT_THAT(planned({{"command", "x"}, {"stdin", "{secret.OTHER}"}}).error().message,
              HasSubstr("no secret 'OTHER'"));
}

TEST(RunCommand, KnowsWhatAFileMustNotHave) {
  const NodeType type = run_command_type(nullptr);
  Problems problems;
  type.check_saved("command", Value::list({Value("x"), Value("{secret.A}")}), "/p", problems);
  type.check_saved("directory", "{secret.A}", "/d", problems);
  type.check_saved("stdin", "{secret.A}", "/s", problems);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].pointer, "/p/1");
  EXPECT_EQ(problems[1].pointer, "/d");
}

TEST(RunCommand, SaysWhatIsWrongWithItsInputs) {
  EXPECT_THAT(planned({{"command", Value::list({Value("a"), Value()})}}).error().message,
              HasSubstr("word 1 of the command is None"));
  EXPECT_THAT(planned({{"command", "x {who}"}}).error().message, HasSubstr("'who' has no value"));
  EXPECT_THAT(planned({{"command", "x"}, {"success_codes", Value::list({Value("no")})}}).error().message,
              HasSubstr("success_codes"));
  EXPECT_THAT(planned({{"command", "x"}, {"environment", 3}}).error().message, HasSubstr("environment"));
}

TEST(RunCommand, TakesInputsOfAnyNameButItsOwn) {
  const NodeType type = run_command_type(nullptr);
  EXPECT_THAT(
      further_inputs(type.definition,
                     {{"who", 1}, {"stdout", "old"}, {"exec_out", true}, {"command", "x"}, {"__name__", "n"}},
                     {"who", "wired", "stdin"}),
      ElementsAre("who", "wired"));
}

}  // namespace
}  // namespace vnode::test
