#include "apps/vnode/completion/completer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "apps/vnode/commands/command_table.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using Kind = Completion::Kind;

constexpr const char* kWorkflow = R"(parameters:
  frames: {type: text, description: what to render}
  quality: {type: choice, options: [preview, final]}
  fast: {type: bool, default: false}
  plate: {type: path, default: a.exr}
nodes:
  range: {type: frame_range, text: 1-3}
  render.v2: {type: run_command, command: [render], stdin: range.frames, shell: true}
)";

struct CompleterTest : testing::Test {
  Completion ask(std::vector<std::string> words) const { return complete(program_spec(), words); }

  std::vector<std::string> words(std::vector<std::string> typed) const {
    std::vector<std::string> words;
    for (const Candidate& candidate : ask(std::move(typed)).candidates) words.push_back(candidate.word);
    return words;
  }

  test::ScratchFolder folder;
  std::string file = folder.write("w.yaml", kWorkflow);
};

TEST_F(CompleterTest, KnowsCommandsAndOptions) {
  EXPECT_THAT(words({"va"}), ElementsAre("validate"));
  EXPECT_THAT(words({"queue", "re"}), ElementsAre("resume", "remove"));
  EXPECT_THAT(words({"run", "--fail"}), ElementsAre("--fail-fast", "--failed-inputs"));
  EXPECT_THAT(words({"run", "-"}), Contains("-p"));
  EXPECT_THAT(words({"run", "--"}), Contains("--verbose"));
  EXPECT_THAT(words({"run", "--fail-fast", "--fail"}), ElementsAre("--failed-inputs")) << "it was given";
  EXPECT_THAT(words({"run", "--param", "a=1", "--para"}), ElementsAre("--param", "--params-file"));
}

TEST_F(CompleterTest, KnowsWordsOfAFew) {
  EXPECT_THAT(words({"run", "--format", ""}), ElementsAre("ndjson", "pretty", "quiet", "json"));
  EXPECT_THAT(words({"run", "--format=p"}), ElementsAre("--format=pretty"));
  EXPECT_THAT(words({"serve", "--logged-errors", ""}), ElementsAre("fail", "report"));
  EXPECT_THAT(words({"schema", "ev"}), ElementsAre("events"));
}

TEST_F(CompleterTest, LeavesFilesToTheShell) {
  EXPECT_EQ(ask({"run", "w"}).kind, Kind::kFiles);
  EXPECT_EQ(ask({"run", "--logs", ""}).kind, Kind::kFolders);
  EXPECT_EQ(ask({"graph", file, "--to=o"}).kind, Kind::kFiles);
  EXPECT_EQ(ask({"graph", file, "--to=o"}).before, "--to=");
}

TEST_F(CompleterTest, KnowsNodesAndPortsOfTheWorkflow) {
  EXPECT_THAT(words({"run", file, "--only", ""}), ElementsAre("range", "render.v2"));
  EXPECT_THAT(words({"run", "--skip", "re", file}), ElementsAre()) << "the file is not known yet";
  EXPECT_THAT(words({"run", file, "--target", "ra"}), ElementsAre("range"));
  EXPECT_THAT(words({"run", file, "--target", "range.f"}), Contains("range.frames"));
  EXPECT_THAT(words({"run", file, "--output", ""}), ElementsAre("range.", "render.v2."));
  EXPECT_EQ(ask({"run", file, "--output", ""}).kind, Kind::kOpenWords);
  EXPECT_THAT(words({"run", file, "--output", "render.v2.std"}),
              ElementsAre("render.v2.stdout", "render.v2.stderr"));
  EXPECT_EQ(ask({"run", file, "--output", "render.v2.std"}).kind, Kind::kWords);
  EXPECT_THAT(words({"graph", file, "--run", ""}), ElementsAre());
}

TEST_F(CompleterTest, KnowsWhatCanBeSet) {
  EXPECT_THAT(words({"run", file, "-p", ""}),
              ElementsAre("frames=", "quality=", "fast=", "plate=", "range.", "render.v2."));
  const std::vector<std::string> inputs = words({"run", file, "-p", "render.v2."});
  EXPECT_THAT(inputs, Contains("render.v2.command="));
  EXPECT_THAT(inputs, Not(Contains("render.v2.stdin="))) << "a wire leads to it";
  EXPECT_THAT(inputs, Not(Contains("render.v2.exec_in=")));
  EXPECT_THAT(words({"submit", file, "-p", "quality="}), ElementsAre("quality=preview", "quality=final"));
  EXPECT_THAT(words({"run", file, "-pfast=t"}), ElementsAre("-pfast=true"));
  EXPECT_THAT(words({"run", file, "-p", "render.v2.shell="}),
              ElementsAre("render.v2.shell=true", "render.v2.shell=false"));
}

