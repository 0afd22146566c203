#include "rpc/method_spec.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/duration_text.h"
#include "base/spelling.h"
#include "model/resource_amounts.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

using enum ParamKind;

/// Names of clients may be of any length.
std::string clipped(std::string_view name) {
  constexpr std::size_t kMost = 80;
  if (name.size() <= kMost) return std::string(name);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // not within a character
  return std::string(name.substr(0, end)) + "...";
}

std::string quoted(std::string_view name) { return "'" + clipped(name) + "'"; }

/// Nothing is near to a name that is longer than any.
template <class Specs>
std::string nearest_of(std::string_view name, const Specs& specs) {
  constexpr std::size_t kLongest = 64;
  if (name.size() > kLongest) return "";
  std::vector<std::string> names;
  for (const auto& spec : specs) names.emplace_back(spec.name);
  return nearest_word(name, names);
}

/// `data` and the message say what was probably meant.
RpcError with_nearest(RpcError error, const std::string& nearest) {
  if (nearest.empty()) return error;
  error.message = with_hint(std::move(error.message), did_you_mean(nearest));
  error.data.set("nearest", nearest);
  return error;
}

RpcError invalid_param(std::string_view name, std::string message) {
  return {RpcErrorCode::kInvalidParams, "invalid_params", std::move(message), {{"param", clipped(name)}}};
}

bool is_count(const Value& value, std::int64_t least) { return value.is_int() && value.as_int() >= least; }

bool are_texts(const Value& value) {
  if (!value.is_list()) return false;
  const std::span<const Value> items = value.as_list();
  return std::all_of(items.begin(), items.end(), [](const Value& item) { return item.is_text(); });
}

template <class Predicate>
bool is_map_of(const Value& value, Predicate is_right) {
  if (!value.is_dict()) return false;
  const std::span<const DictEntry> entries = value.as_entries();
  return std::all_of(entries.begin(), entries.end(),
                     [&](const DictEntry& entry) { return is_right(entry.value); });
}

bool is_duration(const Value& value) {
  if (value.is_text()) return parse_duration(value.as_text()).ok();
  return is_count(value, 0) || (value.is_float() && std::isfinite(value.as_float()) && value.as_float() >= 0);
}

bool fits(const Value& value, ParamKind kind) {
  switch (kind) {
    case kText:
      return value.is_text();
    case kCount:
      return is_count(value, 0);
    case kInteger:
      return value.is_int();
    case kSwitch:
      return value.is_bool();
    case kDuration:
      return is_duration(value);
    case kTexts:
      return are_texts(value);
    case kTextMap:
      return is_map_of(value, [](const Value& item) { return item.is_text(); });
    case kAmountMap:
      return is_map_of(value, [](const Value& item) { return resource_amount_of(item).value_or(0) > 0; });
    case kObject:
      return value.is_dict();
    case kList:
      return value.is_list();
    case kAny:
      return true;
  }
  return false;
}

std::string_view wanted(ParamKind kind) {
  switch (kind) {
    case kText:
      return "a text";
    case kCount:
      return "a whole number from 0";
    case kInteger:
      return "a whole number";
    case kSwitch:
      return "true or false";
    case kDuration:
      return "a number of seconds, or a text such as \"90s\" or \"1.5h\"";
    case kTexts:
      return "a list of texts";
    case kTextMap:
      return "an object whose members are texts";
    case kAmountMap:
      return "an object whose members are numbers above 0, or sizes such as \"8G\"";
    case kObject:
      return "an object";
    case kList:
      return "a list";
    case kAny:
      return "anything";
  }
  return "";
}

/// What was given instead, as a clause.
std::string given(const Value& value) {
  if (value.is_text()) return quoted(value.as_text());
  if (value.is_list()) return "a list";
  if (value.is_dict()) return "an object";
  if (value.is_none()) return "null";
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_big_int()) return "a number that is too large";
  return to_text(value);
}

std::string mistyped(const MethodSpec& method, const ParamSpec& param, const Value& value) {
  std::string message = std::string(method.name) + ": " + quoted(param.name) + " has to be ";
  message += wanted(param.kind);
  const bool is_within = (param.kind == kTexts && value.is_list()) ||
                         ((param.kind == kTextMap || param.kind == kAmountMap) && value.is_dict());
  return is_within ? message : message + ", not " + given(value);
}

bool is_long(const Value& text, std::size_t most) { return text.is_text() && text.as_text().size() > most; }

/// What is wrong with the size of a value of the right kind.
std::optional<std::string> excess_of(const Value& value, ParamKind kind) {
  const std::string longest = "is longer than " + std::to_string(kLongestParamText) + " bytes";
  const std::string most = "has more than " + std::to_string(kMostParamItems) + " items";
  if (kind == kText && is_long(value, kLongestParamText)) return longest;
  if (kind == kTexts) {
    const std::span<const Value> items = value.as_list();
    if (items.size() > kMostParamItems) return most;
    const auto is_item_long = [](const Value& item) { return is_long(item, kLongestParamText); };
    if (std::any_of(items.begin(), items.end(), is_item_long)) return "has an item that " + longest;
  }
  if (kind == kAmountMap) {
    const std::span<const DictEntry> entries = value.as_entries();
    if (entries.size() > kMostParamItems) return most;
    const auto is_name_long = [](const DictEntry& entry) { return is_long(entry.key, kLongestCountName); };
    if (std::any_of(entries.begin(), entries.end(), is_name_long))
      return "has a name that is longer than " + std::to_string(kLongestCountName) + " bytes";
  }
  return std::nullopt;
}

}  // namespace

RpcError unknown_method(std::string_view name, std::span<const MethodSpec> known) {
  return with_nearest({RpcErrorCode::kMethodNotFound, "unknown_method", "there is no method " + quoted(name)},
                      nearest_of(name, known));
}

std::optional<RpcError> check_call(const MethodSpec& method, const RpcCall& call) {
  for (const Dict::Entry& entry : call.params) {
    const std::string_view name = entry.key.is_text() ? entry.key.as_text() : "";
    const auto spec = std::find_if(method.params.begin(), method.params.end(),
                                   [name](const ParamSpec& param) { return param.name == name; });
    if (spec == method.params.end()) {
      std::string message = std::string(method.name) + " has no param " + quoted(name);
      return with_nearest(invalid_param(name, std::move(message)), nearest_of(name, method.params));
    }
    if (!fits(entry.value, spec->kind)) return invalid_param(name, mistyped(method, *spec, entry.value));
    if (const std::optional<std::string> excess = excess_of(entry.value, spec->kind)) {
      return invalid_param(name, std::string(method.name) + ": " + quoted(name) + " " + *excess);
    }
  }
  for (const ParamSpec& param : method.params) {
    if (!param.is_required || call.params.find(param.name)) continue;
    return invalid_param(param.name, std::string(method.name) + " needs the param " + quoted(param.name) +
                                         ": " + std::string(param.summary));
  }
  return std::nullopt;
}

}  // namespace vnode
