#include "process/process_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace vnode::test {
namespace {

using testing::ElementsAre;

class ProcessOutputs : public testing::Test {
 protected:
  ProcessOutput::OnLine into(std::vector<std::string>& lines) {
    return [&lines](OutputStream stream, std::string_view line, bool is_logged) {
      lines.push_back((stream == OutputStream::kOutput ? "out " : "err ") + std::string(line) +
                      (is_logged ? "" : " -"));
    };
  }
  RunLogBudget run;
  std::vector<std::string> lines;
};

TEST_F(ProcessOutputs, GiveTheLinesOfBothStreams) {
  ProcessOutput output(run, into(lines));
  output.add(OutputStream::kOutput, "one\ntw", {});
  output.add(OutputStream::kErrors, "bad", {});
  output.add(OutputStream::kOutput, "o\n", {});
  output.finish();
  EXPECT_THAT(lines, ElementsAre("out one", "out two", "err bad"));
  EXPECT_EQ(output.last_log_line(), "");
}

TEST_F(ProcessOutputs, ShowAllLinesAndLogSome) {
  ProcessOutput output(run, into(lines), ProcessOutput::kLittle, 6);
  output.add(OutputStream::kOutput, "one\ntwo\n", {});
  output.add(OutputStream::kErrors, "three\n", {});
  output.finish();
  EXPECT_THAT(lines, ElementsAre("out one", "out two", "err three -"));
  EXPECT_EQ(output.last_log_line(), "1 more line (5 bytes) left out: the log's limit is reached");
}

TEST_F(ProcessOutputs, KeepWhatIsWanted) {
  ProcessOutput output(run, into(lines), 8);
  output.add(OutputStream::kOutput, "0123456789", {});
  output.add(OutputStream::kErrors, "short", {});
  EXPECT_EQ(output.kept(OutputStream::kOutput).text(), "0123\n[... 2 bytes left out ...]\n6789");
  EXPECT_EQ(output.kept(OutputStream::kErrors).text(), "short");
}

}  // namespace
}  // namespace vnode::test
