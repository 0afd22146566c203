#include "model/json_reader.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "model/json_bytes.h"
#include "model/json_escape.h"
#include "model/json_number.h"
#include "model/value_builder.h"

// Why not nlohmann/json, which the rest of the world uses: its parser refuses NaN, Infinity and numbers that
// overflow, and rounds integers beyond 64 bits; workflow files hold all of them. The scanner below is one
// flat loop with a stack of open brackets, so nesting costs one byte a level.

namespace vnode {
namespace {

/// The first byte from `at` on that is not plain string content: a quote, a backslash, a control character.
const char* skip_plain(const char* at, const char* end) {
  while (end - at >= 8) {
    const std::uint64_t found = special_bytes(load_word(at));
    if (found != 0) {
      if constexpr (std::endian::native == std::endian::little) return at + std::countr_zero(found) / 8;
      break;
    }
    at += 8;
  }
  while (at < end && !is_special(*at)) ++at;
  return at;
}

class Scanner {
 public:
  Scanner(std::string_view text, JsonHandler& handler)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), handler_(handler) {}

  Result<void> run() {
    State state = State::kValue;
    while (true) {
      skip_space();
      switch (state) {
        case State::kValue:
          state = read_value();
          break;
        case State::kKey:
          state = read_key();
          break;
        case State::kAfterValue:
          state = read_separator();
          break;
        case State::kEnd:
          if (at_ == end_) return {};
          fail("the document ends before this place, but something follows it");
          [[fallthrough]];
        case State::kFailed:
          return std::move(error_);
      }
    }
  }

 private:
  /// What has to come next.
  enum class State { kValue, kKey, kAfterValue, kEnd, kFailed };

  void skip_space() {
    constexpr std::uint64_t kSpaces = kOnes * ' ';  // indentation comes in long runs
    while (true) {
      while (end_ - at_ >= 8 && load_word(at_) == kSpaces) at_ += 8;
      if (at_ == end_ || (*at_ != ' ' && *at_ != '\n' && *at_ != '\r' && *at_ != '\t')) return;
      ++at_;
    }
  }

  State read_value() {
    if (at_ == end_) return fail("expected a value");
    switch (*at_) {
      case '{':
        return open('{', '}', State::kKey);
      case '[':
        return open('[', ']', State::kValue);
      case '"': {
        std::string_view text;
        if (!scan_text(text)) return State::kFailed;
        return emit(Value(text));
      }
      case 't':
        return read_word("true", Value(true));
      case 'f':
        return read_word("false", Value(false));
      case 'n':
        return read_word("null", Value());
      default:
        return read_number();
    }
  }

  State read_number() {
    const JsonNumber number = scan_json_number(rest());
    if (number.size == 0) return fail("expected a value");
    at_ += number.size;
    return emit(number.value);
  }

  State read_word(std::string_view word, Value value) {
    if (!rest().starts_with(word)) {
      return fail("expected a value");
    }
    at_ += word.size();
    return emit(std::move(value));
  }

  State emit(Value value) {
    return handler_.on_scalar(std::move(value)) ? State::kAfterValue : stopped_by_handler();
  }

  State open(char bracket, char closing, State first) {
    if (open_.size() == kMaxJsonDepth) {
      fail("nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
      error_.code = ErrorCode::kBadDocument;
      return State::kFailed;
    }
    open_.push_back(bracket);
    ++at_;
    if (!(bracket == '{' ? handler_.on_object_start() : handler_.on_array_start()))
      return stopped_by_handler();
    skip_space();
    return at_ != end_ && *at_ == closing ? close() : first;
  }

  State close() {
    const bool is_object = open_.back() == '{';
    open_.pop_back();
    ++at_;
    if (!(is_object ? handler_.on_object_end() : handler_.on_array_end())) return stopped_by_handler();
    return State::kAfterValue;
  }

  State read_key() {
    if (at_ == end_ || *at_ != '"') return fail("expected a key in double quotes");
    std::string_view key;
    if (!scan_text(key)) return State::kFailed;
    if (!handler_.on_key(key)) return stopped_by_handler();
    skip_space();
    if (at_ == end_ || *at_ != ':') return fail("expected ':' behind the key");
    ++at_;
    return State::kValue;
  }

  State read_separator() {
    if (open_.empty()) return State::kEnd;
    const bool in_object = open_.back() == '{';
    if (at_ != end_) {
      if (*at_ == ',') {
        ++at_;
        return in_object ? State::kKey : State::kValue;
      }
      if (*at_ == (in_object ? '}' : ']')) return close();
    }
    return fail(in_object ? "expected ',' or '}'" : "expected ',' or ']'");
  }

  /// Reads the quoted text at `at_`. `text` refers to the document, or to `unescaped_` where escapes had to
  /// be resolved.
  bool scan_text(std::string_view& text) {
    const char* start = ++at_;
    at_ = skip_plain(at_, end_);
    if (at_ != end_ && *at_ == '"') {
      text = {start, static_cast<std::size_t>(at_ - start)};
      ++at_;
      return true;
    }
    unescaped_.assign(start, at_);
    while (at_ != end_ && *at_ == '\\') {
      if (!resolve_escape()) return false;
      start = at_;
      at_ = skip_plain(at_, end_);
      unescaped_.append(start, at_);
    }
    if (at_ == end_ || *at_ != '"') {
      fail(at_ == end_ ? "expected '\"' to end the text"
                       : "expected the text to go on: control characters must be escaped");
      return false;
    }
    ++at_;
    text = unescaped_;
    return true;
  }

  bool resolve_escape() {
    const std::size_t size = resolve_json_escape(rest(), unescaped_);
    if (size == 0) fail("expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    at_ += size;
    return size != 0;
  }

  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  State stopped_by_handler() {
    error_ = handler_.take_error();
    return State::kFailed;
  }

  State fail(std::string_view what) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (const char* c = begin_; c != at_; ++c) {
      if (*c == '\n') {
        ++line;
        column = 1;
      } else if ((static_cast<unsigned char>(*c) & 0xC0) != 0x80) {  // continuation bytes are no column
        ++column;
      }
    }
    error_ = {ErrorCode::kBadJson, "line " + std::to_string(line) + ", column " + std::to_string(column) +
                                       ": " + std::string(what) + describe_here()};
    return State::kFailed;
  }

  std::string describe_here() const {
    if (at_ == end_) return ", but the text ends here";
    const auto c = static_cast<unsigned char>(*at_);
    if (c < 0x20 || c == 0x7F) return ", found a control character";
    if (c >= 0x80) return ", found a character outside ASCII";
    return std::string(", found '") + *at_ + "'";
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  JsonHandler& handler_;
  std::vector<char> open_;  ///< '{' or '[' for every container around `at_`
  std::string unescaped_;
  Error error_;
};

}  // namespace

Result<void> read_json(std::string_view text, JsonHandler& handler) { return Scanner(text, handler).run(); }

Result<Value> parse_json(std::string_view text) {
  ValueBuilder builder;
  Result<void> read = read_json(text, builder);
  if (!read) return read.error();
  return builder.take();
}

}  // namespace vnode
