#include "model/parameter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/spelling.h"
#include "model/json_reader.h"
#include "model/lenient.h"
#include "model/member_reader.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::string_view kBadParameter = "bad_parameter";

struct TypeWord {
  ParameterType type;
  std::string_view name;
  std::string_view expected;  ///< how messages call its values
};
constexpr std::array<TypeWord, 7> kTypes = {{{ParameterType::kText, "text", "a text"},
                                             {ParameterType::kInt, "int", "a whole number"},
                                             {ParameterType::kFloat, "float", "a number"},
                                             {ParameterType::kBool, "bool", "true or false"},
                                             {ParameterType::kList, "list", "a list"},
                                             {ParameterType::kPath, "path", "a path, which is a text"},
                                             {ParameterType::kChoice, "choice", "one of its options"}}};

const TypeWord& word_of(ParameterType type) { return kTypes[static_cast<std::size_t>(type)]; }

constexpr std::array<std::string_view, 7> kMembers = {"type",    "default", "description", "minimum",
                                                      "maximum", "options", "required"};

bool is_number(const Value& value) { return value.is_int() || value.is_float() || value.is_big_int(); }

/// Python's order of numbers is that of their values; those of parameters fit a double well enough to tell
/// which is larger, and equal ones are told apart before.
bool is_less(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return a.as_int() < b.as_int();
  const Result<double> x = to_float(a), y = to_float(b);
  return x && y && *x < *y;
}

Error refuse(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

std::string shown(const Value& value) { return to_repr(value); }

std::string options_text(const Parameter& parameter) {
  std::string text;
  for (const Value& option : parameter.options)
    text += (text.empty() ? "" : ", ") + ("'" + to_text(option) + "'");
  return text;
}

Error no_option(const Parameter& parameter, const std::string& given) {
  std::vector<std::string> words;
  for (const Value& option : parameter.options) words.push_back(to_text(option));
  const std::string meant = spelling_hint(given, words);
  return refuse("must be one of " + options_text(parameter) + ", not '" + given + "'" +
                (meant.empty() ? "" : "; " + meant));
}

Result<Value> check_range(const Parameter& parameter, Value value) {
  if (!parameter.minimum.is_unset() && is_less(value, parameter.minimum))
    return refuse("must be at least " + shown(parameter.minimum) + ", not " + shown(value));
  if (!parameter.maximum.is_unset() && is_less(parameter.maximum, value))
    return refuse("must be at most " + shown(parameter.maximum) + ", not " + shown(value));
  if (value.is_float() && value.as_float() != value.as_float() &&
      !(parameter.minimum.is_unset() && parameter.maximum.is_unset()))
    return refuse("must be a number within its range, not NaN");
  return value;
}

/// Reads what depends on the type, which is known by then.
class DeclarationReader {
 public:
  DeclarationReader(Parameter& parameter, const MemberReader& members)
      : parameter_(parameter), members_(members) {}

  void read() {
    read_type();
    if (const auto text = members_.text("description")) parameter_.description = *text;
    if (members_.find("required")) parameter_.is_required = members_.boolean("required", false);
    read_options();
    read_bound("minimum", parameter_.minimum);
    read_bound("maximum", parameter_.maximum);
    if (!parameter_.minimum.is_unset() && !parameter_.maximum.is_unset() &&
        is_less(parameter_.maximum, parameter_.minimum))
      members_.complain("maximum", "is less than 'minimum'");
    if (const Value* value = members_.find("default")) {
      Result<Value> checked = check_parameter(parameter_, *value);
      if (checked) {
        parameter_.default_value = std::move(*checked);
      } else {
        members_.complain("default", checked.error().message);
      }
    }
  }

 private:
  void read_type() {
    const auto name = members_.text("type");
    if (!name) return;
    for (const TypeWord& word : kTypes) {
      if (word.name == *name) {
        parameter_.type = word.type;
        return;
      }
    }
    std::vector<std::string> names;
    for (const TypeWord& word : kTypes) names.emplace_back(word.name);
    members_.complain(
        "type", "cannot be '" + std::string(*name) + "'; " + spelling_advice(*name, names, "the types are"));
  }

  void read_options() {
    const bool is_choice = parameter_.type == ParameterType::kChoice;
    if (!is_choice && members_.find("options")) members_.complain("options", "are for the type 'choice'");
    if (!is_choice) return;
    members_.each("options", "a list", [this](const Value& item, const std::string& pointer) {
      if (item.is_list() || item.is_dict() || item.is_none()) {
        members_.complain_at(pointer, "an option must be a text or a number");
      } else {
        parameter_.options.push_back(item);
      }
    });
    if (parameter_.options.empty()) members_.complain("", "a choice needs 'options', a list of at least one");
  }

  void read_bound(std::string_view name, Value& bound) {
    const Value* value = members_.find(name);
    if (!value) return;
    if (parameter_.type != ParameterType::kInt && parameter_.type != ParameterType::kFloat) {
      members_.complain(name, "is for the types 'int' and 'float'");
    } else if (!is_number(*value)) {
      members_.complain_type(name, "a number", *value);
    } else {
      bound = *value;
    }
  }

  Parameter& parameter_;
  const MemberReader& members_;
};

Result<Value> parse_bool(const std::string& text) {
  const std::optional<bool> value = lenient_bool(Value(text));
  if (!value) return refuse("must be true or false, not '" + text + "'");
  return Value(*value);
}

}  // namespace

