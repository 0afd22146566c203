#include "python/process/launcher.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/replace_file.h"
#include "base/text_file.h"
#include "python/process/cache_folder.h"

namespace vnode {
namespace {

// What launchers go by, besides their own file.
constexpr std::array kVariables{"PYENV_VERSION", "PYENV_ROOT", "PYENV_DIR", "ASDF_PYTHON_VERSION"};
constexpr std::array kFilesAbove{".python-version", ".tool-versions"};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_executable(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// Path and state of a file, for the key; of a file that is not there, the path.
std::string stamp(const std::string& path) {
  struct stat info;
  std::string line = path;
  if (::stat(path.c_str(), &info) == 0) {
    for (const auto number : {std::int64_t{info.st_mtim.tv_sec}, std::int64_t{info.st_mtim.tv_nsec},
                              std::int64_t{info.st_size}}) {
      line += ' ' + std::to_string(number);
    }
  }
  return line + '\n';
}

std::string current_directory() {
  std::array<char, 4096> path;
  return ::getcwd(path.data(), path.size()) ? path.data() : "";
}

std::string nearest_upwards(std::string folder, const std::string& name) {
  for (;;) {
    std::string path = folder + "/" + name;
    if (::access(path.c_str(), F_OK) == 0) return path;
    const std::size_t slash = folder.rfind('/');
    if (slash == std::string::npos) return name;
    folder.resize(slash);
  }
}

/// One of a few files, so that they do not become more and more: a new key takes the place of an old one.
std::string cache_name(const std::string& launcher) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char byte : launcher + '\n' + current_directory() + '\n' + variable("PYENV_VERSION")) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return std::to_string(hash % 64);
}

}  // namespace

std::string launcher_key(const std::string& launcher) {
  const std::string directory = current_directory();
  std::string key = stamp(launcher) + directory + '\n';
  for (const char* name : kVariables) key += variable(name) + '\n';
  for (const char* name : kFilesAbove) key += stamp(nearest_upwards(directory, name));
  const std::string home = variable("HOME");
  const std::string pyenv = variable("PYENV_ROOT");
  const std::string root = pyenv.empty() ? home + "/.pyenv" : pyenv;
  return key + stamp(root + "/version") + stamp(root + "/versions") + stamp(home + "/.tool-versions");
}

std::string interpreter_of_launcher(const std::string& launcher, const std::string& key) {
  const Result<std::string> folder = private_cache_folder("interpreters");
  if (!folder) return "";
  const Result<TextFile> kept = read_text_file(*folder + "/" + cache_name(launcher));
  if (!kept || !kept->text.starts_with(key)) return "";
  std::string interpreter = kept->text.substr(key.size());
  return interpreter.find('\n') == std::string::npos && is_executable(interpreter) ? interpreter : "";
}

void remember_interpreter_of_launcher(const std::string& launcher, const std::string& key,
                                      const std::string& interpreter) {
  if (!interpreter.starts_with('/') || !is_executable(interpreter)) return;
  const Result<std::string> folder = private_cache_folder("interpreters");
  if (folder) (void)replace_file(*folder + "/" + cache_name(launcher), key + interpreter).ok();
}

}  // namespace vnode
