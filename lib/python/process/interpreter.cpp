#include "python/process/interpreter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/owned_fd.h"
#include "python/process/launcher.h"

namespace vnode {
namespace {

constexpr const char* kAdvice = "; install python3, or name another interpreter with --python EXE";

bool is_file(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool is_executable_file(const std::string& path) {
  return is_file(path) && ::access(path.c_str(), X_OK) == 0;
}

std::string absolute(std::string path) {
  if (path.starts_with('/')) return path;
  std::array<char, 4096> directory;
  if (!::getcwd(directory.data(), directory.size())) return path;
  while (path.starts_with("./")) path.erase(0, 2);
  return std::string(directory.data()) + "/" + path;
}

Result<std::string> find_path(const std::string& path) {
  if (!is_file(path)) {
    return Error{ErrorCode::kNotFound, "there is no Python interpreter '" + path + "'" + kAdvice};
  }
  if (!is_executable_file(path)) {
    return Error{ErrorCode::kUnavailable,
                 "the Python interpreter '" + path + "' is not executable" + kAdvice};
  }
  return absolute(path);
}

Result<std::string> find_on_path(const std::string& name) {
  const char* variable = std::getenv("PATH");
  const std::string_view folders = variable ? variable : "";
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    std::string folder(folders.substr(begin, end - begin));
    if (folder.empty()) folder = ".";  // as the shell has it
    std::string path = folder + "/" + name;
    if (is_executable_file(path)) return absolute(std::move(path));
    begin = end + 1;
  }
  return Error{ErrorCode::kNotFound, "there is no Python interpreter '" + name + "' on the PATH (" +
                                         std::string(folders) + ")" + kAdvice};
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_named_python(std::string_view path) { return file_name(path).starts_with("python"); }

/// The first bytes of the file, or nothing when it cannot be read (which does not keep it from being
/// executed).
std::string beginning_of(const std::string& path) {
  const OwnedFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  std::array<char, 4> bytes;
  const ssize_t count = file ? ::read(file.get(), bytes.data(), bytes.size()) : 0;
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

}  // namespace

Result<Interpreter> find_interpreter(std::string_view name_or_path) {
  const std::string name(name_or_path);
  if (name.empty() || name.find('\0') != std::string::npos) {
    return Error{ErrorCode::kNotFound, std::string("the name of the Python interpreter is empty") + kAdvice};
  }
  Result<std::string> path = name.find('/') != std::string::npos ? find_path(name) : find_on_path(name);
  if (!path) return path.error();
  const std::string beginning = beginning_of(*path);
  const bool is_script = beginning.starts_with("#!");
  if (!is_script && !beginning.empty() && beginning != "\177ELF") {
    return Error{ErrorCode::kUnavailable, "'" + *path + "' is not a program" + kAdvice};
  }
  Interpreter interpreter{*path, is_named_python(*path)};
  if (!is_script || !interpreter.skips_site) return interpreter;
  std::string key = launcher_key(*path);
  const std::string known = interpreter_of_launcher(*path, key);
  if (!known.empty()) return Interpreter{known, is_named_python(known)};
  interpreter.launcher_key = std::move(key);
  return interpreter;
}

void remember_interpreter(const Interpreter& interpreter, const std::string& executable) {
  if (interpreter.launcher_key.empty()) return;
  remember_interpreter_of_launcher(interpreter.path, interpreter.launcher_key, executable);
}

std::string choose_interpreter(std::string_view of_definition, std::string_view configured) {
  if (!of_definition.empty()) return std::string(of_definition);
  if (!configured.empty()) return std::string(configured);
  const char* variable = std::getenv("VNODE_PYTHON");
  return variable && *variable ? variable : "python3";
}

}  // namespace vnode
