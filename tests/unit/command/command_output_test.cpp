#include "command/command_output.h"

#include <gmock/gmock.h>

#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;

/// The output of one command, given in parts.
struct OutputOf {
  explicit OutputOf(const std::string& members, CommandOutput::Settings settings = {})
      : definition(command_of(members)), output(*definition, settings, budget, mask) {}

  OutputOf& add(std::string_view bytes, OutputStream stream = OutputStream::kOutput) {
    output.add(stream, bytes, now);
    return *this;
  }
  std::vector<std::string> logs() {
    output.finish();
    std::vector<std::string> lines;
    for (const CommandReport& report : output.take_reports()) {
      if (const auto* line = std::get_if<CommandLogLine>(&report)) lines.push_back(line->text);
    }
    return lines;
  }

  std::shared_ptr<const CommandDefinition> definition;
  RunLogBudget budget;
  SecretMask mask;
  CommandOutput output;
  SteadyTime now{};
};

constexpr const char* kPlain = R"("command": ["x"])";

TEST(CommandOutput, CutsLinesHoweverTheyArrive) {
  OutputOf it(kPlain);
  for (const char c : std::string("one\ntwo\r\nopenjd_env: A=b\nthree")) it.add(std::string_view(&c, 1));
  EXPECT_THAT(it.logs(), ElementsAre("one", "two", "openjd_env: A=b", "three"));
  EXPECT_EQ(it.output.text(OutputStream::kOutput), "one\ntwo\r\nopenjd_env: A=b\nthree");
}

TEST(CommandOutput, FindsPatternsInBothStreamsAcrossParts) {
  OutputOf it(
      R"x("command": ["x"], "outputs": [{"name": "m"}], "outputs_from": {"m": {"match": "id=(\\w+)"}}, "success": {"not_in_output": ["ERR"]})x");
  it.add("id=o").add("ne\n").add("id=two\n", OutputStream::kErrors).add("E").add("RR x");
  it.logs();
  EXPECT_EQ(it.output.match(0), "two");
  EXPECT_THAT(it.output.forbidden(), testing::HasSubstr("ERR x"));
}

TEST(CommandOutput, PatternsSeeLinesThatOverwriteEachOther) {
  OutputOf it(
      R"x("command": ["x"], "outputs": [{"name": "m"}], "outputs_from": {"m": {"match": "(\\d+)%"}})x");
  for (int i = 0; i <= 100; ++i) it.add(std::to_string(i % 100) + "%\r");  // of which the log has few
  EXPECT_LT(it.logs().size(), 5u);
  EXPECT_EQ(it.output.match(0), "0");
}

TEST(CommandOutput, HearsAMessageThatIsLongerThanALogLine) {
  OutputOf it(R"("command": ["x"], "speaks": ["output"], "outputs": [{"name": "o"}])");
  it.add("vnode: {\"output\": {\"o\": \"" + std::string(100'000, 'x') + "\"}}\n");
  it.output.finish();
  const std::vector<CommandReport> reports = it.output.take_reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(std::get<ChildMessage>(reports[0]).values.find("o")->as_text().size(), 100'000u);
}

TEST(CommandOutput, KeepsOnlyTheLastProgressOfWhatComesTogether) {
  OutputOf it(kPlain);
  it.add("openjd_progress: 1\nopenjd_progress: 2\nopenjd_progress: 3\n");
  const std::vector<CommandReport> reports = it.output.take_reports();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_DOUBLE_EQ(std::get<ChildMessage>(reports[0]).fraction, 0.03);
}

}  // namespace
}  // namespace vnode::test
