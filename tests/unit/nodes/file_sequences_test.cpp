#include "nodes/file_sequences.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "model/frames.h"
#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> sequences_of(std::vector<std::string> paths, std::size_t least = 2) {
  std::vector<std::string> texts;
  const FoundSequences found = find_sequences(paths, least);
  for (const FileSequence& one : found.sequences)
    texts.push_back(one.printf_pattern() + " " + frames_text(one.frames));
  for (const std::string& other : found.others) texts.push_back(other);
  return texts;
}

TEST(FileSequences, AreFilesOfOneNameButForANumber) {
  EXPECT_THAT(sequences_of({"d/a.0001.exr", "d/a.0002.exr", "d/b_v2.1001.exr", "d/b_v2.1003.exr", "d/c.txt",
                            "d/x1.mp4"}),
              ElementsAre("d/a.%04d.exr 1,2", "d/b_v2.%04d.exr 1001,1003", "d/c.txt", "d/x1.mp4"));
  EXPECT_THAT(sequences_of({"a.9.png", "a.10.png", "a.11.png"}), ElementsAre("a.%d.png 9-11"));
  EXPECT_THAT(sequences_of({"a.0009.exr", "a.9999.exr", "a.10000.exr", "a.7.exr", "a.8.exr"}),
              ElementsAre("a.%d.exr 7,8", "a.%04d.exr 9,9999,10000"));
  EXPECT_THAT(sequences_of({"a.-002.exr", "a.-001.exr", "a.0000.exr"}), ElementsAre("a.%04d.exr -2-0"));
  EXPECT_THAT(sequences_of({"50%.01.x", "50%.02.x"}), ElementsAre("50%%.%02d.x 1,2"));
  EXPECT_THAT(sequences_of({"1", "2", "3.4"}), ElementsAre("%d 1,2", "3.4"));
}

TEST(FileSequences, TellWhatIsMissing) {
  const FileSequence sequence{"a.", ".exr", 4, {1, 2, 5, 7}};
  EXPECT_THAT(sequence.missing(), ElementsAre(3, 4, 6));
  EXPECT_EQ(sequence.hash_pattern(), "a.####.exr");
}

TEST(FrameNodes, GiveFramesInChunks) {
  FakeNode node(add_batch_nodes, "frame_range");
  node.set("text", "1-5").set("chunk", 2).run();
  EXPECT_THAT(node.trace, testing::Contains("chunks = [[1, 2], [3, 4], [5]]"));
  EXPECT_THAT(node.trace, testing::Contains("last = 5"));
  node.set("chunk", 0).run();
  EXPECT_THAT(node.trace, testing::Contains("chunks = [[1, 2, 3, 4, 5]]"));
  node.set("text", "").run();
  EXPECT_THAT(node.trace, testing::Contains("chunks = []"));
  node.set("text", "1-").run();
  EXPECT_THAT(node.failure.value_or(""), HasSubstr("is no range of frames"));
}

TEST(FrameNodes, FindSequencesOnDisk) {
  const ScratchFolder folder;
  for (const char* name : {"a.0001.exr", "a.0002.exr", "a.0004.exr", "readme.txt"}) folder.write(name, "");
  FakeNode node(add_batch_nodes, "path_sequence");
  node.set("folder", folder.path()).run();
  EXPECT_THAT(node.trace, testing::Contains("count = 1"));
  EXPECT_THAT(node.trace.front(), testing::AllOf(HasSubstr("/a.%04d.exr'"), HasSubstr("/a.####.exr'"),
                                                 HasSubstr("'missing': [3]")));
  node.set("pattern", "*.txt").run();
  EXPECT_THAT(node.trace, testing::Contains("count = 0"));
}

TEST(FrameNodes, TellOfAFolderThatIsNotThere) {
  FakeNode node(add_batch_nodes, "path_sequence");
  node.set("folder", "C:\\shots").run();
  EXPECT_THAT(node.logs, testing::Contains(HasSubstr("is a Windows path")));
  EXPECT_THAT(node.logs, testing::Contains(HasSubstr("there is no folder")));
  EXPECT_THAT(node.trace, testing::Contains("count = 0"));
}

}  // namespace
}  // namespace vnode::test
