#include "nodes/glob.h"

#include "base/text.h"

namespace vnode {
namespace {

/// Matches one character against what begins at `at` in the pattern (not `*`) and moves `at` behind that.
bool matches_one(std::string_view pattern, std::size_t& at, char32_t c) {
  char32_t first = next_code_point(pattern, at);
  if (first == '?') return true;
  if (first != '[') return first == c;

  std::size_t set = at;
  bool is_negated = set < pattern.size() && pattern[set] == '!';
  if (is_negated) set += 1;
  // A `]` that comes first is a member.
  std::size_t end = set < pattern.size() ? pattern.find(']', set + 1) : std::string_view::npos;
  if (end == std::string_view::npos) return c == '[';
  bool is_member = false;
  while (set < end) {
    char32_t low = next_code_point(pattern, set);
    char32_t high = low;
    if (set + 1 < end && pattern[set] == '-') {
      set += 1;
      high = next_code_point(pattern, set);
    }
    is_member = is_member || (low <= c && c <= high);
  }
  at = end + 1;
  return is_member != is_negated;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  // Behind the last `*`: where to go on in the pattern, and up to where the star has taken the text.
  std::size_t star = std::string_view::npos;
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      taken = t;
      continue;
    }
    std::size_t behind = t;
    char32_t c = next_code_point(text, behind);
    if (p < pattern.size() && matches_one(pattern, p, c)) {
      t = behind;
      continue;
    }
    if (star == std::string_view::npos) return false;
    next_code_point(text, taken);
    t = taken;
    p = star;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace vnode
