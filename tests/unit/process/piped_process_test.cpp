// What processes write, on real ones.
#include "process/piped_process.h"

#include "support/no_descriptors.h"
#include "support/process_harness.h"

namespace vnode::test {
namespace {

class PipedProcesses : public ProcessTest {};

TEST_F(PipedProcesses, AreReadToTheEnd) {
  const auto told = run("echo out; echo err >&2; head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
  EXPECT_EQ(told->output().size(), 300'004u);
  EXPECT_EQ(told->errors().size(), 300'004u);
  EXPECT_TRUE(told->output().starts_with("out\n"));
}

TEST_F(PipedProcesses, ThatFillBothPipesAtOnce) {
  const auto told = run("head -c 3000000 /dev/zero & head -c 3000000 /dev/zero >&2 & wait");
  EXPECT_EQ(told->output().size(), 3'000'000u);
  EXPECT_EQ(told->errors().size(), 3'000'000u);
}

TEST_F(PipedProcesses, ThatCloseTheirStreamsGoOn) {
  const auto told = start(shell("exec >&- 2>&-; sleep 0.2; exit 5"));
  EXPECT_EQ(told->end().code, 5);
}

TEST_F(PipedProcesses, WriteAHundredMegabytesWithoutANewline) {
  class Counting final : public ProcessListener {
   public:
    void on_output(OutputStream, std::string_view bytes) override { size += bytes.size(); }
    void on_end(const ProcessEnd& end) override { code.set_value(end.code); }
    std::size_t size = 0;
    std::promise<int> code;
  };
  const auto counting = std::make_shared<Counting>();
  ASSERT_TRUE(
      start_piped(*processes, watcher, shell("head -c 104857600 /dev/zero | tr '\\0' x"), counting).ok());
  EXPECT_EQ(counting->code.get_future().get(), 0);
  EXPECT_EQ(counting->size, 104'857'600u);
}

TEST_F(PipedProcesses, DoNotWaitForWhoeverHoldsTheirPipes) {
  LifeLine line;
  ProcessStart start = shell("sh -c 'echo up >&3; while :; do echo more; done' & read x <&4; echo last");
  start.keeps_remains = true;
  start.outputs.push_back(line.for_process());
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const OwnedFd go(ends[1]);
  start.outputs.emplace_back(ends[0]);
  const auto told = this->start(std::move(start));
  ASSERT_TRUE(line.wait_for(3));
  ASSERT_EQ(::write(go.get(), "\n", 1), 1);
  EXPECT_EQ(told->end().code, 0);
  EXPECT_NE(told->output().find("last\n"), std::string::npos);
  EXPECT_FALSE(
      line.is_cut_within(std::chrono::milliseconds(50)));  // what it left is not ended by a full pipe
}

TEST_F(PipedProcesses, NeedDescriptors) {
  if (!NoDescriptors::kIsPossible) GTEST_SKIP() << "the sanitizer needs descriptors";
  run("true");
  const auto listener = std::make_shared<RecordingListener>();
  {
    const NoDescriptors none;
    const Result<ProcessNumber> started = start_piped(*processes, watcher, shell("true"), listener);
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().code, ErrorCode::kIo);
  }
  EXPECT_EQ(run("exit 3")->end().code, 3);
}

}  // namespace
}  // namespace vnode::test
