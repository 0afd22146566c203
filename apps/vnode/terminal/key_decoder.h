#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// A key as a person thinks of it.
struct Key {
  enum class Kind {
    kText,  ///< a character
    kEnter,
    kEscape,
    kBackspace,
    kUp,
    kDown,
    kLeft,
    kRight,
    kPageUp,
    kPageDown,
    kHome,
    kEnd,
    kControl,  ///< with a letter, which is in `text`
  };
  Kind kind = Kind::kText;
  std::string text = {};  ///< UTF-8

  bool is(std::string_view character) const { return kind == Kind::kText && text == character; }
  friend bool operator==(const Key&, const Key&) = default;
};

/// Makes keys of the bytes that a terminal sends, in whatever pieces they come. Sequences that are no key of
/// these are left out.
class KeyDecoder {
 public:
  std::vector<Key> feed(std::string_view bytes);

  /// An Escape has come that may be the beginning of another key.
  bool is_waiting() const { return !pending_.empty(); }
  /// Nothing has followed: it was the key.
  std::vector<Key> give_up_waiting();

 private:
  std::size_t take(std::vector<Key>& keys);
  std::size_t take_sequence(std::vector<Key>& keys);
  std::size_t take_character(std::vector<Key>& keys);

  std::string pending_;
};

}  // namespace vnode
