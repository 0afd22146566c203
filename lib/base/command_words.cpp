#include "base/command_words.h"

namespace vnode {

Result<std::vector<std::string>> split_command(std::string_view text) {
  constexpr std::string_view kEscapedInQuotes = "$`\"\\";
  std::vector<std::string> words;
  bool is_in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      is_in_word = false;
      continue;
    }
    if (quote != '\'' && text.substr(i).starts_with("\\\n")) {  // the line goes on
      ++i;
      continue;
    }
    if (!is_in_word) words.emplace_back();
    is_in_word = true;
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      const char next = text[++i];
      if (quote == '"' && kEscapedInQuotes.find(next) == kEscapedInQuotes.npos) words.back() += c;
      words.back() += next;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      words.back() += c;
    }
  }
  if (quote != 0) {
    return Error{ErrorCode::kUsage, "'" + std::string(text) + "': a quote is not closed"};
  }
  if (words.empty() || words.front().empty())
    return Error{ErrorCode::kUsage, "a command is expected; it is empty"};
  return words;
}

}  // namespace vnode
