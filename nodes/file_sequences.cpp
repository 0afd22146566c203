#include "nodes/file_sequences.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <tuple>

#include "base/text.h"

namespace vnode {
namespace {

constexpr std::size_t kMostMissing = 1'000'000;  // of more nobody reads a list

/// Where the number of a file name is; its prefix, digits and suffix.
struct NumberedPath {
  std::string prefix;
  std::string_view digits;
  std::string suffix;
  bool is_negative = false;
};

bool split_number(const std::string& path, NumberedPath& parts) {
  const std::size_t slash = path.rfind('/');
  const std::size_t name = slash == path.npos ? 0 : slash + 1;
  std::size_t end = path.rfind('.');
  const auto has_letter = [&](std::size_t from) {
    return std::any_of(path.begin() + static_cast<std::ptrdiff_t>(from), path.end(),
                       [](char c) { return !is_digit(c) && c != '.'; });
  };
  if (end == path.npos || end <= name || !has_letter(end)) end = path.size();
  while (end > name && !is_digit(path[end - 1])) --end;
  std::size_t begin = end;
  while (begin > name && is_digit(path[begin - 1])) --begin;
  if (begin == end || end - begin > 9) return false;
  parts.digits = std::string_view(path).substr(begin, end - begin);
  // A minus is a sign where nothing but a separator is in front of it.
  const bool has_minus = begin > name && path[begin - 1] == '-';
  parts.is_negative = has_minus && (begin - 1 == name || path[begin - 2] == '.' || path[begin - 2] == '_');
  parts.prefix = path.substr(0, begin - (parts.is_negative ? 1 : 0));
  parts.suffix = path.substr(end);
  return true;
}

struct Candidate {
  std::size_t index;
  std::int64_t frame;
  int width;  ///< characters of the number
  bool is_padded;
};

/// Paths that differ in their number only, by its width: numbers with zeros in front tell one, and longer
/// ones belong to them, as `printf` writes them.
std::map<int, std::vector<Candidate>> by_width(const std::vector<Candidate>& candidates) {
  std::map<int, std::vector<Candidate>> groups;
  for (const Candidate& one : candidates) {
    if (one.is_padded) groups[one.width].push_back(one);
  }
  std::vector<Candidate> plain;
  for (const Candidate& one : candidates) {
    if (one.is_padded) continue;
    auto padded = groups.upper_bound(one.width);
    if (padded == groups.begin()) {
      plain.push_back(one);
    } else {
      std::prev(padded)->second.push_back(one);
    }
  }
  if (plain.empty()) return groups;
  const bool is_even = std::all_of(plain.begin(), plain.end(),
                                   [&](const Candidate& one) { return one.width == plain.front().width; });
  const int width = is_even && !groups.contains(plain.front().width) ? plain.front().width : 1;
  auto& group = groups[width];
  group.insert(group.end(), plain.begin(), plain.end());
  return groups;
}

}  // namespace

std::string FileSequence::printf_pattern() const {
  std::string escaped[2];
  const std::string* parts[2] = {&prefix, &suffix};
  for (int i = 0; i < 2; ++i) {
    for (const char c : *parts[i]) escaped[i] += c == '%' ? std::string("%%") : std::string(1, c);
  }
  return escaped[0] + (width > 1 ? "%0" + std::to_string(width) + "d" : "%d") + escaped[1];
}

std::string FileSequence::hash_pattern() const {
  return prefix + std::string(static_cast<std::size_t>(width), '#') + suffix;
}

std::vector<std::int64_t> FileSequence::missing() const {
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    for (std::int64_t frame = frames[i - 1] + 1; frame < frames[i] && gaps.size() < kMostMissing; ++frame) {
      gaps.push_back(frame);
    }
  }
  return gaps;
}

FoundSequences find_sequences(std::span<const std::string> paths, std::size_t least) {
  std::map<std::pair<std::string, std::string>, std::vector<Candidate>> by_name;
  std::vector<bool> is_taken(paths.size(), false);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    NumberedPath parts;
    if (!split_number(paths[i], parts)) continue;
    std::int64_t frame = 0;
    std::from_chars(parts.digits.data(), parts.digits.data() + parts.digits.size(), frame);
    by_name[{parts.prefix, parts.suffix}].push_back(
        {i, parts.is_negative ? -frame : frame,
         static_cast<int>(parts.digits.size()) + (parts.is_negative ? 1 : 0),
         parts.digits.size() > 1 && parts.digits.front() == '0'});
  }
  FoundSequences found;
  for (const auto& [name, candidates] : by_name) {
    for (const auto& [width, members] : by_width(candidates)) {
      if (members.size() < least) continue;
      FileSequence sequence{name.first, name.second, width, {}};
      for (const Candidate& member : members) {
        sequence.frames.push_back(member.frame);
        is_taken[member.index] = true;
      }
      std::sort(sequence.frames.begin(), sequence.frames.end());
      found.sequences.push_back(std::move(sequence));
    }
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!is_taken[i]) found.others.push_back(paths[i]);
  }
  return found;
}

}  // namespace vnode
