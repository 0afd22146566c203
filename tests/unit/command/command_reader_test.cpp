#include "command/command_reader.h"

#include <gmock/gmock.h>

#include <random>

#include "command/command_call.h"
#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(CommandReader, ReadsAWholeDefinition) {
  const auto command =
      command_of(R"x("command": ["ffmpeg", {"when": "flag", "words": ["-vf", "scale={a}"]}, "{file}"],
      "environment": {"N": "{a}"}, "directory": "{file}", "stdin": "x{a}", "outputs": [{"name": "o"}, {"name": "p"}],
      "outputs_from": {"o": {"file": "{file}"}, "p": {"match": "a(b)"}},
      "success": {"exit_codes": [0, 3], "files": ["{file}"], "fresh": false, "not_in_output": ["Error"]},
      "progress": {"pattern": "time=(\\d+):(\\d+):([\\d.]+)", "unit": "hms", "total": "{a}"},
      "limits": {"memory": "2G", "cpu_time": "1m", "nice": 5, "open_files": 64, "address_space": 4096, "log_limit": "1K"},
      "speaks": ["env", "output"])x");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->command.size(), 3u);
  EXPECT_EQ(command->command[1].when, "flag");
  EXPECT_THAT(command->success.exit_codes, ElementsAre(0, 3));
  EXPECT_FALSE(command->success.is_fresh);
  EXPECT_EQ(command->outputs[1].kind, OutputSource::Kind::kMatch);
  EXPECT_EQ(command->progress->unit, ProgressRule::Unit::kTime);
  EXPECT_EQ(command->limits.memory, 2ull << 30);
  EXPECT_EQ(command->limits.cpu_seconds, 60u);
  EXPECT_TRUE(command->speaks_env && command->speaks_output);
}

