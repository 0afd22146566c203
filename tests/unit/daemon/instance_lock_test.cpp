#include "daemon/instance_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

TEST(InstanceLocks, AreTakenOnce) {
  const ScratchFolder folder;
  const std::string path = folder.file("lock");
  std::optional<Result<InstanceLock>> first = InstanceLock::take(path);
  ASSERT_TRUE(first->ok());
  EXPECT_EQ(folder.read("lock"), std::to_string(::getpid()) + "\n");
  const Result<InstanceLock> second = InstanceLock::take(path);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("already"));
  EXPECT_THAT(second.error().message, HasSubstr("(pid " + std::to_string(::getpid()) + ")"));
  EXPECT_EQ(second.error().place.file, path);
  first.reset();
  EXPECT_TRUE(InstanceLock::take(path).ok());
}

TEST(InstanceLocks, ReplaceAnOldAndLongerPid) {
  const ScratchFolder folder;
  folder.write("lock", "123456789012345\n");
  const Result<InstanceLock> lock = InstanceLock::take(folder.file("lock"));
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(folder.read("lock"), std::to_string(::getpid()) + "\n");
}

TEST(InstanceLocks, SayWhatIsInTheWay) {
  const ScratchFolder folder;
  const Result<InstanceLock> lock = InstanceLock::take(folder.path());
  ASSERT_FALSE(lock.ok());
  EXPECT_EQ(lock.error().code, ErrorCode::kIo);
  EXPECT_THAT(lock.error().message, HasSubstr("cannot lock"));
}

}  // namespace
}  // namespace vnode::test
