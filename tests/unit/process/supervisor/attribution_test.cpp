// Whose is a process? On made-up lists of processes.
#include "process/supervisor/attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace vnode::test {
namespace {

constexpr pid_t kSelf = 100;

class Attributions : public testing::Test {
 protected:
  /// Two families, of the roots 201 and 202, since 10 and 20.
  Attributions() : families{{1, 201, 10}, {2, 202, 20}} {
    add(kSelf, 1, 100, 100, 5);
    add(201, kSelf, 201, 201, 10);
    add(202, kSelf, 202, 202, 20);
  }
  void add(pid_t pid, pid_t parent, pid_t group, pid_t session, std::uint64_t started,
           bool has_ended = false) {
    processes.push_back({.pid = pid,
                         .parent = parent,
                         .group = group,
                         .session = session,
                         .started = started,
                         .has_ended = has_ended});
  }
  void change_parent(pid_t pid, pid_t parent) {
    for (ProcessInfo& process : processes) {
      if (process.pid == pid) process.parent = parent;
    }
  }
  void remove(pid_t pid) {
    std::erase_if(processes, [pid](const ProcessInfo& process) { return process.pid == pid; });
  }
  /// The owners of all that are found.
  std::map<pid_t, int> look() {
    std::map<pid_t, int> found;
    for (const auto& member : attribution.look(processes, kSelf, families, [this](pid_t pid) {
           const auto mark = marks.find(pid);
           return mark == marks.end() ? 0 : mark->second;
         })) {
      found[member.process.pid] = member.owner;
    }
    return found;
  }

  std::vector<ProcessInfo> processes;
  std::vector<Attribution::Family> families;
  std::map<pid_t, int> marks;
  Attribution attribution;
};

TEST_F(Attributions, GoByParent) {
  add(301, 201, 301, 301, 30);
  add(302, 301, 302, 302, 31);
  add(303, 202, 303, 303, 32);
  EXPECT_EQ(look(), (std::map<pid_t, int>{{201, 1}, {202, 2}, {301, 1}, {302, 1}, {303, 2}}));
}

TEST_F(Attributions, AreOfDescendantsOnly) {
  add(301, 1, 201, 201, 30);  // in the session, but below another
  add(302, 201, 302, 302, 30, true);
  EXPECT_EQ(look(), (std::map<pid_t, int>{{201, 1}, {202, 2}}));
}

TEST_F(Attributions, GoBySessionAndMark) {
  add(301, kSelf, 301, 202, 30);
  add(302, kSelf, 302, 302, 30);
  marks[302] = 2;
  EXPECT_EQ(look()[301], 2);
  EXPECT_EQ(look()[302], 2);
}

TEST_F(Attributions, GoByTheGroupOfOneThatIsKnown) {
  add(301, kSelf, 301, 301, 30);
  marks[301] = 1;
  add(302, kSelf, 301, 301, 30);  // without the mark
  add(303, 302, 303, 303, 30);
  EXPECT_EQ(look()[302], 1);
  EXPECT_EQ(look()[303], 1);
}

TEST_F(Attributions, GoByTimeWhenOnlyOneWasThere) {
  add(301, kSelf, 301, 301, 15);  // before the second family
  add(302, kSelf, 302, 302, 25);
  EXPECT_EQ(look()[301], 1);
  EXPECT_EQ(look()[302], Attribution::kNobody);
}

TEST_F(Attributions, StayWhateverAProcessDoes) {
  add(301, 201, 301, 301, 30);
  EXPECT_EQ(look()[301], 1);
  change_parent(301, kSelf);
  EXPECT_EQ(look()[301], 1);
  EXPECT_EQ(*attribution.owner_of(301), 1);
}

TEST_F(Attributions, OfNobodyStayNobodys) {
  add(301, kSelf, 301, 301, 30);
  EXPECT_EQ(look()[301], Attribution::kNobody);
  remove(202);
  families.pop_back();  // now there would be only one
  EXPECT_EQ(look()[301], Attribution::kNobody);
}

TEST_F(Attributions, DoNotPassToTheNextOneWithThatNumber) {
  add(301, 201, 301, 301, 30);
  look();
  remove(301);
  add(301, kSelf, 301, 301, 40);
  EXPECT_EQ(look()[301], Attribution::kNobody);
}

TEST_F(Attributions, OfASessionWhoseNumberWasUsedTwiceAreTheLaterOnes) {
  families[0].is_running = false;  // its root has ended; what it left is in other sessions
  families.push_back({3, 201, 40});
  remove(201);
  add(201, kSelf, 201, 201, 40);
  add(301, kSelf, 301, 201, 50);
  EXPECT_EQ(look()[201], 3);
  EXPECT_EQ(look()[301], 3);
}

TEST_F(Attributions, AreKnownOfChildrenOnly) {
  add(301, 201, 301, 301, 30);
  look();
  EXPECT_EQ(attribution.owner_of(301), nullptr);  // its parent may give its number away
  EXPECT_EQ(*attribution.owner_of(201), 1);
  attribution.forget(201);
  EXPECT_EQ(attribution.owner_of(201), nullptr);
}

TEST_F(Attributions, EndWithTheFamily) {
  add(301, kSelf, 301, 202, 30);
  look();
  attribution.dissolve(2);
  EXPECT_EQ(*attribution.owner_of(301), Attribution::kNobody);
}

TEST_F(Attributions, CountWhatALauncherHasStartedAsTheRoot) {
  families[0].main = 302;
  families[0].main_started = 31;
  add(301, 201, 201, 201, 30);
  add(302, 301, 302, 302, 31);
  add(303, 302, 303, 303, 32);  // what it starts
  add(304, 301, 304, 304, 32);  // what the launcher starts beside it
  const auto roots = [this] {
    look();
    std::set<pid_t> found;
    for (const Attribution::Member& member : attribution.members()) {
      if (member.is_root) found.insert(member.process.pid);
    }
    return found;
  };
  EXPECT_EQ(roots(), (std::set<pid_t>{201, 202, 301, 302}));
  remove(301);
  change_parent(302, kSelf);
  change_parent(304, kSelf);
  EXPECT_EQ(roots(), (std::set<pid_t>{201, 202, 302}));
  families[0].main_started = 29;  // another one had that number
  EXPECT_EQ(roots(), (std::set<pid_t>{201, 202}));
}

}  // namespace
}  // namespace vnode::test
