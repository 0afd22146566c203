#include "process/supervisor_program.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

/// Its exit code without a command line.
int exit_code(const OwnedFd& file) {
  const pid_t child = ::fork();
  if (child == 0) {
    char* words[] = {const_cast<char*>("run-keeper"), nullptr};
    ::fexecve(file.get(), words, words + 1);
    ::_exit(99);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WEXITSTATUS(status);
}

TEST(SupervisorPrograms, AreWithinTheLibraryAndCanBeExecuted) {
  EXPECT_TRUE(supervisor_program().starts_with("\177ELF"));
  EXPECT_LT(supervisor_program().size(), 300'000u);
  const Result<OwnedFd> file = supervisor_file();
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(exit_code(*file), 64);
}

TEST(SupervisorPrograms, CanBeFilesWhereMemoryIsNotExecuted) {
  const ScratchFolder folder;
  const OwnedFd file = supervisor_file_in(folder.path());
  ASSERT_TRUE(file);
  EXPECT_EQ(exit_code(file), 64);
  EXPECT_EQ(folder.count(), 0u);
  EXPECT_FALSE(supervisor_file_in(folder.file("gone")));
}

}  // namespace
}  // namespace vnode::test
