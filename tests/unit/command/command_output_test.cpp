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
  OutputOf(const std::string& members, const CommandOutput::Settings& settings, SecretMask& with)
      : definition(command_of(members)), output(*definition, settings, budget, with) {}

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

/// A run that was given a secret.
struct SecretOutputOf : OutputOf {
  explicit SecretOutputOf(const std::string& members, CommandOutput::Settings settings = {})
      : SecretOutputOf(members, settings, std::make_shared<SecretMask>(Secrets{{"TOKEN", "hunter2"}})) {}

 private:
  SecretOutputOf(const std::string& members, const CommandOutput::Settings& settings,
                 const std::shared_ptr<SecretMask>& with)
      : OutputOf(members, settings, *with), held(with) {}
  std::shared_ptr<SecretMask> held;
};

TEST(CommandOutput, ShowsNoSecretWhereverALineIsCut) {
  for (const OutputStream stream : {OutputStream::kOutput, OutputStream::kErrors}) {
    // The longest line of a log ends at each place in it.
    for (std::size_t before = OutputLines::kMostBytes - 8; before <= OutputLines::kMostBytes + 1; ++before) {
      SecretOutputOf it(kPlain);
      const std::string text = std::string(before, 'x') + "hunter2 y\n";
      for (std::size_t at = 0; at < text.size(); at += 1000) it.add(text.substr(at, 1000), stream);
      std::string all;
      for (const std::string& line : it.logs()) all += line;
      EXPECT_EQ(all, std::string(before, 'x') + "*** y");
      EXPECT_EQ(it.output.text(stream), all);
    }
  }
}

TEST(CommandOutput, ShowsNoSecretOfSeveralLines) {
  OutputOf it(kPlain);
  it.mask.add("first line\nx\nlast line");
  it.add("a first line\nx\nlast").add(" line b\nlast line\n");
  EXPECT_THAT(it.logs(), ElementsAre("a *** b", "***"));
}

TEST(CommandOutput, KeepsNoPartOfASecretWhereItLeavesOutTheMiddle) {
  for (std::size_t before = 0; before < 12; ++before) {
    SecretOutputOf it(kPlain, {.most_stdout = 40, .most_stderr = 40});
    for (const OutputStream stream : {OutputStream::kOutput, OutputStream::kErrors}) {
      it.add(std::string(20 - before, 'x') + "hunter2" + std::string(100, 'y') + "hunter2" +
                 std::string(20 - before, 'z'),
             stream);
    }
    it.logs();
    for (const OutputStream stream : {OutputStream::kOutput, OutputStream::kErrors}) {
      std::string text = it.output.text(stream);
      const std::size_t mark = text.find("[... ");
      ASSERT_NE(mark, text.npos);
      text.erase(mark, text.find('\n', mark) - mark);
      EXPECT_EQ(text.find_first_not_of("xyz*\n"), text.npos) << text;
    }
  }
}

TEST(CommandOutput, ShowsNoSecretInWhatItFinds) {
  SecretOutputOf it(
      R"x("command": ["x"], "outputs": [{"name": "m"}], "outputs_from": {"m": {"match": "id=(.+)"}}, "success": {"not_in_output": ["id"]})x");
  it.add("id=hunter2!\nopenjd_fail: hunter2 is wrong\n").add("hunter2", OutputStream::kErrors);
  it.logs();
  EXPECT_EQ(it.output.match(0), "***!");
  EXPECT_THAT(it.output.forbidden(), testing::EndsWith("id=***!"));
  EXPECT_EQ(it.output.said_failure(), "*** is wrong");
  EXPECT_EQ(it.output.last_errors(), "***");
}

TEST(CommandOutput, ShowsNoPartOfASecretInItsLastLines) {
  OutputOf it(kPlain);
  it.add("hunter2" + std::string(1020, 'x'), OutputStream::kErrors).add("openjd_redacted_env: A=hunter2\n");
  it.logs();
  EXPECT_THAT(it.output.last_errors(), testing::Not(testing::ContainsRegex("[hunter2]")));
}

}  // namespace
}  // namespace vnode::test
