#include "apps/vnode/ci/ci_system.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"
#include "unit/python/python_support.h"

namespace vnode {
namespace {

struct CiSystemTest : testing::Test {
  test::EnvironmentEntry github{"GITHUB_ACTIONS", nullptr};
  test::EnvironmentEntry azure{"TF_BUILD", nullptr};
  test::EnvironmentEntry gitlab{"GITLAB_CI", nullptr};
};

TEST_F(CiSystemTest, IsTheOneWhoseJobThisIs) {
  EXPECT_EQ(ci_of_environment(), CiSystem::kNone);
  {
    const test::EnvironmentEntry entry("GITHUB_ACTIONS", "true");
    EXPECT_EQ(ci_of_environment(), CiSystem::kGithub);
  }
  {
    const test::EnvironmentEntry entry("TF_BUILD", "True");
    EXPECT_EQ(ci_of_environment(), CiSystem::kAzure);
  }
  const test::EnvironmentEntry entry("GITLAB_CI", "true");
  EXPECT_EQ(ci_of_environment(), CiSystem::kGitlab);
  EXPECT_EQ(CiOptions{CiSystem::kGithub}.system(), CiSystem::kGithub);
  EXPECT_EQ(CiOptions{CiSystem::kNone}.system(), CiSystem::kNone);
  EXPECT_TRUE(CiOptions{CiSystem::kNone}.has_command_reader()) << "its server reads on";
}

TEST_F(CiSystemTest, KnowsFilesRelativeToTheSources) {
  const test::ScratchFolder folder;
  const std::string file = folder.write("w.yaml", "");
  EXPECT_EQ(ci_path(CiSystem::kGithub, "sub/w.yaml"), "sub/w.yaml");
  const test::EnvironmentEntry workspace("GITHUB_WORKSPACE", folder.path());
  EXPECT_EQ(ci_path(CiSystem::kGithub, file), "w.yaml");
  EXPECT_EQ(ci_path(CiSystem::kAzure, file), file);
  EXPECT_EQ(ci_path(CiSystem::kGithub, "/elsewhere/w.yaml"), "/elsewhere/w.yaml");
  EXPECT_EQ(ci_path(CiSystem::kGithub, ""), "");
}

}  // namespace
}  // namespace vnode
