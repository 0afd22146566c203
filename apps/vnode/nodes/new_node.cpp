#include "apps/vnode/nodes/new_node.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "apps/vnode/nodes/node_template.h"
#include "base/owned_fd.h"
#include "base/write_all.h"

namespace vnode {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_id_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

/// Ids are names of files here, and parts of NODE.PORT.
Result<void> check_id(const std::string& id) {
  constexpr std::size_t kMaxSize = 100;
  std::string possible;
  for (char c : id) possible += is_id_char(c) ? c : '_';
  const bool is_good = !id.empty() && is_letter(id[0]) && possible == id && id.size() <= kMaxSize;
  if (is_good) return {};
  if (!possible.empty() && !is_letter(possible[0])) possible.insert(0, 1, '_');
  const bool has_letter = possible.find_first_not_of("_-") != std::string::npos;
  return Error{ErrorCode::kUsage,
               "'" + id + "' cannot be a node_id: letters, digits, _ and - are possible, and at most " +
                   std::to_string(kMaxSize) + " of them" +
                   (has_letter ? "; for example '" + possible.substr(0, kMaxSize) + "'" : "")};
}

std::string file_of(const NewNode& node) {
  return (node.folder == "." ? "" : node.folder + (node.folder.ends_with('/') ? "" : "/")) + node.node_id +
         ".json";
}

Error write_error(const std::string& path, int number) {
  return {ErrorCode::kIo, "cannot write: " + std::generic_category().message(number), {.file = path}};
}

/// As one word of a shell command.
std::string shell_word(const std::string& text) {
  bool is_plain = !text.empty();
  std::string quoted = "'";
  for (char c : text) {
    is_plain = is_plain && (is_id_char(c) || c == '/' || c == '.');
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return is_plain ? text : quoted + "'";
}

}  // namespace

Result<std::string> write_new_node(const NewNode& node) {
  if (Result<void> checked = check_id(node.node_id); !checked) return checked.error();
  const std::string path = file_of(node);
  const OwnedFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file && errno == EEXIST) {
    return Error{ErrorCode::kUsage, "the file is there already; it is not overwritten", {.file = path}};
  }
  if (!file) return write_error(path, errno);
  const std::string text =
      node.is_command ? command_node_template(node.node_id) : python_node_template(node.node_id);
  if (const int error = write_all(file.get(), text); error != 0) {
    ::unlink(path.c_str());  // half a definition helps nobody
    return write_error(path, error);
  }
  return path;
}

std::string new_node_advice(const NewNode& node) {
  const std::string folder = " --nodes " + shell_word(node.folder);
  const char* what = node.is_command
                         ? "Its command is a list of words in that file; {NAME} in it stands for an input."
                         : "Its code is the text python_code in that file.";
  return std::string(what) +
         " To try it:\n"
         "  vnode nodes show " +
         node.node_id + folder + "\n" + "  echo '{\"nodes\": [{\"node_id\": \"" + node.node_id +
         "\", \"position\": [0, 0], \"parameters\": {\"text\": \"hello\"}}]}' |\n"
         "    vnode run -" +
         folder + " --output " + node.node_id + ".result\n";
}

}  // namespace vnode
