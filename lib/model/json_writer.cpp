#include "model/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "model/foreign_object.h"
#include "model/json_bytes.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

/// Where the written text goes: into a string.
class StringSink {
 public:
  explicit StringSink(std::string& out) : out_(out) {}
  void put(std::string_view text) { out_.append(text); }
  void put(char c) { out_.push_back(c); }
  void put_quoted(std::string_view text) {
    const std::size_t start = out_.size();
    out_.resize(start + text.size() + 2, '"');
    if (!text.empty()) std::memcpy(out_.data() + start + 1, text.data(), text.size());
  }
  void fill(std::size_t count, char c) { out_.append(count, c); }
  bool is_full() const { return false; }

 private:
  std::string& out_;
};

/// Where the written text goes: nowhere, it is counted.
class CountingSink {
 public:
  explicit CountingSink(std::size_t limit) : limit_(limit) {}
  void put(std::string_view text) { size_ += text.size(); }
  void put(char) { ++size_; }
  void put_quoted(std::string_view text) { size_ += text.size() + 2; }
  void fill(std::size_t count, char) { size_ += count; }
  bool is_full() const { return size_ > limit_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t limit_;
  std::size_t size_ = 0;
};

/// True for ASCII without anything to escape: most keys and most texts. The last eight bytes are looked at
/// once more rather than one by one.
bool is_plain_ascii(std::string_view text) {
  if (text.size() < 8) {
    for (char c : text) {
      if (static_cast<unsigned char>(c) >= 0x80 || is_special(c)) return false;
    }
    return true;
  }
  const char* last = text.data() + text.size() - 8;
  for (const char* at = text.data(); at < last; at += 8) {
    const std::uint64_t word = load_word(at);
    if ((special_bytes(word) | (word & kHighBits)) != 0) return false;
  }
  return (special_bytes(load_word(last)) | (load_word(last) & kHighBits)) == 0;
}

/// How many bytes from `at` on can be written as they are.
std::size_t plain_run(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (text.size() - end >= 8 && special_bytes(load_word(text.data() + end)) == 0) end += 8;
  while (end < text.size() && !is_special(text[end])) ++end;
  return end - at;
}

template <class Sink>
void put_escape(Sink& sink, unsigned char c) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      return sink.put(std::string_view("\\\""));
    case '\\':
      return sink.put(std::string_view("\\\\"));
    case '\n':
      return sink.put(std::string_view("\\n"));
    case '\r':
      return sink.put(std::string_view("\\r"));
    case '\t':
      return sink.put(std::string_view("\\t"));
    case '\b':
      return sink.put(std::string_view("\\b"));
    case '\f':
      return sink.put(std::string_view("\\f"));
    default:
      sink.put(std::string_view("\\u00"));
      sink.put(kHex[c >> 4]);
      sink.put(kHex[c & 15]);
  }
}

template <class Sink>
void put_text(Sink& sink, std::string_view text) {
  if (is_plain_ascii(text)) return sink.put_quoted(text);
  std::string repaired;
  if (find_invalid_utf8(text) != std::string_view::npos) {
    repaired = replace_invalid_utf8(text);
    text = repaired;
  }
  sink.put('"');
  for (std::size_t at = 0; at < text.size() && !sink.is_full();) {
    const std::size_t run = plain_run(text, at);
    sink.put(text.substr(at, run));
    at += run;
    if (at < text.size()) put_escape(sink, static_cast<unsigned char>(text[at++]));
  }
  sink.put('"');
}

