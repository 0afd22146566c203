#include "async/path_watch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "async/sockets.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

class PathWatches : public testing::Test {
 protected:
  void watch(const std::string& path) {
    watch_ = PathWatch::make(loop_, path, [this] { ++changes_; });
    ASSERT_TRUE(watch_);
  }
  /// Until something is told of, and that holds.
  void expect_change(const std::function<bool()>& condition = [] { return true; }) {
    const SteadyTime end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto is_met = [&] { return changes_ > 0 && condition(); };
    while (!is_met() && std::chrono::steady_clock::now() < end) loop_.wait_until(end);
    EXPECT_TRUE(is_met());
    changes_ = 0;
  }

  ScratchFolder folder_;
  EventLoop loop_;
  std::unique_ptr<PathWatch> watch_;
  int changes_ = 0;
};

TEST_F(PathWatches, TellThatASocketIsRemoved) {
  const std::string path = folder_.file("s");
  const Result<OwnedFd> listening = listen_unix(path);
  ASSERT_TRUE(listening.ok());
  watch(path);
  bool is_beside_told = false;
  const auto beside = PathWatch::make(loop_, folder_.path(), [&] { is_beside_told = true; });
  folder_.write("beside", "it");
  while (!is_beside_told) loop_.wait_until(std::nullopt);
  EXPECT_EQ(changes_, 0) << "what happens beside it is not told";
  std::filesystem::remove(path);
  expect_change();
}

TEST_F(PathWatches, TellThatAFileIsMovedOrReplaced) {
  const std::string path = folder_.file("f");
  folder_.write("f", "x");
  watch(path);
  std::filesystem::rename(path, folder_.file("away"));
  expect_change();
  EXPECT_FALSE(watch_->is_whole());
  folder_.write("f", "y");
  watch(path);
  folder_.write("other", "z");
  std::filesystem::rename(folder_.file("other"), path);
  expect_change();
}

TEST_F(PathWatches, TellOfTheFoldersAround) {
  std::filesystem::create_directories(folder_.file("a/b"));
  folder_.write("a/b/f", "x");
  watch(folder_.file("a/b/f"));
  std::filesystem::rename(folder_.file("a"), folder_.file("away"));
  expect_change([this] { return !watch_->is_whole(); });
}

TEST_F(PathWatches, TellWhatBecomesOfTheFilesInAFolder) {
  std::filesystem::create_directory(folder_.file("d"));
  watch(folder_.file("d"));
  folder_.write("d/f", "x");
  expect_change();
  EXPECT_TRUE(watch_->is_whole());
  std::filesystem::remove_all(folder_.file("d"));
  expect_change([this] { return !watch_->is_whole(); });
}

TEST_F(PathWatches, MayBeDroppedByWhatTheyCall) {
  folder_.write("f", "x");
  bool is_called = false;
  watch_ = PathWatch::make(loop_, folder_.file("f"), [&] {
    is_called = true;
    watch_.reset();
  });
  std::filesystem::remove(folder_.file("f"));
  const SteadyTime end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!is_called && std::chrono::steady_clock::now() < end) loop_.wait_until(end);
  EXPECT_FALSE(watch_);
}

TEST_F(PathWatches, AreNoneOfWhatIsNotThere) {
  EXPECT_FALSE(PathWatch::make(loop_, folder_.file("nothing"), [] {}));
}

}  // namespace
}  // namespace vnode::test
