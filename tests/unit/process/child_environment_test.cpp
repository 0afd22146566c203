#include "process/child_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace vnode::test {
namespace {

using testing::ElementsAre;

TEST(ChildEnvironments, SayWhoseProcessItIs) {
  EXPECT_THAT(child_environment({{"A", "1"}, {"VNODE_RUN_ID", "of another"}},
                                {.run_id = "r", .node_id = "n", .attempt = 2, .try_number = 3}),
              ElementsAre("A=1", "VNODE_RUN_ID=r", "VNODE_NODE_ID=n", "VNODE_ATTEMPT=2", "VNODE_TRY=3"));
}

TEST(ChildEnvironments, SayWhatIsRepeated) {
  const Variables around{{"VNODE_REPEATED", "1"}};  // another program's own
  EXPECT_THAT(child_environment(around, {.run_id = "r"}),
              ElementsAre("VNODE_RUN_ID=r", "VNODE_ATTEMPT=1", "VNODE_TRY=1"));
  EXPECT_THAT(child_environment(around, {.run_id = "r", .is_repeated = true}),
              ElementsAre("VNODE_RUN_ID=r", "VNODE_ATTEMPT=1", "VNODE_TRY=1", "VNODE_REPEATED=1"));
}

TEST(ChildEnvironments, SayNothingOfARunThatIsNotKnownYet) {
  EXPECT_THAT(child_environment({{"A", "1"}, {"NOTIFY_SOCKET", "/s"}}), ElementsAre("A=1"));
}

TEST(ChildEnvironments, TakeTheLastOfAName) {
  EXPECT_THAT(child_environment({{"A", "1"}, {"B", "2"}, {"A", "3=4"}}, {.run_id = "r"}),
              ElementsAre("A=3=4", "B=2", "VNODE_RUN_ID=r", "VNODE_ATTEMPT=1", "VNODE_TRY=1"));
}

TEST(ChildEnvironments, HaveNothingThatIsForTheProgramItself) {
  const Variables variables{{"NOTIFY_SOCKET", "/s"}, {"LISTEN_FDS", "1"},       {"LISTEN_PID", "2"},
                            {"LISTEN_FDNAMES", "a"}, {"WATCHDOG_USEC", "1000"}, {"WATCHDOG_PID", "2"}};
  EXPECT_THAT(child_environment(variables, {.run_id = "r"}),
              ElementsAre("VNODE_RUN_ID=r", "VNODE_ATTEMPT=1", "VNODE_TRY=1"));
  ::setenv("VNODE_TOKEN_FILE", "/secret", 1);
  ::setenv("CREDENTIALS_DIRECTORY", "/secret", 1);
  for (const auto& [name, value] : own_variables()) EXPECT_NE(value, "/secret") << name;
  ::unsetenv("VNODE_TOKEN_FILE");
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

}  // namespace
}  // namespace vnode::test