std::string_view non_finite_name(double value) {
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

template <class Sink>
void put_float(Sink& sink, double value, NonFinite non_finite) {
  if (std::isfinite(value)) {
    char digits[32];
    sink.put(std::string_view(digits, write_float(value, digits)));
    return;
  }
  const std::string_view name = non_finite_name(value);
  if (non_finite == NonFinite::kQuoted) sink.put('"');
  sink.put(name);
  if (non_finite == NonFinite::kQuoted) sink.put('"');
}

template <class Sink>
void put_scalar(Sink& sink, const Value& value, NonFinite non_finite) {
  switch (value.kind()) {
    case Kind::kBool:
      return sink.put(std::string_view(value.as_bool() ? "true" : "false"));
    case Kind::kInt: {
      char digits[24];
      const char* end = std::to_chars(digits, digits + sizeof digits, value.as_int()).ptr;
      return sink.put(std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }
    case Kind::kBigInt:
      return sink.put(value.as_digits());
    case Kind::kFloat:
      return put_float(sink, value.as_float(), non_finite);
    case Kind::kText:
      return put_text(sink, value.as_text());
    default:
      return sink.put(std::string_view("null"));
  }
}

/// A key that is no text, as Python's json.dumps writes it.
std::string key_text(const Value& key) {
  if (key.is_none()) return "null";
  if (key.is_bool()) return key.as_bool() ? "true" : "false";
  if (key.is_float() && !std::isfinite(key.as_float())) return std::string(non_finite_name(key.as_float()));
  return to_text(key);
}

/// Writes one value; the containers it is inside of are on a stack of its own.
template <class Sink>
class Writer {
 public:
  /// `indent` < 0: everything on one line.
  Writer(Sink& sink, NonFinite non_finite, int indent)
      : sink_(sink), non_finite_(non_finite), indent_(indent) {}

  void write(const Value& value) {
    begin(value);
    while (!open_.empty() && !sink_.is_full()) {
      Container& top = open_.back();
      if (top.next == top.size) {
        end(top);
        open_.pop_back();
        continue;
      }
      if (top.next > 0) sink_.put(',');
      break_line(open_.size());
      const std::size_t at = top.next++;
      if (top.entries) write_key(top.entries[at].key);
      begin(top.entries ? top.entries[at].value : top.items[at]);  // may invalidate `top`
    }
  }

 private:
  /// A container that is being written, and how far. One of the two pointers is set unless it is empty; what
  /// they point to lives as long as the value that is written.
  struct Container {
    const Value* items;
    const Dict::Entry* entries;
    std::size_t size;
    std::size_t next;
    char closing;
  };

  void begin(const Value& value) {
    if (value.is_list()) {
      const std::span<const Value> items = value.as_list();
      sink_.put('[');
      open_.push_back({items.data(), nullptr, items.size(), 0, ']'});
    } else if (value.is_dict()) {
      const std::span<const Dict::Entry> entries = value.as_entries();
      sink_.put('{');
      open_.push_back({nullptr, entries.data(), entries.size(), 0, '}'});
    } else if (value.is_object()) {
      write_object(value.as_object());
    } else {
      put_scalar(sink_, value, non_finite_);
    }
  }

  void write_object(const ForeignObject& object) {
    sink_.put('{');
    break_line(open_.size() + 1);
    write_key(std::string_view("$object"));
    put_text(sink_, object.type());
    sink_.put(',');
    break_line(open_.size() + 1);
    write_key(std::string_view("repr"));
    put_text(sink_, object.repr());
    break_line(open_.size());
    sink_.put('}');
  }

  void end(const Container& container) {
    if (container.size > 0) break_line(open_.size() - 1);
    sink_.put(container.closing);
  }

  void write_key(const Value& key) {
    if (key.is_text()) return write_key(key.as_text());
    write_key(std::string_view(key_text(key)));
  }

  void write_key(std::string_view key) {
    put_text(sink_, key);
    sink_.put(':');
    if (indent_ >= 0) sink_.put(' ');
  }

  void break_line(std::size_t depth) {
    if (indent_ < 0) return;
    sink_.put('\n');
    sink_.fill(depth * static_cast<std::size_t>(indent_), ' ');
  }

  Sink& sink_;
  NonFinite non_finite_;
  int indent_;
  std::vector<Container> open_;
};

}  // namespace

void append_json(std::string& out, const Value& value, NonFinite non_finite) {
  StringSink sink(out);
  Writer<StringSink>(sink, non_finite, -1).write(value);
}

void append_json_text(std::string& out, std::string_view text) {
  StringSink sink(out);
  put_text(sink, text);
}

void append_json_key(std::string& out, const Value& key) {
  append_json_text(out, key.is_text() ? key.as_text() : std::string_view(key_text(key)));
}

void append_json_pretty(std::string& out, const Value& value, int indent, NonFinite non_finite) {
  StringSink sink(out);
  Writer<StringSink>(sink, non_finite, indent).write(value);
}

std::size_t json_size(const Value& value, std::size_t limit) {
  CountingSink sink(limit);
  Writer<CountingSink>(sink, NonFinite::kQuoted, -1).write(value);
  return sink.size();
}

}  // namespace vnode
