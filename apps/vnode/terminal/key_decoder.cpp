#include "apps/vnode/terminal/key_decoder.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace vnode {
namespace {

constexpr char kEscapeByte = '\x1b';
/// What is longer is no key.
constexpr std::size_t kLongestSequence = 32;

bool is_final(char c) { return c >= '@' && c <= '~'; }

std::optional<Key::Kind> kind_of_letter(char letter) {
  switch (letter) {
    case 'A':
      return Key::Kind::kUp;
    case 'B':
      return Key::Kind::kDown;
    case 'C':
      return Key::Kind::kRight;
    case 'D':
      return Key::Kind::kLeft;
    case 'H':
      return Key::Kind::kHome;
    case 'F':
      return Key::Kind::kEnd;
    case 'M':
      return Key::Kind::kEnter;  // that of the keypad
    default:
      return std::nullopt;
  }
}

/// Of `ESC [ number ~`, without what is held down with it.
std::optional<Key::Kind> kind_of_number(std::string_view parameters) {
  const std::string_view number = parameters.substr(0, parameters.find(';'));
  if (number == "1" || number == "7") return Key::Kind::kHome;
  if (number == "4" || number == "8") return Key::Kind::kEnd;
  if (number == "5") return Key::Kind::kPageUp;
  if (number == "6") return Key::Kind::kPageDown;
  return std::nullopt;
}

std::size_t length_of_character(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xF0) return 4;
  return first >= 0xE0 ? 3 : 2;
}

}  // namespace

std::vector<Key> KeyDecoder::feed(std::string_view bytes) {
  std::vector<Key> keys;
  pending_ += bytes;
  while (!pending_.empty()) {
    const std::size_t taken = take(keys);
    if (taken == 0) break;
    pending_.erase(0, taken);
  }
  return keys;
}

std::vector<Key> KeyDecoder::give_up_waiting() {
  std::vector<Key> keys;
  if (pending_.empty()) return keys;
  const bool is_escape = pending_[0] == kEscapeByte;
  if (is_escape) keys.push_back({Key::Kind::kEscape});
  // What it was thought to begin with.
  const std::string rest = pending_.substr(1);
  pending_.clear();
  if (!is_escape || rest.empty()) return keys;
  for (Key& key : feed(rest)) keys.push_back(std::move(key));
  return keys;
}

/// How many bytes the first key of `pending_` has; 0: more are needed.
std::size_t KeyDecoder::take(std::vector<Key>& keys) {
  const char first = pending_[0];
  if (first == kEscapeByte) return take_sequence(keys);
  if (first == '\r' || first == '\n') {
    keys.push_back({Key::Kind::kEnter});
  } else if (first == '\x7f' || first == '\b') {
    keys.push_back({Key::Kind::kBackspace});
  } else if (static_cast<unsigned char>(first) < ' ') {
    keys.push_back({Key::Kind::kControl, std::string(1, static_cast<char>(first + 'a' - 1))});
  } else {
    return take_character(keys);
  }
  return 1;
}

std::size_t KeyDecoder::take_sequence(std::vector<Key>& keys) {
  if (pending_.size() == 1) return 0;
  const char second = pending_[1];
  if (second != '[' && second != 'O') {
    keys.push_back({Key::Kind::kEscape});
    return 1;
  }
  std::size_t end = 2;
  while (end < pending_.size() && !is_final(pending_[end])) ++end;
  if (end == pending_.size()) return end < kLongestSequence ? 0 : end;
  const std::string_view parameters = std::string_view(pending_).substr(2, end - 2);
  const std::optional<Key::Kind> kind =
      pending_[end] == '~' ? kind_of_number(parameters) : kind_of_letter(pending_[end]);
  if (kind) keys.push_back({*kind});
  return end + 1;
}

std::size_t KeyDecoder::take_character(std::vector<Key>& keys) {
  const std::size_t length = length_of_character(static_cast<unsigned char>(pending_[0]));
  for (std::size_t i = 1; i < std::min(length, pending_.size()); ++i) {
    if ((static_cast<unsigned char>(pending_[i]) & 0xC0U) != 0x80U) return 1;
  }
  if (pending_.size() < length) return 0;
  std::string character = pending_.substr(0, length);
  if (find_invalid_utf8(character) != std::string::npos) return 1;
  keys.push_back({Key::Kind::kText, std::move(character)});
  return length;
}

}  // namespace vnode
