#include "daemon/working_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <optional>
#include <thread>

#include "async/worker_pool.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

std::string here() { return std::filesystem::current_path().string(); }

class WorkingDirectories : public testing::Test {
 protected:
  WorkingDirectories() {
    std::filesystem::create_directory(folder.file("a"));
    std::filesystem::create_directory(folder.file("b"));
  }
  ScratchFolder folder;
  const std::string before = here();
};

TEST_F(WorkingDirectories, BelongToTheirThreads) {
  std::promise<void> a_is_inside;
  std::promise<void> b_is_inside;
  std::string in_a;
  std::string in_b;
  std::thread a([&] {
    const Result<WorkingDirectory> entered = WorkingDirectory::enter(folder.file("a"));
    EXPECT_TRUE(entered.ok());
    a_is_inside.set_value();
    b_is_inside.get_future().wait();
    in_a = here();
  });
  std::thread b([&] {
    a_is_inside.get_future().wait();
    const Result<WorkingDirectory> entered = WorkingDirectory::enter(folder.file("b"));
    EXPECT_TRUE(entered.ok());
    in_b = here();
    b_is_inside.set_value();
  });
  a.join();
  b.join();
  EXPECT_EQ(in_a, folder.file("a"));
  EXPECT_EQ(in_b, folder.file("b"));
  EXPECT_EQ(here(), before);
}

TEST_F(WorkingDirectories, AreSharedByThreadsThatAreStartedInThem) {
  std::thread([&] {
    const Result<WorkingDirectory> entered = WorkingDirectory::enter(folder.file("a"));
    EXPECT_TRUE(entered.ok());
    WorkerPool pool(1);
    std::promise<std::string> first;
    pool.submit([&first] { first.set_value(here()); });
    EXPECT_EQ(first.get_future().get(), folder.file("a"));
    // The pool's thread moves along.
    const Result<WorkingDirectory> next = WorkingDirectory::enter(folder.file("b"));
    EXPECT_TRUE(next.ok());
    std::promise<std::string> second;
    pool.submit([&second] { second.set_value(here()); });
    EXPECT_EQ(second.get_future().get(), folder.file("b"));
  }).join();
  EXPECT_EQ(here(), before);
}

TEST_F(WorkingDirectories, SayWhatIsWrongAndStayWhereTheyWere) {
  std::thread([&] {
    const Result<WorkingDirectory> entered = WorkingDirectory::enter(folder.file("a"));
    EXPECT_TRUE(entered.ok());
    const Result<WorkingDirectory> absent = WorkingDirectory::enter(folder.file("absent"));
    ASSERT_FALSE(absent.ok());
    EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(absent.error().place.file, folder.file("absent"));
    const Result<WorkingDirectory> file = WorkingDirectory::enter(folder.write("file", ""));
    ASSERT_FALSE(file.ok());
    EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(here(), folder.file("a"));
  }).join();
}

}  // namespace
}  // namespace vnode::test
