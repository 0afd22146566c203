#include "yaml/core_schema.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "model/number_text.h"

namespace vnode {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_only(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

/// Octal or hexadecimal, which have no sign.
std::optional<Value> based_integer(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  if (!is_hex && !text.starts_with("0o")) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + 2, end, number, is_hex ? 16 : 8);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end && text[2] != '-';
  return is_number ? std::optional(Value(number)) : std::nullopt;
}

std::optional<Value> number_of(std::string_view text) {
  if (text.size() > 2) {
    if (std::optional<Value> number = based_integer(text)) return number;
  }
  const bool is_signed = text.front() == '-' || text.front() == '+';
  const std::string_view digits = text.substr(is_signed ? 1 : 0);
  if (has_only(digits, "0123456789")) {
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return integer_from_digits((text.front() == '-' ? "-" : "") + std::string(digits.substr(first)));
  }
  if (!has_only(digits, "0123456789.eE+-") || digits.front() == '-' || digits.front() == '+')
    return std::nullopt;
  const std::optional<double> number = parse_float(text);
  return number ? std::optional(Value(*number)) : std::nullopt;
}

bool may_be_number(char first) {
  return (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
}

Value tagged_value(YamlNode::Tag tag, std::string_view text, bool& fits) {
  const Value plain = core_scalar(text);
  switch (tag) {
    case YamlNode::Tag::kText:
      return Value(text);
    case YamlNode::Tag::kInt:
      fits = plain.is_int() || plain.is_big_int();
      return plain;
    case YamlNode::Tag::kFloat:
      fits = plain.is_float() || plain.is_int();
      return plain.is_int() ? Value(static_cast<double>(plain.as_int())) : plain;
    case YamlNode::Tag::kBool:
      fits = plain.is_bool();
      return plain;
    default:
      fits = plain.is_none();
      return plain;
  }
}

Value scalar_value(const YamlTree& tree, YamlIndex index, const FaultSink& report, bool is_text) {
  const YamlNode& node = tree[index];
  const std::string_view text = tree.text(index);
  if (node.tag != YamlNode::Tag::kNone) {
    bool fits = true;
    Value value = tagged_value(node.tag, text, fits);
    if (!fits)
      report({node.at, "bad_tag", "'" + std::string(text.substr(0, 60)) + "' is not what its tag says", ""});
    return value;
  }
  return is_text || node.kind == YamlNode::Kind::kQuoted ? Value(text) : core_scalar(text);
}

}  // namespace

Value core_scalar(std::string_view plain) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr std::size_t kLongestWord = 5;
  if (plain.size() <= kLongestWord) {
    if (is_one_of(plain, {"", "~", "null", "Null", "NULL"})) return {};
    if (is_one_of(plain, {"true", "True", "TRUE"})) return Value(true);
    if (is_one_of(plain, {"false", "False", "FALSE"})) return Value(false);
    if (is_one_of(plain, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return Value(kInfinity);
    if (is_one_of(plain, {"-.inf", "-.Inf", "-.INF"})) return Value(-kInfinity);
    if (is_one_of(plain, {".nan", ".NaN", ".NAN"})) return Value(std::numeric_limits<double>::quiet_NaN());
  }
  if (may_be_number(plain.front())) {
    if (std::optional<Value> number = number_of(plain)) return std::move(*number);
  }
  return Value(plain);
}

Value core_value(const YamlTree& tree, YamlIndex index, const FaultSink& report) {
  const YamlNode& node = tree[index];
  if (node.is_scalar()) return scalar_value(tree, index, report, false);
  const std::span<const YamlIndex> items = tree.items(index);
  if (node.is_list()) {
    std::vector<Value> values;
    values.reserve(items.size());
    for (const YamlIndex item : items) values.push_back(core_value(tree, item, report));
    return Value::list(std::move(values));
  }
  Dict dict;
  dict.reserve(items.size() / 2);
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    dict.set(Value(tree.text(items[i])), core_value(tree, items[i + 1], report));
  return Value(std::move(dict));
}

Value text_value(const YamlTree& tree, YamlIndex index, const FaultSink& report) {
  return tree[index].is_scalar() ? scalar_value(tree, index, report, true) : core_value(tree, index, report);
}

}  // namespace vnode
