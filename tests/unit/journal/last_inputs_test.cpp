// Journal rule 18: what wires brought to a node the last time.
#include "journal/last_inputs.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "journal/journal_file.h"
#include "journal/journal_recorder.h"
#include "node/node_type.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

class LastInputsTest : public testing::Test {
 protected:
  void SetUp() override {
    recorder_.begin_run({.run_id = "run", .seed = 1, .workflow = workflow_, .secret_mask = mask_});
  }
  void begin(const Uuid& node, std::uint32_t execution, std::vector<PortValue> delivered) {
    recorder_.begin({.place = {nullptr, &node, execution}, .type = type_, .delivered = delivered});
  }
  Result<std::optional<LastInputs>> last(const Uuid& node) {
    file_->flush();
    return read_last_inputs(file_->descriptor(), "journal", node);
  }

  const test::ScratchFolder folder_;
  const test::FakeClock clock_;
  const Workflow workflow_;
  const std::shared_ptr<const SecretMask> mask_ =
      std::make_shared<SecretMask>(Secrets{{"TOKEN", "hushhush"}});
  const NodeType type_{.definition = {.node_id = "deed"}};
  const std::unique_ptr<JournalFile> file_ = JournalFile::create(folder_.file("journal")).value();
  JournalRecorder recorder_{*file_, clock_};
  const Uuid one_ = Uuid::random(), two_ = Uuid::random();
};

TEST_F(LastInputsTest, TheLastBeginCounts) {
  begin(one_, 1, {{"in", Value(1)}});
  begin(two_, 1, {{"in", Value(5)}});
  begin(one_, 2, {{"in", Value(2)}, {"more", Value("text")}});
  const auto found = last(one_).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->execution, 2u);
  EXPECT_EQ(found->values.find("in")->as_int(), 2);
  EXPECT_EQ(found->values.find("more")->as_text(), "text");
  EXPECT_FALSE(found->was_masked || found->has_objects);
}

TEST_F(LastInputsTest, ANodeThatHasNotBegun) {
  begin(one_, 1, {});
  EXPECT_FALSE(last(two_).value());
  EXPECT_TRUE(last(one_).value()->values.empty());
}

TEST_F(LastInputsTest, LargeValuesComeBack) {
  const std::string large(100'000, 'x');
  begin(one_, 1, {{"in", Value(large)}});
  EXPECT_EQ(last(one_).value()->values.find("in")->as_text(), large);
}

TEST_F(LastInputsTest, SecretsAreNotThere) {
  begin(one_, 1, {{"in", Value("the hushhush")}});
  EXPECT_TRUE(last(one_).value()->was_masked);
}

}  // namespace
}  // namespace vnode
