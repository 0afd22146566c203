#include "nodes/frames.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <tuple>

#include "base/text.h"
#include "nodes/brief.h"

namespace vnode {
namespace {

constexpr std::size_t kMostFrames = 10'000'000;
constexpr std::size_t kMostMissing = 1'000'000;  // of more nobody reads a list

constexpr std::string_view kForms = "it must be like 7, 1-100, 1-100x10 or 1-10:2, with numbers of 32 bits";

/// Reads the parts of such a text, one behind the other.
class FrameReader {
 public:
  explicit FrameReader(std::string_view text) : text_(text) {}

  Result<std::vector<std::int64_t>> read() {
    skip_blanks();
    while (place_ < text_.size()) {
      if (Result<void> added = read_part(); !added) return added.error();
      if (place_ == text_.size()) break;
      ++place_;  // the comma
      skip_blanks();
      begin_ = place_;
      if (place_ == text_.size()) return refuse(place_, kForms);
    }
    std::sort(frames_.begin(), frames_.end());
    frames_.erase(std::unique(frames_.begin(), frames_.end()), frames_.end());
    return std::move(frames_);
  }

 private:
  Result<void> read_part() {
    begin_ = place_;
    std::int64_t first = 0, step = 1;
    if (!take_number(first)) return refuse(place_, kForms);
    std::int64_t last = first;
    if (take('-')) {
      if (!take_number(last)) return refuse(place_, kForms);
      if (take('x') || take(':')) {
        const std::size_t at = place_;
        if (!take_number(step)) return refuse(place_, kForms);
        if (step == 0) return refuse(at, "a step of 0 goes nowhere");
        step = std::abs(step);
      }
    }
    if (place_ < text_.size() && text_[place_] != ',') return refuse(place_, kForms);
    const std::int64_t count = std::abs(last - first) / step + 1;
    if (frames_.size() + static_cast<std::size_t>(count) > kMostFrames)
      return refuse(begin_, "more than ten million frames");
    for (std::int64_t i = 0; i < count; ++i) frames_.push_back(first + (last < first ? -i : i) * step);
    return {};
  }

  void skip_blanks() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\t')) ++place_;
  }

  bool take(char wanted) {
    if (place_ == text_.size() || text_[place_] != wanted) return false;
    ++place_;
    skip_blanks();
    return true;
  }

  bool take_number(std::int64_t& number) {
    std::int32_t read = 0;
    const auto parsed = std::from_chars(text_.data() + place_, text_.data() + text_.size(), read);
    if (parsed.ec != std::errc()) return false;
    place_ = static_cast<std::size_t>(parsed.ptr - text_.data());
    skip_blanks();
    number = read;
    return true;
  }

  /// Of the part that is being read; `at` is where it goes wrong. (All in front of it is ASCII.)
  Error refuse(std::size_t at, std::string_view why) const {
    const std::size_t end = std::min(text_.find(',', at), text_.size());
    return {ErrorCode::kInvalidValue, "'" + brief_text(text_.substr(begin_, end - begin_)) +
                                          "' is no range of frames (at character " + std::to_string(at + 1) +
                                          "): " + std::string(why)};
  }

  std::string_view text_;
  std::size_t place_ = 0;
  std::size_t begin_ = 0;  ///< of the part that is being read
  std::vector<std::int64_t> frames_;
};

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

Result<std::vector<std::int64_t>> parse_frames(std::string_view text) { return FrameReader(text).read(); }

std::string frames_text(std::span<const std::int64_t> frames) {
  std::string text;
  for (std::size_t i = 0; i < frames.size();) {
    std::size_t end = i + 1;
    const std::int64_t step = end < frames.size() ? frames[end] - frames[i] : 1;
    while (end < frames.size() && frames[end] - frames[end - 1] == step) ++end;
    if (end - i < 3) end = i + 1;  // two are no range
    if (!text.empty()) text += ',';
    text += std::to_string(frames[i]);
    if (end - i > 1) text += "-" + std::to_string(frames[end - 1]);
    if (end - i > 1 && step > 1) text += "x" + std::to_string(step);
    i = end;
  }
  return text;
}

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