std::string_view parameter_type_name(ParameterType type) { return word_of(type).name; }

bool is_parameter_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !is_letter(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Parameter read_parameter(std::string name, const Value& declaration, const std::string& pointer,
                         Problems& problems) {
  Parameter parameter{.name = std::move(name), .pointer = pointer};
  const std::size_t known = problems.size();
  const MemberReader members(declaration, pointer, problems, kBadParameter);
  if (declaration.is_dict()) {
    DeclarationReader(parameter, members).read();
    members.check_known(kMembers);
  }
  for (std::size_t i = known; i < problems.size(); ++i)
    problems[i].message.insert(0, "the parameter '" + parameter.name + "': ");
  return parameter;
}

Result<Value> check_parameter(const Parameter& parameter, const Value& value) {
  const auto wrong = [&] {
    return refuse("must be " + std::string(word_of(parameter.type).expected) + ", not " +
                  describe_found(value));
  };
  switch (parameter.type) {
    case ParameterType::kText:
    case ParameterType::kPath:
      return value.is_text() ? Result<Value>(value) : wrong();
    case ParameterType::kInt:
      return value.is_int() || value.is_big_int() ? check_range(parameter, value) : wrong();
    case ParameterType::kFloat: {
      if (!is_number(value)) return wrong();
      const Result<double> number = to_float(value);
      return number ? check_range(parameter, Value(*number)) : wrong();
    }
    case ParameterType::kBool:
      return value.is_bool() ? Result<Value>(value) : wrong();
    case ParameterType::kList:
      return value.is_list() ? Result<Value>(value) : wrong();
    case ParameterType::kChoice:
      break;
  }
  for (const Value& option : parameter.options) {
    if (same(option, value)) return value;
  }
  return no_option(parameter, to_text(value));
}

Result<Value> parse_parameter_value(const Parameter& parameter, const std::string& text) {
  switch (parameter.type) {
    case ParameterType::kText:
    case ParameterType::kPath:
      return Value(text);
    case ParameterType::kBool:
      return parse_bool(text);
    case ParameterType::kChoice:
      for (const Value& option : parameter.options) {
        if (to_text(option) == text) return option;
      }
      return no_option(parameter, text);
    default:
      break;
  }
  const Result<Value> value = parse_json(text);
  if (value) return check_parameter(parameter, *value);
  const bool is_list = parameter.type == ParameterType::kList;
  return refuse("must be " + std::string(word_of(parameter.type).expected) + ", not '" + text + "'" +
                (is_list ? "; a list is written as JSON: [\"a\", \"b\"]" : ""));
}

Value stand_in_for(const Parameter& parameter) {
  if (!parameter.default_value.is_unset()) return parameter.default_value;
  switch (parameter.type) {
    case ParameterType::kInt:
      return parameter.minimum.is_int() ? parameter.minimum : Value(0);
    case ParameterType::kFloat:
      return parameter.minimum.is_unset() ? Value(0.0) : parameter.minimum;
    case ParameterType::kBool:
      return Value(false);
    case ParameterType::kList:
      return Value::empty_list();
    case ParameterType::kChoice:
      return parameter.options.empty() ? Value("") : parameter.options.front();
    default:
      return Value("");
  }
}

}  // namespace vnode
