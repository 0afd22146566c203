#include "journal/cached_record.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "journal/cache_folder.h"
#include "journal/recorded_files.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

constexpr const char* kKey = "0123456789abcdef0123456789abcdef";

TEST(CachedRecords, HaveAHeadThatTellsWhatTheyAre) {
  const test::ScratchFolder scratch;
  const auto folder = CacheFolder::open(scratch.file("cache"), 1000).value();
  const CachedRecord record{
      .type = "render", .directory = "/show", .duration = std::chrono::seconds(90), .begin = {}, .steps = {}};
  ASSERT_TRUE(folder->put(kKey, {CachedRecord::head(record)}));
  const OwnedFd file = folder->look(kKey);
  const Result<CachedRecord> read = CachedRecord::read_head(file.get(), kKey);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->type, "render");
  EXPECT_EQ(read->directory, "/show");
  EXPECT_EQ(read->duration, std::chrono::seconds(90));
  EXPECT_FALSE(CachedRecord::read(file.get(), kKey)) << "there is no execution in it";
}

TEST(CachedRecords, OfOtherFormsAreNone) {
  const test::ScratchFolder scratch;
  const auto folder = CacheFolder::open(scratch.file("cache"), 1000).value();
  for (const char* payload : {"", "\xa0", "nonsense"}) {
    ASSERT_TRUE(folder->put(kKey, {std::string(payload) + "x"}));
    const OwnedFd file = folder->look(kKey);
    EXPECT_FALSE(CachedRecord::read_head(file.get(), kKey));
    EXPECT_FALSE(CachedRecord::read(file.get(), kKey));
  }
}

TEST(CachedRecords, LookAtFiles) {
  const test::ScratchFolder scratch;
  const RecordedFile there = look_at_file(scratch.write("file", "12345"));
  EXPECT_TRUE(there.is_there);
  EXPECT_EQ(there.size, 5u);
  EXPECT_GT(there.changed, 0);
  EXPECT_FALSE(look_at_file(scratch.file("absent")).is_there);
}

}  // namespace
}  // namespace vnode