TEST_F(CompleterTest, KnowsWhereFilesAreNamedInValues) {
  EXPECT_EQ(ask({"run", file, "-p", "plate=a"}).kind, Kind::kFiles);
  EXPECT_EQ(ask({"run", file, "-p", "plate=a"}).before, "plate=");
  EXPECT_EQ(ask({"run", file, "--param=frames=@f"}).before, "--param=frames=@");
}

TEST_F(CompleterTest, KnowsPortsOfTheTypeWhileTheFileIsBroken) {
  const std::string broken = folder.write("b.yaml", std::string(kWorkflow) + "  new: {type: [\n");
  EXPECT_THAT(words({"run", broken, "-p", "range.te"}), ElementsAre("range.text="));
}

TEST_F(CompleterTest, ReadsWorkflowsAsEditorsSaveThem) {
  const std::string json = folder.write("w.json", R"({"nodes": [
    {"instance_id": "00000000-0000-0000-0000-000000000001", "node_id": "message_node", "position": [0, 0], "parameters": {"msg": "a"}},
    {"instance_id": "0a000000-0000-0000-0000-000000000002", "node_id": "console_print", "position": [0, 0], "parameters": {}},
    {"instance_id": "0b000000-0000-0000-0000-000000000003", "node_id": "console_print", "position": [0, 0], "parameters": {}}],
    "connections": [], "metadata": {"parameters": {"who": {"type": "choice", "options": ["me", "you"]}}}})");
  EXPECT_THAT(words({"run", json, "--only", ""}), ElementsAre("message_node", "0a000000", "0b000000"));
  EXPECT_THAT(words({"run", json, "-p", "message_node."}), Contains("message_node.msg="));
  EXPECT_THAT(words({"run", json, "-p", "who="}), ElementsAre("who=me", "who=you"));
  EXPECT_THAT(words({"run", folder.write("x", "[1"), "--only", ""}), ElementsAre());
  EXPECT_THAT(words({"run", folder.file("not_there"), "--only", ""}), ElementsAre());
}

TEST_F(CompleterTest, KnowsNodeTypes) {
  EXPECT_THAT(words({"nodes", "show", "frame_r"}), ElementsAre("frame_range"));
}

TEST_F(CompleterTest, SaysNothingOfWhatItDoesNotKnow) {
  EXPECT_THAT(words({"no_such_command", ""}), ElementsAre());
  EXPECT_THAT(words({"run", file, "--timeout", ""}), ElementsAre());
  EXPECT_EQ(ask({"run", file, "--timeout", ""}).kind, Kind::kWords);
  EXPECT_THAT(words({}), ElementsAre());
}

TEST(CompletionText, IsALineACandidate) {
  EXPECT_EQ(completion_text({Kind::kFiles, "--to=", {}}), "files\t--to=\n");
  EXPECT_EQ(completion_text({Kind::kOpenWords, "", {{"a=", "one\ntwo\x1b[1m"}, {"b\n", ""}, {"c", ""}}}),
            "open\t\na=\tone\\x0atwo\\x1b[1m\nc\n");
}

/// What --help calls words is what completion goes by: a new name has to be thought about.
TEST(WordKind, IsKnownOfEveryOption) {
  const std::set<std::string> texts = {"N",           "TIME",     "SIZE",      "BYTES",      "HOST:PORT",
                                       "NAME=AMOUNT", "TEXT",     "KEY=VALUE", "URL",        "COMMAND",
                                       "SEQ",         "ENCODING", "NAME",      "CONCURRENCY"};
  std::function<void(const CommandSpec&)> check = [&](const CommandSpec& command) {
    for (const OptionSpec& option : command.options) {
      if (option.arity == OptionSpec::Arity::kSwitch || word_kind(option) != WordKind::kText) continue;
      const std::string& word = option.names.starts_with("-") ? option.type_name : option.names;
      EXPECT_TRUE(texts.contains(word)) << command.name << " " << option.names << " " << word;
    }
    for (const CommandSpec& sub : command.subcommands) check(sub);
  };
  check(program_spec());
}

}  // namespace
}  // namespace vnode
