#include "daemon/node_catalog.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>
#include <vector>

#include "registry/reload.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;

std::string definition(const std::string& name) {
  return R"({"node_id": "a", "name": ")" + name +
         R"(", "python_code": "async def execute(self, inputs): pass"})";
}

/// Time passes with every look at the clock.
class TickingClock final : public Clock {
 public:
  SteadyTime steady_now() const override {
    now_ += tick;
    return now_;
  }
  WallTime wall_now() const override { return {}; }
  Duration tick{};
  void advance(Duration by) { now_ += by; }

 private:
  mutable SteadyTime now_{1h};
};

class NodeCatalogs : public testing::Test {
 protected:
  Registry load(const Registry* last) {
    ++loads;
    return reload_registry(last ? *last : Registry(), NodeLibrary(), {folder.path()});
  }
  NodeCatalog::Load loader() {
    return [this](const Registry* last) { return load(last); };
  }
  static std::string name_of(const std::shared_ptr<const Registry>& registry) {
    const NodeTypePtr type = registry->find("a");
    return type ? type->definition.name : "(none)";
  }

  ScratchFolder folder;
  int loads = 0;
};

TEST_F(NodeCatalogs, ReadFilesThatHaveChanged) {
  const FakeClock clock;
  NodeCatalog catalog(clock, loader(), {folder.path()});
  EXPECT_EQ(name_of(catalog.current()), "(none)");
  folder.write("a.json", definition("first"));
  const auto first = catalog.current();
  EXPECT_EQ(name_of(first), "first");
  EXPECT_EQ(catalog.current(), first);
  EXPECT_EQ(loads, 2);
  folder.write("a.json", definition("the second"));
  EXPECT_EQ(name_of(catalog.current()), "the second");
  EXPECT_EQ(name_of(first), "first");
  std::filesystem::remove(folder.file("a.json"));
  EXPECT_EQ(name_of(catalog.current()), "(none)");
  EXPECT_EQ(loads, 4);
}

TEST_F(NodeCatalogs, SeeAChangeOfTheSameSizeByItsTime) {
  const FakeClock clock;
  folder.write("a.json", definition("one"));
  NodeCatalog catalog(clock, loader(), {folder.path()});
  EXPECT_EQ(name_of(catalog.current()), "one");
  folder.write("a.json", definition("two"));
  const timespec times[2] = {{2'000'000'000, 0}, {2'000'000'000, 1}};
  ASSERT_EQ(::utimensat(AT_FDCWD, folder.file("a.json").c_str(), times, 0), 0);
  EXPECT_EQ(name_of(catalog.current()), "two");
}

TEST_F(NodeCatalogs, SeeAFileThatWasReplacedByAnother) {
  const FakeClock clock;
  const timespec times[2] = {{2'000'000'000, 0}, {2'000'000'000, 1}};
  folder.write("a.json", definition("one"));
  ASSERT_EQ(::utimensat(AT_FDCWD, folder.file("a.json").c_str(), times, 0), 0);
  NodeCatalog catalog(clock, loader(), {folder.path()});
  EXPECT_EQ(name_of(catalog.current()), "one");
  folder.write("new", definition("two"));
  ASSERT_EQ(::utimensat(AT_FDCWD, folder.file("new").c_str(), times, 0), 0);
  std::filesystem::rename(folder.file("new"), folder.file("a.json"));
  EXPECT_EQ(name_of(catalog.current()), "two");
}

TEST_F(NodeCatalogs, LookForATwentiethOfTheTimeAtMost) {
  TickingClock clock;
  NodeCatalog catalog(clock, loader(), {folder.path()});
  clock.tick = 1ms;  // so looking takes a millisecond
  catalog.current();
  folder.write("a.json", definition("first"));
  clock.tick = 0ms;
  EXPECT_EQ(name_of(catalog.current()), "(none)");
  clock.advance(19ms);
  EXPECT_EQ(name_of(catalog.current()), "(none)");
  clock.advance(2ms);
  EXPECT_EQ(name_of(catalog.current()), "first");
}

TEST_F(NodeCatalogs, ReloadInAnyCase) {
  TickingClock clock;
  NodeCatalog catalog(clock, loader(), {folder.path()});
  clock.tick = 1h;
  catalog.current();
  clock.tick = 0ms;
  folder.write("a.json", definition("first"));
  EXPECT_EQ(name_of(catalog.reload()), "first");
  EXPECT_EQ(name_of(catalog.current()), "first");
  EXPECT_EQ(loads, 2);
  catalog.reload();
  EXPECT_EQ(loads, 3);
}

TEST_F(NodeCatalogs, KeepTheLastGoodVersionOfABrokenDefinition) {
  const FakeClock clock;
  folder.write("a.json", definition("good"));
  NodeCatalog catalog(clock, loader(), {folder.path()});
  catalog.current();
  folder.write("a.json", "{ half");
  const auto registry = catalog.current();
  EXPECT_EQ(name_of(registry), "good");
  ASSERT_FALSE(registry->notes().empty());
  folder.write("a.json", "{ still half");
  EXPECT_EQ(name_of(catalog.current()), "good");
  folder.write("a.json", definition("better"));
  EXPECT_EQ(name_of(catalog.current()), "better");
}

TEST_F(NodeCatalogs, LookIntoTheFoldersOfTheSettings) {
  const FakeClock clock;
  NodeCatalog catalog(clock, loader(), {});
  EXPECT_EQ(name_of(catalog.current()), "(none)");
  folder.write("a.json", definition("first"));
  EXPECT_EQ(name_of(catalog.current()), "(none)");
  catalog.set_folders({folder.path()});
  EXPECT_EQ(name_of(catalog.current()), "first");
}

TEST_F(NodeCatalogs, ServeManyThreads) {
  const SystemClock clock;
  folder.write("a.json", definition("first"));
  NodeCatalog catalog(clock, loader(), {folder.path()});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&catalog] {
      for (int n = 0; n < 20; ++n) EXPECT_NE(name_of(n % 5 == 0 ? catalog.reload() : catalog.current()), "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(loads, 16);
}

}  // namespace
}  // namespace vnode::test
