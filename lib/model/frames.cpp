#include "model/frames.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/shown_text.h"

namespace vnode {
namespace {

constexpr std::size_t kMostFrames = 10'000'000;
constexpr std::size_t kLongestQuote = 200;

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
    const std::string_view part = text_.substr(begin_, end - begin_);
    std::string quote(beginning(part, kLongestQuote));
    if (quote.size() < part.size()) quote += "...";
    return {ErrorCode::kInvalidValue, "'" + quote + "' is no range of frames (at character " +
                                          std::to_string(at + 1) + "): " + std::string(why)};
  }

  std::string_view text_;
  std::size_t place_ = 0;
  std::size_t begin_ = 0;  ///< of the part that is being read
  std::vector<std::int64_t> frames_;
};

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

}  // namespace vnode
