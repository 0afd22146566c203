#include "python/process/host_start.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "async/fd_watcher.h"
#include "process/run_processes.h"
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

std::string report_of(const Interpreter& interpreter, const HostProgram& program = kReporter) {
  Result<HostStart> start = make_host_start(interpreter, std::chrono::seconds(1), program);
  EXPECT_TRUE(start) << start.error().message;
  FdWatcher watcher;
  RunProcesses processes(watcher, std::chrono::seconds(1));
  std::promise<void> end;
  EXPECT_TRUE(processes.start(std::move(start->process), [&end](const ProcessEnd&) { end.set_value(); }));
  end.get_future().wait();
  return read_to_end(start->connection.errors.get());
}

TEST(HostStart, HandsOverAFolder) {
  const ScratchFolder scratch;
  const EnvironmentEntry cache("XDG_CACHE_HOME", scratch.path());
  const EnvironmentEntry for_user_folders("PYTHONDONTWRITEBYTECODE", "1");
  for (const bool skips_site : {true, false}) {
    EXPECT_EQ(report_of({"/usr/bin/python3", skips_site}),
              "(['-c', '" + scratch.path() + "/vnode/host-reporter', 'serve', '3'], " +
                  (skips_site ? "1" : "0") + ", False, True, [0, 1, 2, 3])");
  }
  EXPECT_TRUE(std::filesystem::exists(scratch.file("vnode/host-reporter/__pycache__")));
}

TEST(HostStart, HandsOverADescriptorWithoutAPlaceForFiles) {
  const EnvironmentEntry cache("XDG_CACHE_HOME", "/dev/null/none");
  const EnvironmentEntry for_user_folders("PYTHONDONTWRITEBYTECODE", "1");
  EXPECT_EQ(report_of({"/usr/bin/python3", true}),
            "(['-c', '4', 'serve', '3'], 1, False, True, [0, 1, 2, 3])");
}

TEST(HostStart, LeavesTheWorkingDirectorysModulesAlone) {
  const ScratchFolder folder, caches;
  folder.write("json.py", "raise SystemExit('the wrong json')\n");
  const std::filesystem::path former = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  constexpr HostProgram kImporter{"import sys, json\ndef main():\n    sys.stderr.write('right')\n",
                                  "importer"};
  for (const std::string& cache : {caches.path(), std::string("/dev/null/none")}) {
    const EnvironmentEntry cache_home("XDG_CACHE_HOME", cache);
    EXPECT_EQ(report_of({"/usr/bin/python3", true}, kImporter), "right");
  }
  std::filesystem::current_path(former);
}

TEST(HostStart, HasNothingThatIsForTheProgramItself) {
  const EnvironmentEntry socket("NOTIFY_SOCKET", "/s"), secret("VNODE_TOKEN_FILE", "/t"),
      other("OF_TEST", "1");
  const Result<HostStart> start = make_host_start({"/usr/bin/python3", true}, std::chrono::seconds(1));
  ASSERT_TRUE(start);
  const std::vector<std::string>& entries = start->process.environment;
  EXPECT_EQ(std::count(entries.begin(), entries.end(), "OF_TEST=1"), 1);
  for (const char* wrong : {"NOTIFY_SOCKET=/s", "VNODE_TOKEN_FILE=/t"}) {
    EXPECT_EQ(std::count(entries.begin(), entries.end(), wrong), 0) << wrong;
  }
}

}  // namespace
}  // namespace vnode::test
