#include "apps/vnode/terminal/ci_commands.h"

#include <algorithm>

namespace vnode {
namespace {

/// Behind what a server passes over in front of a command: white space, control characters, and escape
/// sequences, also those that are written out.
std::size_t past_nothing(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] == '\x1b' && at + 1 < line.size() && line[at + 1] == '[') {
      at += 2;
      while (at < line.size() && (line[at] < '@' || line[at] > '~')) ++at;
      at = std::min(at + 1, line.size());
    } else if (static_cast<unsigned char>(line[at]) <= ' ' || line[at] == '\x7f') {
      ++at;
    } else if (line.substr(at).starts_with("\xef\xbb\xbf") || line.substr(at).starts_with("\xc2\xa0")) {
      at += line[at] == '\xef' ? 3 : 2;  // a byte-order mark, a hard blank
    } else {
      break;
    }
  }
  return at;
}

/// "[error]", "vso[task.complete]", whatever the case.
bool is_command(std::string_view behind_signs) {
  if (behind_signs.starts_with("[")) return true;
  constexpr std::string_view kVso = "vso[";
  return behind_signs.size() >= kVso.size() &&
         std::equal(kVso.begin(), kVso.end(), behind_signs.begin(), [](char known, char c) {
           return known == c || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == known);
         });
}

void append_harmless(std::string& out, std::string_view line) {
  const std::size_t start = past_nothing(line);
  out.append(line.substr(0, start));
  line.remove_prefix(start);
  if (line.starts_with("::")) out += '\\';
  for (std::size_t at = 0; at < line.size(); ++at) {
    out += line[at];
    const std::string_view rest = line.substr(at);
    if (rest.starts_with("##") && (at == 0 || is_command(rest.substr(2)))) out += '\\';
  }
}

}  // namespace

std::string without_ci_commands(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    // A carriage return alone begins a line, too.
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    append_harmless(out, text.substr(at, end - at));
    if (end < text.size()) out += text[end];
    at = end + 1;
  }
  return out;
}

}  // namespace vnode
