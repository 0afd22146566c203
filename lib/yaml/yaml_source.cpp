#include "yaml/yaml_source.h"

#include <algorithm>
#include <cstring>

namespace vnode {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t count_characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

/// At most so many bytes of a line are shown: before the place and behind it.
constexpr std::size_t kShownBefore = 60;
constexpr std::size_t kShownBehind = 60;

std::string excerpt_of(std::string_view line, std::size_t at) {
  std::size_t begin = at > kShownBefore ? at - kShownBefore : 0;
  while (begin > 0 && is_continuation(line[begin])) --begin;
  std::size_t end = std::min(line.size(), at + kShownBehind);
  while (end < line.size() && is_continuation(line[end])) ++end;
  std::string shown(line.substr(begin, end - begin));
  if (begin > 0) shown.insert(0, "...");
  if (end < line.size()) shown += "...";
  return shown;
}

}  // namespace

YamlSource::YamlSource(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (const char *at = text_.data(), *end = at + text_.size(); at != end;) {
    const auto* line_end =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (!line_end) break;
    at = line_end + 1;
    line_starts_.push_back(static_cast<std::uint32_t>(at - text_.data()));
  }
}

SourcePlace YamlSource::place_of(std::size_t at) const {
  at = std::min(at, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), at);
  const std::size_t start = *(next - 1);
  std::string_view line = std::string_view(text_).substr(start);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t inside = std::min(at - start, line.size());
  return {.file = file_,
          .line = static_cast<std::size_t>(next - line_starts_.begin()),
          .column = 1 + count_characters(line.substr(0, inside)),
          .text = excerpt_of(line, inside)};
}

}  // namespace vnode
