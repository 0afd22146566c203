#include "apps/vnode/ci/ci_system.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "apps/vnode/options/option_builders.h"

namespace vnode {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value != '\0' && std::string_view(value) != "false";
}

const char* folder_variable_of(CiSystem system) {
  switch (system) {
    case CiSystem::kGithub:
      return "GITHUB_WORKSPACE";
    case CiSystem::kAzure:
      return "BUILD_SOURCESDIRECTORY";
    case CiSystem::kGitlab:
      return "CI_PROJECT_DIR";
    case CiSystem::kNone:
      break;
  }
  return nullptr;
}

}  // namespace

CiSystem ci_of_environment() {
  if (is_set("GITHUB_ACTIONS")) return CiSystem::kGithub;
  if (is_set("TF_BUILD")) return CiSystem::kAzure;
  return is_set("GITLAB_CI") ? CiSystem::kGitlab : CiSystem::kNone;
}

void declare_annotations(CommandSpec& command, CiOptions& options) {
  constexpr std::array<std::pair<const char*, CiSystem>, 4> kSystems = {{{"github", CiSystem::kGithub},
                                                                         {"azure", CiSystem::kAzure},
                                                                         {"gitlab", CiSystem::kGitlab},
                                                                         {"none", CiSystem::kNone}}};
  add_choice(
      command, "--annotations", kSystems,
      "Also tell errors and warnings as that CI server shows them in files (default: the one whose job "
      "this is)",
      [&options](CiSystem system) { options.annotations = system; });
}

std::string ci_path(CiSystem system, const std::string& file) {
  const char* variable = folder_variable_of(system);
  const char* folder = variable ? std::getenv(variable) : nullptr;
  if (!folder || *folder == '\0' || file.empty()) return file;
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::weakly_canonical(file, error);
  if (error) return file;
  const std::filesystem::path root = std::filesystem::weakly_canonical(folder, error);
  if (error) return file;
  const std::string relative = absolute.lexically_relative(root).string();
  return relative.empty() || relative.starts_with("..") ? file : relative;
}

}  // namespace vnode
