#include "apps/vnode/completion/shell_word.h"

#include <cstdlib>

namespace vnode {

std::string unquoted_word(std::string_view typed) {
  std::string word;
  char quote = 0;
  if (typed == "~" || typed.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    word = home ? home : "~";
    typed.remove_prefix(1);
  }
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const char c = typed[i];
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < typed.size()) {
      // Between double quotes a backslash is one, except in front of what is special there.
      const bool is_plain =
          quote == '"' && std::string_view("\"\\$`").find(typed[i + 1]) == std::string::npos;
      if (is_plain) word += c;
      word += typed[++i];
    } else if (c != '\\' || quote == '\'') {
      word += c;
    }
  }
  return word;
}

}  // namespace vnode
