#include "apps/vnode/ci/run_annotations.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace vnode {
namespace {

struct RunAnnotationsTest : testing::Test {
  void send(EventSink& sink, EventBody body, std::string_view name = "") {
    Event event{++seq, WallTime(), "run", std::nullopt, std::move(body)};
    if (!name.empty()) {
      event.node = NodeRef{*Uuid::parse("1b4e28ba-2fa1-11d2-883f-b9a761bde3fb"), "run_command"};
      event.node->name = name;
    }
    sink.on_event(event);
  }

  test::ScratchFolder folder;
  std::string file = folder.write("w.yaml", "nodes:\n  a: {type: x}\n  render:\n    type: run_command\n");
  std::uint64_t seq = 0;
};

TEST_F(RunAnnotationsTest, TellFailuresAndWarningsAtTheirNodes) {
  RunAnnotations annotations(CiSystem::kGithub, file);
  send(annotations, NodeLog{LogLevel::kWarning, "slow"}, "a");
  send(annotations, NodeLog{LogLevel::kInfo, "nothing"}, "a");
  send(annotations, NodeError{"again", "", "", true}, "render");
  send(annotations, NodeError{"exit code 1", "Traceback"}, "render");
  send(annotations, ExecutionFinished{RunStatus::kFailed, 1, Duration(), {}, {}, "node render: exit code 1"});
  EXPECT_EQ(annotations.text(), "::error file=" + file +
                                    ",line=3,title=render::exit code 1\n::warning file=" + file +
                                    ",line=2,title=a::slow\n");
}

TEST_F(RunAnnotationsTest, TellWhatEndedTheRun) {
  RunAnnotations annotations(CiSystem::kGithub, "-");
  send(annotations, ExecutionFinished{RunStatus::kTimeout, 124, Duration(), {}, {}, "took longer than 1s"});
  EXPECT_EQ(annotations.text(), "::error::took longer than 1s\n");
}

TEST_F(RunAnnotationsTest, CountWhatTheyDoNotKeep) {
  RunAnnotations annotations(CiSystem::kGithub, file);
  for (int i = 0; i < 1000; ++i) send(annotations, NodeError{"no"}, "a");
  EXPECT_NE(annotations.text().find("::error::and 991 more errors: see the log\n"), std::string::npos);
}

TEST_F(RunAnnotationsTest, AreNoneOfARunWithoutTrouble) {
  RunAnnotations annotations(CiSystem::kGithub, "not/there.json");
  send(annotations,
       ExecutionFinished{.status = RunStatus::kCompleted, .exit_code = 0, .duration = {}, .nodes = {}});
  EXPECT_EQ(annotations.text(), "");
}

}  // namespace
}  // namespace vnode
