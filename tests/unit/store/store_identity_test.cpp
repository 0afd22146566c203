// A store whose files are taken away while it is in use.
#include "store/store_identity.h"

#include <gtest/gtest.h>

#include "sample_runs.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

class LostStores : public testing::Test {
 protected:
  LostStores() {
    std::filesystem::create_directory(path);
    store = must_open(path);
    EXPECT_TRUE(insert(*store, sample_row(1)));
    EXPECT_TRUE(store->check());
  }
  void expect_lost(const std::string& how) {
    const Result<void> checked = store->check();
    ASSERT_FALSE(checked) << how;
    EXPECT_EQ(checked.error().code, ErrorCode::kUnavailable);
    const Result<void> inserted = insert(*store, sample_row(number_));
    ASSERT_FALSE(inserted) << how;
    EXPECT_EQ(inserted.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(inserted.error().message.find("lost"), std::string::npos);
  }

  ScratchFolder folder;
  std::string path = folder.file("state");
  std::unique_ptr<RunStore> store;

 private:
  int number_ = 2;
};

TEST_F(LostStores, AreThoseWhoseFolderIsRemoved) {
  std::filesystem::remove_all(path);
  expect_lost("removed");
}

TEST_F(LostStores, AreThoseWhoseFilesAreReplaced) {
  const ScratchFolder other;
  must_open(other.path());
  std::filesystem::rename(other.file("runs.db"), path + "/runs.db");
  expect_lost("replaced");
}

TEST_F(LostStores, AreThoseWhoseFilesAreOverwritten) {
  folder.write("state/runs.db", folder.read("state/runs.db") + std::string(4096, '\0'));
  expect_lost("overwritten");
}

TEST_F(LostStores, AreThoseWhoseLogIsGone) {
  ASSERT_TRUE(std::filesystem::remove(path + "/runs.db-wal"));
  expect_lost("log");
}

TEST_F(LostStores, AreUsedAgainWhenTheyArePutBack) {
  std::filesystem::rename(path, folder.file("away"));
  expect_lost("away");
  std::filesystem::rename(folder.file("away"), path);
  EXPECT_TRUE(store->check());
  EXPECT_TRUE(insert(*store, sample_row(2)));
}

TEST_F(LostStores, DoNotTouchWhatIsInTheirPlace) {
  const ScratchFolder other;
  {
    const auto mine = must_open(other.path());
    ASSERT_TRUE(insert(*mine, sample_row(7)));
  }
  std::filesystem::remove_all(path);
  std::filesystem::rename(other.path(), path);
  const std::string before = folder.read("state/runs.db");
  expect_lost("replaced");
  store.reset();
  EXPECT_EQ(folder.read("state/runs.db"), before);
  const auto again = must_open(path);
  EXPECT_EQ(must(again->last()).number, 7);
  std::filesystem::create_directory(other.path());
}

}  // namespace
}  // namespace vnode::test