TEST(CommandReader, PointsAtEachMistake) {
  EXPECT_EQ(
      complaints(
          R"x("command": ["x", 3, "{b}", {"when": "flagg", "words": ["{", null]}], "stdin": "{nope}")x"),
      "/command/1: a word is a text, or {\"when\": input, \"words\": [...]}; numbers are written as texts\n"
      "/command/2: {b} names no data input of this definition; a brace that is none of a placeholder is "
      "written {{\n"
      "/command/3/when: no data input is called 'flagg'; did you mean 'flag'?\n"
      "/command/3/words/0: a { without its }; a brace that is none of a placeholder is written {{\n"
      "/command/3/words/1: a word is a text, or {\"when\": input, \"words\": [...]}; numbers are written as "
      "texts\n"
      "/stdin: {nope} names no data input of this definition; a brace that is none of a placeholder is "
      "written {{\n");
}

TEST(CommandReader, TakesSecretsInEnvironmentAndInputOnly) {
  EXPECT_EQ(complaints(R"x("command": ["x"], "stdin": "{secret.A}", "environment": {"A": "x{secret.B}"})x"),
            "");
  EXPECT_THAT(complaints(R"x("command": ["x", "{secret.A}"], "directory": "{secret.A}")x"),
              AllOf(HasSubstr("/command/1: {secret.A} cannot be given here"),
                    HasSubstr("/directory: {secret.A} cannot be given here")));
  for (const char* text :
       {"echo {secret.A}", "echo '{secret.A}'", "echo \\\"${secret.A}\\\"", "# {secret.A}"}) {
    EXPECT_THAT(complaints("\"command\": \"" + std::string(text) + "\", \"shell\": true"),
                HasSubstr("/command: {secret.NAME} cannot be given in a command"))
        << text;
  }
}

TEST(CommandReader, RefusesWhatIsNoCommand) {
  EXPECT_EQ(complaints(R"x("command": [])x"), "/command: the command is empty\n");
  EXPECT_EQ(complaints(R"x("command": [""])x"), "/command/0: the name of the program is empty\n");
  EXPECT_THAT(complaints(R"x("command": [{"when": "a", "words": ["x"]}])x"),
              HasSubstr("/command/0: the first word"));
  EXPECT_THAT(complaints(R"x("command": "ls -l")x"), HasSubstr("\"shell\": true"));
  EXPECT_THAT(complaints(R"x("command": 3)x"), HasSubstr("/command: 'command' must be a list of words"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "shell": true)x"),
              HasSubstr("/command: 'command' must be a text"));
  EXPECT_THAT(complaints(R"x("command": "  ", "shell": true)x"), HasSubstr("the command is empty"));
  EXPECT_THAT(complaints(R"x("command": "echo '{a}'", "shell": true)x"),
              HasSubstr("/command: {a} is inside quotes"));
  EXPECT_THAT(complaints(R"x("command": ["a\u0000b"])x"), HasSubstr("NUL"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "python_code": "")x"), HasSubstr("/python_code"));
}

TEST(CommandReader, RefusesWhatIsNotApplied) {
  EXPECT_THAT(complaints(R"x("command": ["x"], "enviroment": {})x"),
              HasSubstr("did you mean 'environment'?"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "success": {"exit_code": [0]})x"),
              HasSubstr("did you mean 'exit_codes'?"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "limits": {"timeot": "2h"})x"),
              HasSubstr("did you mean 'timeout'?"));
  EXPECT_EQ(complaints(R"x("command": ["x"], "limits": {"timeout": "2h", "retries": 1, "memory": "1G"})x"),
            "");
  EXPECT_THAT(complaints(R"x("command": ["x"], "speaks": ["everything"])x"), HasSubstr("/speaks/0: "));
  EXPECT_EQ(complaints(R"x("command": ["x"], "my_notes": 1, "icon_path": null)x"), "");
}

TEST(CommandReader, ChecksSuccessProgressAndEnvironment) {
  EXPECT_THAT(
      complaints(R"x("command": ["x"], "success": {"exit_codes": [256, "0"], "not_in_output": ["("]})x"),
      testing::AllOf(HasSubstr("/success/exit_codes/0"), HasSubstr("/success/exit_codes/1"),
                     HasSubstr("/success/not_in_output/0: not a regular expression")));
  EXPECT_THAT(complaints(R"x("command": ["x"], "progress": {"pattern": "a"})x"), HasSubstr("needs a group"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "progress": {"pattern": "(a)", "unit": "hms"})x"),
              HasSubstr("three groups"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "progress": {"pattern": "(a)", "unit": "count"})x"),
              HasSubstr("/progress/total"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "progress": {})x"),
              HasSubstr("/progress/pattern: 'pattern' is missing"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "environment": {"A=B": "x", "C": 1})x"),
              testing::AllOf(HasSubstr("/environment/A=B"), HasSubstr("/environment/C")));
}

TEST(CommandReader, ChecksThatEachOutputIsFilledOnce) {
  EXPECT_THAT(complaints(R"x("command": ["x"], "outputs": [{"name": "o"}])x"),
              HasSubstr("/outputs/0/name: nothing fills 'o'"));
  EXPECT_EQ(complaints(R"x("command": ["x"], "outputs": [{"name": "o"}], "speaks": ["output"])x"), "");
  EXPECT_THAT(complaints(R"x("command": ["x"], "outputs_from": {"o": {"stdout": "text"}})x"),
              HasSubstr("no data output is called 'o'"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "outputs_from": {"stdout": {"stdout": "text"}})x"),
              HasSubstr("by itself"));
  EXPECT_THAT(
      complaints(
          R"x("command": ["x"], "outputs": [{"name": "o"}], "outputs_from": {"o": {"stdout": "words"}})x"),
      HasSubstr("/outputs_from/o/stdout"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "outputs": [{"name": "o"}], "outputs_from": {"o": {}})x"),
              HasSubstr("has one member"));
  EXPECT_THAT(complaints(R"x("command": ["x"], "outputs": [{"name": "done", "type": "exec"}])x"),
              HasSubstr("'exec_out' and 'exec_fail' only"));
}

TEST(CommandReader, GivesAllMistakesInOneErrorOfTheDefinition) {
  const Error error = read_definition_document(command_document(R"x("command": ["{x}", "{y}"])x")).error();
  EXPECT_THAT(error.message, testing::AllOf(HasSubstr("(at /command/0)"), HasSubstr("(at /command/1)")));
  EXPECT_EQ(read_definition_document(command_document(R"x("command": ["{x}"])x")).error().place.pointer,
            "/command/0");
}

/// Random documents of the right members with wrong contents: read or refused, never anything else.
TEST(CommandReader, ReadsAnyDocument) {
  const std::vector<std::string> members = {"command",      "shell",   "environment", "directory", "stdin",
                                            "outputs_from", "success", "progress",    "limits",    "speaks"};
  const std::vector<std::string> values = {"null",
                                           "true",
                                           "3",
                                           "-1",
                                           "1e400",
                                           "\"\"",
                                           "\"{a}\"",
                                           "\"{\"",
                                           "[]",
                                           "[[]]",
                                           "{}",
                                           "[\"x\", \"{list}\"]",
                                           "[{\"when\": \"a\", \"words\": [\"{a}\"]}]",
                                           "{\"a\": {\"stdout\": 1}}",
                                           "{\"exit_codes\": 3, \"files\": [3]}",
                                           "{\"pattern\": \"(\", \"unit\": []}",
                                           "\"\\u0000\""};
  std::mt19937 random(7);
  for (int i = 0; i < 5'000; ++i) {
    std::string text = "\"x\": 1";
    for (const std::string& member : members) {
      if (random() % 2 == 0) text += ", \"" + member + "\": " + values[random() % values.size()];
    }
    const Result<NodeDefinition> definition = read_definition_document(command_document(text));
    if (definition && definition->command) {
      (void)make_call(*definition->command, vnode::test::values({{"a", 1}})).ok();
    }
  }
}

}  // namespace
}  // namespace vnode::test
