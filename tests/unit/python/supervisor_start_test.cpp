#include "python/supervisor_start.h"

#include <gtest/gtest.h>

#include "unit/python/python_support.h"

namespace vnode::test {
namespace {

/// Reports how it was started, through its stderr.
constexpr HostProgram kReporter{R"py(
import os, sys
def main():
    fds = sorted(int(fd) for fd in os.listdir('/proc/self/fd'))[:-1]  # the last is the folder's
    sys.stderr.write(repr((sys.argv, sys.flags.no_site, '' in sys.path, sys.dont_write_bytecode, fds)))
)py",
                                "reporter"};

std::string report_of(const Interpreter& interpreter) {
  Result<StartedSupervisor> started = start_supervisor(interpreter, kReporter);
  EXPECT_TRUE(started) << started.error().message;
  return started ? read_to_end(started->errors.get()) : "";
}

TEST(SupervisorStart, HandsOverAFolder) {
  ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  const EnvironmentEntry for_user_folders("PYTHONDONTWRITEBYTECODE", "1");
  EXPECT_EQ(report_of({"/usr/bin/python3", true}),
            "(['-c', '" + scratch.path() +
                "/vnode/host-reporter', 'supervise', '3'], 1, False, True, [0, 1, 2, 3])");
  EXPECT_EQ(report_of({"/usr/bin/python3", false}),
            "(['-c', '" + scratch.path() +
                "/vnode/host-reporter', 'supervise', '3'], 0, False, True, [0, 1, 2, 3])");
  EXPECT_TRUE(std::filesystem::exists(scratch.file("vnode/host-reporter/__pycache__")));
}

TEST(SupervisorStart, HandsOverADescriptorWithoutAPlaceForFiles) {
  const EnvironmentEntry cache("XDG_CACHE_HOME", "/dev/null/none");
  const EnvironmentEntry for_user_folders("PYTHONDONTWRITEBYTECODE", "1");
  EXPECT_EQ(report_of({"/usr/bin/python3", true}),
            "(['-c', '4', 'supervise', '3'], 1, False, True, [0, 1, 2, 3])");
}

TEST(SupervisorStart, SaysWhatCannotBeStarted) {
  const Result<StartedSupervisor> started = start_supervisor({"/no/such/python", true}, kReporter);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vnode::test
