#include "journal/cache_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "journal/record_reader.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::ScratchFolder;

std::string key_of(int number) {
  std::string key = std::to_string(number);
  return std::string(32 - key.size(), '0') + key;
}

class CacheFolderTest : public testing::Test {
 protected:
  std::unique_ptr<CacheFolder> open(std::uint64_t most = 1 << 20) const {
    return CacheFolder::open(path, most).value();
  }
  static std::string first_of(CacheFolder& folder, int number) {
    const OwnedFd file = folder.find(key_of(number));
    if (!file) return "none";
    Result<RecordReader> reader = RecordReader::open(file.get(), "x");
    return reader ? std::string(*reader->next().value()) : reader.error().message;
  }
  /// As if it had been used so many seconds ago.
  void age(int number, int ago) const {
    const std::string key = key_of(number);
    const struct timespec then[2] = {{::time(nullptr) - ago, 0}, {::time(nullptr) - ago, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (path + "/" + key.substr(0, 2) + "/" + key + ".record").c_str(), then, 0),
              0);
  }

  const ScratchFolder scratch_;
  const std::string path = scratch_.file("cache");
};

TEST_F(CacheFolderTest, GivesBackWhatWasPutThere) {
  const auto folder = open();
  EXPECT_EQ(first_of(*folder, 1), "none");
  ASSERT_TRUE(folder->put(key_of(1), {"one", "two"}));
  EXPECT_EQ(first_of(*folder, 1), "one");
  ASSERT_TRUE(folder->put(key_of(1), {"other"}));
  EXPECT_EQ(first_of(*open(), 1), "other");
  folder->remove(key_of(1));
  EXPECT_EQ(first_of(*folder, 1), "none");
}

TEST_F(CacheFolderTest, MayBeWrittenByNobodyElse) {
  open();
  struct stat status = {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  ASSERT_EQ(::chmod(path.c_str(), 0770), 0);
  const auto refused = CacheFolder::open(path, 1000);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("others can write"), std::string::npos);
  EXPECT_FALSE(CacheFolder::open(scratch_.write("file", "x"), 1000)) << "is no folder";
}

TEST_F(CacheFolderTest, KeepsToItsLimitAndWhatWasUsedLast) {
  {
    const auto folder = open();
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(folder->put(key_of(i), {std::string(10'000, 'x')}));
      age(i, 1000 - i);
    }
    EXPECT_EQ(first_of(*folder, 0), std::string(10'000, 'x')) << "now it is the one that was used last";
  }
  EXPECT_EQ(open()->use().records, 10u);
  const auto small = open(50'000);
  ASSERT_TRUE(small->put(key_of(10), {std::string(10'000, 'x')}));
  small->keep_limit();
  EXPECT_LE(small->use().bytes, 50'000u);
  EXPECT_GE(small->use().records, 3u);
  EXPECT_NE(first_of(*small, 0), "none");
  EXPECT_NE(first_of(*small, 10), "none");
  EXPECT_EQ(first_of(*small, 1), "none");
}

TEST_F(CacheFolderTest, IsClearedOfWhatWasNotUsedForLong) {
  const auto folder = open();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(folder->put(key_of(i), {"x"}));
  age(1, 5000);
  age(2, 9000);
  EXPECT_EQ(folder->clear(std::chrono::system_clock::now() - std::chrono::seconds(3000)), 2u);
  EXPECT_EQ(folder->keys().size(), 2u);
  EXPECT_EQ(folder->clear(WallTime::max()), 2u);
  EXPECT_EQ(folder->use().records, 0u);
}

TEST_F(CacheFolderTest, LeavesOtherFilesAlone) {
  const auto folder = open(1);
  std::filesystem::create_directory(path + "/ab");
  scratch_.write("cache/ab/mine.txt", "x");
  scratch_.write("cache/ab/mine.record", "x");
  scratch_.write("cache/mine.record", "x");
  ASSERT_TRUE(folder->put(key_of(1), {"x"}));
  folder->keep_limit();
  EXPECT_EQ(folder->clear(WallTime::max()), 0u);
  EXPECT_TRUE(std::filesystem::exists(path + "/ab/mine.txt"));
  EXPECT_TRUE(std::filesystem::exists(path + "/ab/mine.record"));
  EXPECT_TRUE(std::filesystem::exists(path + "/mine.record"));
}

TEST_F(CacheFolderTest, IsUsedByManyAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> bad = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, &bad, thread] {
      const auto folder = open(20'000);
      for (int i = 0; i < 200; ++i) {
        const std::string text(1000, static_cast<char>('a' + i % 5));
        if (!folder->put(key_of(i % 5), {text})) ++bad;
        const std::string found = first_of(*folder, (i + thread) % 5);
        if (found != "none" && found != std::string(1000, static_cast<char>('a' + (i + thread) % 5))) ++bad;
        if (i % 50 == 0) folder->keep_limit();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
}

}  // namespace
}  // namespace vnode
