#include "process/output_lines.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace vnode {
namespace {

/// Where to cut, at `most` or a few bytes before it, so that no character is in two lines.
std::size_t cut_before(std::string_view text, std::size_t most) {
  constexpr std::size_t kLongestCharacter = 4;
  for (std::size_t at = most; at > most - std::min(most, kLongestCharacter); --at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return at;
  }
  return most;  // no text anyway
}

}  // namespace

void OutputLines::add(std::string_view bytes, SteadyTime now) {
  now_ = now;
  if (has_return_ && !bytes.empty()) {
    has_return_ = false;
    const bool is_newline = bytes.front() == '\n';
    if (is_newline) bytes.remove_prefix(1);
    end_line({}, is_newline ? Ending::kNewline : Ending::kReturn);
  }
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    std::string_view line = bytes.substr(0, newline);
    for (std::size_t at; (at = line.find('\r')) != line.npos;) {
      const bool is_last = at + 1 == line.size();
      if (is_last && newline != bytes.npos) break;  // "\r\n"
      if (is_last) {
        add_part(line.substr(0, at));
        has_return_ = true;
        return;
      }
      end_line(line.substr(0, at), Ending::kReturn);
      line.remove_prefix(at + 1);
    }
    if (newline == bytes.npos) return add_part(line);
    if (line.ends_with('\r')) line.remove_suffix(1);
    end_line(line, Ending::kNewline);
    bytes.remove_prefix(newline + 1);
  }
}

void OutputLines::finish() {
  if (std::exchange(has_return_, false)) end_line({}, Ending::kReturn);
  if (!begun_.empty()) end_line({}, Ending::kNone);
  give_waiting();
}

void OutputLines::add_part(std::string_view part) {
  begun_.append(part);
  if (begun_.size() <= kMostBytes) return;
  give_waiting();
  std::string_view rest = begun_;
  while (rest.size() > kMostBytes) {
    const std::size_t cut = cut_before(rest, kMostBytes);
    give(rest.substr(0, cut));
    rest.remove_prefix(cut);
  }
  begun_.erase(0, begun_.size() - rest.size());
}

void OutputLines::end_line(std::string_view rest, Ending ending) {
  std::string_view line = rest;
  if (!begun_.empty() || rest.size() > kMostBytes) {
    add_part(rest);
    line = begun_;
  }
  if (ending != Ending::kReturn) {
    // "\r" moves to the line's beginning: what was overwritten by nothing stays to be seen.
    give_waiting();
    give(line);
  } else if (!line.empty()) {
    give_overwritten(line);
  }
  begun_.clear();
}

void OutputLines::give_overwritten(std::string_view line) {
  if (now_ < next_overwritten_) {
    waiting_ = line;
    is_waiting_ = true;
    return;
  }
  is_waiting_ = false;
  next_overwritten_ = now_ + kPauseOfOverwritten;
  give(line);
}

void OutputLines::give_waiting() {
  if (std::exchange(is_waiting_, false)) give(waiting_);
}

void OutputLines::give(std::string_view line) {
  if (find_invalid_utf8(line) == std::string_view::npos) {
    on_line_(line);
  } else {
    on_line_(replace_invalid_utf8(line));
  }
}

}  // namespace vnode
