#include "apps/vnode/settings/token_file.h"

#include <string_view>

#include "base/private_file.h"

namespace vnode {
namespace {

constexpr std::size_t kMostToken = 4096;
constexpr std::size_t kLeastToken = 16;
constexpr std::string_view kBlanks = " \t\r\n";

Error file_mistake(const std::string& file, std::string message) {
  return usage_error(std::move(message), {.file = file});
}

}  // namespace

Result<std::string> read_token_file(const std::string& path) {
  const Result<std::string> content = read_private_file(path, "token", kMostToken);
  if (!content) return content;
  const std::size_t first = content->find_first_not_of(kBlanks);
  if (first == std::string::npos) return file_mistake(path, "the token file is empty");
  std::string token = content->substr(first, content->find_last_not_of(kBlanks) - first + 1);
  if (token.size() < kLeastToken) {
    return file_mistake(path,
                        "the token is too short: " + std::to_string(kLeastToken) + " characters at least");
  }
  return token;
}

}  // namespace vnode
