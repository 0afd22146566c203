#include "yaml/yaml_fault.h"

#include <yaml-cpp/exceptions.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "yaml/yaml_tree.h"

namespace vnode {
namespace {

/// The first tab in the white space that the line of `at` begins with.
std::optional<std::size_t> find_tab_before(std::string_view text, std::size_t at) {
  at = std::min(at, text.size());
  const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t content = std::min(text.find_first_not_of(" \t", start), text.size());
  const std::size_t tab = text.substr(start, content - start).find('\t');
  return tab == std::string_view::npos ? std::nullopt : std::optional(start + tab);
}

/// The code unit that an escape of the form \uXXXX stands for.
std::optional<unsigned> unit_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text.substr(at, 2) != "\\u") return std::nullopt;
  unsigned unit = 0;
  const char* end = text.data() + at + 6;
  const auto parsed = std::from_chars(text.data() + at + 2, end, unit, 16);
  return parsed.ptr == end ? std::optional(unit) : std::nullopt;
}

/// JSON writes one character as two escapes; YAML has one for it.
YamlFault surrogate_fault(std::string_view text, std::size_t at) {
  // yaml-cpp stands behind the escape that it does not take.
  constexpr std::size_t kEscape = 6;
  const std::size_t end = std::min(at, text.size());
  const std::size_t from = end - std::min(end, kEscape);
  const std::optional<unsigned> high = unit_at(text, from);
  const std::optional<unsigned> low = unit_at(text, from + 6);
  YamlFault fault{from, "bad_escape",
                  "this escape is half a character (a surrogate), which YAML does not have", ""};
  if (high && low && *high >= 0xD800 && *high < 0xDC00 && *low >= 0xDC00 && *low < 0xE000) {
    unsigned code_point = 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
    std::string digits(8, '0');
    for (std::size_t i = digits.size(); i-- > 0; code_point >>= 4)
      digits[i] = "0123456789ABCDEF"[code_point & 15];
    fault.hint = "write the character itself, or \\U" + digits + " for both";
  } else {
    fault.hint = "write the whole character itself";
  }
  return fault;
}

bool has_text_of(const std::string& message, std::string_view part) {
  return message.find(part) != std::string::npos;
}

}  // namespace

Problem YamlFault::problem(const YamlSource& source, Severity severity) const {
  return {.severity = severity,
          .code = code,
          .pointer = "",
          .message = message,
          .hint = hint,
          .source = source.place_of(at)};
}

YamlFault tab_fault(std::size_t at) {
  return {at, "tab", "a tab in the indentation, where YAML takes spaces only", "write spaces instead"};
}

YamlFault depth_fault(std::size_t at) {
  return {at, "too_deep", "nested deeper than " + std::to_string(YamlTree::kMostDepth) + " levels",
          "a JSON file may be deeper"};
}

YamlFault explain(const YamlSource& source, std::size_t at, const std::string& message) {
  namespace said = YAML::ErrorMsg;
  const std::string_view text = source.text();
  if (has_text_of(message, said::INVALID_UNICODE)) return surrogate_fault(text, at);
  if (const auto tab = find_tab_before(text, at)) return tab_fault(*tab);
  YamlFault fault{at, "bad_yaml", "not YAML: " + message, ""};
  if (has_text_of(message, said::TAB_IN_INDENTATION)) return tab_fault(at);
  if (has_text_of(message, said::UNKNOWN_ANCHOR)) {
    fault.code = "bad_alias";
    fault.message = "an alias of something that is not there";
    fault.hint = "quote a text that begins with '*'";
  } else if (has_text_of(message, said::MAP_VALUE)) {
    fault.hint = "quote a text that has ': ' in it; check the indentation";
  } else if (has_text_of(message, said::UNKNOWN_TOKEN)) {
    fault.hint = "quote a text that begins with such a character";
  } else if (has_text_of(message, said::END_OF_MAP) || has_text_of(message, said::END_OF_SEQ)) {
    fault.hint = "check the indentation, and whether all quotes and brackets are closed";
  } else if (has_text_of(message, said::INVALID_ESCAPE)) {
    fault.hint = "in double quotes a backslash is written \\\\; in single quotes it is nothing special";
  } else if (has_text_of(message, said::EOF_IN_SCALAR)) {
    fault.hint = "a quote that is opened has to be closed";
  }
  return fault;
}

}  // namespace vnode
