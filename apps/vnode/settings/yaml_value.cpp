#include "apps/vnode/settings/yaml_value.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

namespace vnode {
namespace {

/// Far more than parameters need, far less than the native stack bears.
constexpr int kMaxDepth = 200;
constexpr std::string_view kTextTag = "tag:yaml.org,2002:str";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// A whole number of any size, or unset.
Value integer_value(const std::string& text) {
  const bool has_sign = text[0] == '-' || text[0] == '+';
  const std::string digits = text.substr(has_sign ? 1 : 0);
  if (digits.starts_with("0x") || digits.starts_with("0o")) {
    std::int64_t number = 0;
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data() + 2, end, number, digits[1] == 'x' ? 16 : 8);
    return !has_sign && parsed.ec == std::errc() && parsed.ptr == end ? Value(number) : Value::unset();
  }
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) return Value::unset();
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  const std::string plain = (text[0] == '-' ? "-" : "") + digits.substr(first);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(plain.data(), plain.data() + plain.size(), number);
  return parsed.ec == std::errc() ? Value(number) : Value::big_int(plain);
}

/// A number with point or exponent, or unset.
Value float_value(const std::string& text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (is_one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return Value(kInfinity);
  if (is_one_of(text, {"-.inf", "-.Inf", "-.INF"})) return Value(-kInfinity);
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return Value(std::numeric_limits<double>::quiet_NaN());
  if (text.find_first_of("0123456789") == std::string::npos ||
      text.find_first_not_of("+-.0123456789eE") != std::string::npos) {
    return Value::unset();
  }
  const char* start = text.data() + (text[0] == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  double number = 0;
  const auto parsed = std::from_chars(start, end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? Value(number) : Value::unset();
}

Value plain_scalar(const std::string& text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return Value();
  if (is_one_of(text, {"true", "True", "TRUE"})) return Value(true);
  if (is_one_of(text, {"false", "False", "FALSE"})) return Value(false);
  Value number = integer_value(text);
  if (number.is_unset()) number = float_value(text);
  return number.is_unset() ? Value(text) : number;
}

/// Nodes that aliases share are converted once for each place: `budget` bounds that.
class Converter {
 public:
  Value convert(const YAML::Node& node, int depth) {
    if (depth > kMaxDepth) throw YAML::Exception(node.Mark(), "nested too deep");
    if (--budget_ < 0) throw YAML::Exception(node.Mark(), "too large");
    switch (node.Type()) {
      // A plain scalar has the tag "?", a quoted one "!".
      case YAML::NodeType::Scalar:
        return node.Tag() == "!" || node.Tag() == kTextTag ? Value(node.Scalar())
                                                           : plain_scalar(node.Scalar());
      case YAML::NodeType::Sequence: {
        std::vector<Value> items;
        for (const YAML::Node& item : node) items.push_back(convert(item, depth + 1));
        return Value::list(std::move(items));
      }
      case YAML::NodeType::Map: {
        Dict dict;
        for (const auto& entry : node) {
          if (!entry.first.IsScalar()) throw YAML::Exception(entry.first.Mark(), "a key is not a scalar");
          dict.set(Value(entry.first.Scalar()), convert(entry.second, depth + 1));
        }
        return Value(std::move(dict));
      }
      default:
        return Value();
    }
  }

 private:
  int budget_ = 10'000'000;
};

}  // namespace

Result<Value> parse_yaml(std::string_view text) {
  try {
    return Converter().convert(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& error) {
    std::string message = "not YAML: " + error.msg;
    if (!error.mark.is_null()) {
      message = "line " + std::to_string(error.mark.line + 1) + ", column " +
                std::to_string(error.mark.column + 1) + ": " + message;
    }
    return Error{ErrorCode::kBadDocument, std::move(message)};
  }
}

}  // namespace vnode
