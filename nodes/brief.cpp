#include "nodes/brief.h"

#include "model/foreign_object.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::string_view kCut = "...";

/// The longest prefix of at most `limit` bytes that does not end inside a character.
std::string_view cut_text(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

void append_brief(std::string& out, const Value& value);

/// True when there is room for one more item behind the others.
bool begin_item(std::string& out, bool& first) {
  if (out.size() >= kBriefLength) {
    out += first ? "..." : ", ...";
    return false;
  }
  if (!first) out += ", ";
  first = false;
  return true;
}

// Every level writes a bracket first, so kBriefLength bounds the recursion too.
void append_brief(std::string& out, const Value& value) {
  bool first = true;
  if (value.is_list()) {
    out += '[';
    for (const Value& item : value.as_list()) {
      if (!begin_item(out, first)) break;
      append_brief(out, item);
    }
    out += ']';
  } else if (value.is_dict()) {
    out += '{';
    const Dict dict = value.as_dict();
    for (const Dict::Entry& entry : dict) {
      if (!begin_item(out, first)) break;
      append_brief(out, entry.key);
      out += ": ";
      append_brief(out, entry.value);
    }
    out += '}';
  } else if (value.is_text()) {
    const std::string_view shown = cut_text(value.as_text(), kBriefLength);
    out += to_repr(Value(shown));
    if (shown.size() < value.as_text().size()) out += kCut;
  } else if (value.is_object()) {
    out += brief_text(value.as_object().repr());
  } else {
    out += to_repr(value);
  }
}

}  // namespace

std::string brief_text(std::string_view text) {
  const std::string_view shown = cut_text(text, kBriefLength);
  std::string out(shown);
  if (shown.size() < text.size()) out += kCut;
  return out;
}

std::string brief(const Value& value) {
  if (value.is_text()) return brief_text(value.as_text());
  if (value.is_object()) return brief_text(value.as_object().text());
  std::string out;
  append_brief(out, value);
  return brief_text(out);
}

}  // namespace vnode
