#include "python/launcher.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/owned_fd.h"
#include "base/text_file.h"
#include "python/cache_folder.h"
#include "python/child_process.h"

namespace vnode {
namespace {

constexpr std::string_view kMark = "vnode-interpreter:";
constexpr const char* kQuestion =
    "import os, sys\n"
    "sys.stdout.flush()\n"
    "os.write(1, b'\\nvnode-interpreter:' + os.fsencode(sys.executable) + b'\\n')\n";
constexpr timeval kAnswerPatience{20, 0};  // for each piece of text; network file systems are slow
constexpr std::size_t kMaxAnswer = 16 * 1024;

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

/// Everything that the answer depends on.
std::string key_of(const std::string& launcher) {
  const std::string directory = current_directory();
  std::string key = stamp(launcher) + directory + '\n';
  for (const char* name : kVariables) key += variable(name) + '\n';
  for (const char* name : kFilesAbove) key += stamp(nearest_upwards(directory, name));
  const std::string home = variable("HOME");
  const std::string pyenv = variable("PYENV_ROOT");
  const std::string root = pyenv.empty() ? home + "/.pyenv" : pyenv;
  return key + stamp(root + "/version") + stamp(root + "/versions") + stamp(home + "/.tool-versions");
}

/// One of a few files, so that they do not become more and more: a new key takes the place of an old one.
std::string cache_name(const std::string& launcher) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char byte : launcher + '\n' + current_directory() + '\n' + variable("PYENV_VERSION")) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return std::to_string(hash % 64);
}

/// Empty when there is none that still holds.
std::string cached_answer(const std::string& file, const std::string& key) {
  Result<TextFile> cached = read_text_file(file);
  if (!cached || !cached->text.starts_with(key)) return "";
  std::string answer = cached->text.substr(key.size());
  return answer.find('\n') == std::string::npos && is_executable(answer) ? answer : "";
}

/// Everything that it writes, up to the answer. A socket, since reads of a pipe cannot be limited in time.
Result<std::string> run(const std::string& launcher) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Error{ErrorCode::kUnavailable, "socketpair"};
  }
  const OwnedFd near(ends[0]);
  OwnedFd far(ends[1]);
  ::setsockopt(near.get(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerPatience, sizeof kAnswerPatience);
  const std::array passed{far.get(), far.get()};
  Result<ChildProcess> process = ChildProcess::start({launcher, "-S", "-c", kQuestion}, passed);
  if (!process) return process.error();
  far.reset();

  std::string text;
  std::array<char, 4096> buffer;
  while (text.size() < kMaxAnswer) {
    const ssize_t count = ::recv(near.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t mark = text.find(kMark);
    if (mark != std::string::npos && text.find('\n', mark) != std::string::npos) break;
  }
  return text;
}

Result<std::string> ask_launcher(const std::string& launcher) {
  Result<std::string> text = run(launcher);
  if (!text) return text;
  const std::size_t mark = text->find(kMark);
  const std::size_t end = mark == std::string::npos ? mark : text->find('\n', mark);
  if (end != std::string::npos) {
    const std::string answer = text->substr(mark + kMark.size(), end - mark - kMark.size());
    if (is_executable(answer)) return answer;
  }
  while (text->ends_with('\n')) text->pop_back();
  return Error{ErrorCode::kUnavailable, "'" + launcher + "' does not start a Python interpreter" +
                                            (text->empty() ? "" : "; it says: " + *text)};
}

}  // namespace

Result<std::string> interpreter_of_launcher(const std::string& launcher) {
  const Result<std::string> folder = private_cache_folder("interpreters");
  const std::string key = key_of(launcher);
  const std::string file = folder ? *folder + "/" + cache_name(launcher) : "";
  if (folder) {
    if (std::string answer = cached_answer(file, key); !answer.empty()) return answer;
  }
  Result<std::string> answer = ask_launcher(launcher);
  // Without the file the launcher is asked each time.
  if (answer && folder) (void)replace_file(file, key + *answer).ok();
  return answer;
}

}  // namespace vnode
