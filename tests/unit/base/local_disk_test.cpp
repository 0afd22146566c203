#include "base/local_disk.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

TEST(LocalDisks, AreThoseOfThisMachine) {
  const ScratchFolder folder;
  EXPECT_TRUE(is_on_local_disk(folder.path()));
  EXPECT_TRUE(is_on_local_disk(folder.write("f", "x")));
  EXPECT_TRUE(is_on_local_disk("/proc"));
}

TEST(LocalDisks, HaveNothingThatIsNotThere) {
  const ScratchFolder folder;
  EXPECT_FALSE(is_on_local_disk(folder.file("nothing")));
}

}  // namespace
}  // namespace vnode::test
