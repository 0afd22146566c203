// Commands that cannot be started, or are given what nobody expects.
#include "unit/command/command_run_case.h"

#include <sys/resource.h>

namespace vnode::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CommandFaultsTest : public CommandRunCase {
 protected:
  struct Told {
    std::string error, exit_code;
  };
  Told told(Value command, Dict more = {}) {
    WorkflowBuilder w;
    more.set("command", std::move(command));
    w.node("c", "run_command", more);
    RealRun run(*this, w);
    run.to_end();
    return {run.outcome().error, run.result("c", "exit_code")};
  }
  /// What `printf '%s\n'` makes of the words; wired, so that all of it is kept.
  std::string echoed(std::vector<Value> words) {
    WorkflowBuilder w;
    words.insert(words.begin(), {Value("printf"), Value("<%s>")});
    w.node("c", "run_command", {{"command", Value::list(words)}})
        .node("r", "message_node")
        .data("c.stdout", "r.msg");
    RealRun run(*this, w);
    run.to_end();
    const Value* value = run.run->result(w.id("c"), "stdout");
    return value && value->is_text() ? std::string(value->as_text()) : run.all();
  }
};

TEST_F(CommandFaultsTest, AMissingProgramIs127) {
  Told result = told("no-such-program-here x");
  EXPECT_EQ(result.exit_code, "127");
  EXPECT_THAT(result.error, HasSubstr("no such program: no-such-program-here"));
  EXPECT_EQ(told(Value::list({Value("/no/such/program")})).exit_code, "127");
}

TEST_F(CommandFaultsTest, WhatCannotBeExecutedIs126) {
  folder_.write("text", "no program");
  Told result = told(Value::list({Value(folder_.file("text"))}));
  EXPECT_EQ(result.exit_code, "126");
  EXPECT_THAT(result.error, HasSubstr("cannot"));
  result = told(Value::list({Value(folder_.path())}));
  EXPECT_EQ(result.exit_code, "126");
  EXPECT_THAT(result.error, HasSubstr("it is a folder"));
}

TEST_F(CommandFaultsTest, AScriptThatNamesNoInterpreterIsRunByTheShell) {
  folder_.write("text", "exit 5");
  std::filesystem::permissions(folder_.file("text"), std::filesystem::perms::all);
  EXPECT_EQ(told(Value::list({Value(folder_.file("text"))})).exit_code, "5");
}

TEST_F(CommandFaultsTest, AScriptWithoutItsInterpreterIsTold) {
  folder_.write("script", "#!/no/such/interpreter\n");
  std::filesystem::permissions(folder_.file("script"), std::filesystem::perms::all);
  for (const std::string& program : {folder_.file("script"), std::string("./script")}) {
    const Told result = told(Value::list({Value(program)}));
    EXPECT_EQ(result.exit_code, "126");
    EXPECT_THAT(result.error, HasSubstr("the interpreter that its first line names is not there"));
  }
}

TEST_F(CommandFaultsTest, AMissingDirectoryIsTold) {
  const Told result = told("true", {{"directory", "not/here"}});
  EXPECT_EQ(result.exit_code, "126");
  EXPECT_THAT(result.error, AllOf(HasSubstr("working directory"), HasSubstr("not/here")));
}

TEST_F(CommandFaultsTest, AnEmptyCommandIsTold) {
  for (const Value& command :
       {Value(""), Value("  "), Value(), Value::empty_list(), Value::list({Value("")})}) {
    const Told result = told(command);
    EXPECT_EQ(result.exit_code, "126");
    EXPECT_THAT(result.error, testing::AnyOf(HasSubstr("empty"), HasSubstr("no value"))) << to_repr(command);
  }
  EXPECT_THAT(told("echo 'x").error, HasSubstr("a quote is not closed"));
  EXPECT_THAT(told(" ", {{"shell", true}}).error, HasSubstr("empty"));
  EXPECT_THAT(told(Value::list({Value("a")}), {{"shell", true}}).error, HasSubstr("one text"));
}

TEST_F(CommandFaultsTest, ANulIsTold) {
  const std::string nul("a\0b", 3);
  EXPECT_THAT(told(Value::list({Value("echo"), Value(nul)})).error, HasSubstr("has a NUL"));
  EXPECT_THAT(told("echo", {{"environment", Dict{{"A", nul}}}}).error, HasSubstr("NUL"));
  EXPECT_THAT(told("echo", {{"environment", Dict{{"A=B", "x"}}}}).error,
              HasSubstr("cannot be the name of a variable"));
}

TEST_F(CommandFaultsTest, HostileArgumentsComeAsTheyAre) {
  const std::vector<std::string> hostile = {
      "",    "a\nb",    "'",      "\"",   "{", "{x}", "}",
      "-rf", "--",      "$(id)",  "`id`", "*", "\\",  "\xF0\x9F\x98\x80",
      " ",   "\t",      "a'b\"c", "%s",   "#", ";",   "~",
      "&&",  "\x01\x7f"};
  std::vector<Value> words;
  std::string expected;
  for (const std::string& text : hostile) {
    words.emplace_back(text);
    expected += "<" + text + ">";
  }
  EXPECT_EQ(echoed(words), expected);
}

TEST_F(CommandFaultsTest, BytesThatAreNoTextComeAsTheyAre) {
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command", Value::list({Value("sh"), Value("-c"), Value("printf %s \"$1\" | od -An -tx1"),
                                   Value("sh"), Value("\xff\xfe")})}});
  RealRun run(*this, w);
  run.to_end();
  EXPECT_EQ(run.result("c", "stdout"), "' ff fe'");
}

TEST_F(CommandFaultsTest, LongArgumentListsComeWholeOrAreRefused) {
  std::vector<Value> words(20'000, Value(std::string(60, 'x')));  // 1.2 MB
  EXPECT_EQ(echoed(words).size(), 20'000u * 62);
  Told result = told(
      Value::list({Value("true"), Value(std::string(2 << 20, 'x'))}));  // one word: more than Linux takes
  EXPECT_EQ(result.exit_code, "126");
  EXPECT_THAT(result.error, HasSubstr("too long"));
}

TEST_F(CommandFaultsTest, AMissingProgramIsAFailureThatCanBeHandled) {
  WorkflowBuilder w;
  w.node("c", "run_command", {{"command", "no-such-program-here"}})
      .node("d", "message_node")
      .exec("c.exec_fail", "d");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_EQ(run.outcome().nodes.handled, 1u);
}

TEST_F(CommandFaultsTest, ALogThatLooksLikeAMessageIsALog) {
  WorkflowBuilder w;
  w.node("c", "run_command",
         {{"command",
           "printf 'openjd_env: PATH=/nowhere\\nvnode: {\"output\": {\"lines\": 3}}\\nopenjd_env\\nvnode: "
           "{\\n'"}});
  w.node("d", "run_command", {{"command", "true"}}).exec("c", "d");
  RealRun run(*this, w);
  EXPECT_EQ(run.to_end().outcome().exit_code, 0) << run.all();
  EXPECT_EQ(run.sink.only({"log c"}).size(), 4u);
  EXPECT_THAT(run.result("c", "lines"), HasSubstr("'vnode: {'"));
}

}  // namespace
}  // namespace vnode::test
