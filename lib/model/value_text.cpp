#include <charconv>
#include <vector>

#include "base/text.h"
#include "base/unicode.h"
#include "model/foreign_object.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

bool is_plain(char c, char quote) { return c >= 0x20 && c < 0x7F && c != '\\' && c != quote; }

void append_hex(std::string& out, char32_t code_point) {
  constexpr char kDigits[] = "0123456789abcdef";
  const int digits = code_point <= 0xFF ? 2 : code_point <= 0xFFFF ? 4 : 8;
  out += '\\';
  out += digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
  for (int i = digits - 1; i >= 0; --i) out += kDigits[code_point >> (4 * i) & 15];
}

void append_escaped(std::string& out, char32_t code_point) {
  switch (code_point) {
    case '\\':
      out += "\\\\";
      break;
    case '\'':
      out += "\\'";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (is_printable(code_point)) {
        append_utf8(out, code_point);
      } else {
        append_hex(out, code_point);
      }
  }
}

void append_text_repr(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  out += quote;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    while (at < text.size() && is_plain(text[at], quote)) ++at;
    out.append(text, start, at - start);
    if (at == text.size()) break;
    const char32_t code_point = next_code_point(text, at);
    append_escaped(out, code_point);
  }
  out += quote;
}

void append_scalar_repr(std::string& out, const Value& value) {
  char number[32];
  switch (value.kind()) {
    case Kind::kUnset:
      out += "<unset>";
      break;
    case Kind::kNone:
      out += "None";
      break;
    case Kind::kBool:
      out += value.as_bool() ? "True" : "False";
      break;
    case Kind::kInt:
      out.append(number, std::to_chars(number, number + sizeof number, value.as_int()).ptr);
      break;
    case Kind::kFloat:
      out.append(number, write_float(value.as_float(), number));
      break;
    case Kind::kBigInt:
      out += value.as_digits();
      break;
    case Kind::kText:
      append_text_repr(out, value.as_text());
      break;
    case Kind::kObject:
      out += value.as_object().repr();
      break;
    case Kind::kList:
    case Kind::kDict:
      break;
  }
}

/// A container that is being written, and how many of its members are.
struct Opened {
  const Value* container;
  std::size_t done = 0;
};

/// Writes containers from a stack of its own, so that depth costs heap, not stack.
class ReprWriter {
 public:
  explicit ReprWriter(std::string& out) : out_(out) {}

  void write(const Value& value) {
    begin(value);
    while (!opened_.empty()) {
      if (opened_.back().container->is_list()) {
        next_item();
      } else {
        next_entry();
      }
    }
  }

 private:
  void begin(const Value& value) {
    if (!value.is_list() && !value.is_dict()) {
      append_scalar_repr(out_, value);
      return;
    }
    out_ += value.is_list() ? '[' : '{';
    opened_.push_back({&value});
  }

  /// Writes what stands before member `number`; false, with the bracket closed, when that was the last.
  bool go_to(std::size_t number, std::size_t size, char closing) {
    if (number == size) {
      out_ += closing;
      opened_.pop_back();
      return false;
    }
    if (number > 0) out_ += ", ";
    opened_.back().done = number + 1;
    return true;
  }

  void next_item() {
    const auto [container, done] = opened_.back();
    const auto items = container->as_list();
    if (go_to(done, items.size(), ']')) begin(items[done]);
  }

  void next_entry() {
    const auto [container, done] = opened_.back();
    const auto entries = container->as_entries();
    if (!go_to(done, entries.size(), '}')) return;
    append_scalar_repr(out_, entries[done].key);
    out_ += ": ";
    begin(entries[done].value);
  }

  std::string& out_;
  std::vector<Opened> opened_;
};

}  // namespace

std::string to_repr(const Value& value) {
  std::string out;
  ReprWriter(out).write(value);
  return out;
}

std::string to_text(const Value& value) {
  if (value.is_text()) return std::string(value.as_text());
  if (value.is_object()) return value.as_object().text();
  return to_repr(value);
}

}  // namespace vnode
