#include "rpc/submission.h"

#include <algorithm>

#include "model/members.h"
#include "rpc/duration_param.h"

namespace vnode {
namespace {

using Refusal = std::optional<RpcError>;

RpcError refuse_param(std::string message) {
  return {RpcErrorCode::kInvalidParams, "invalid_params", std::move(message)};
}

// ---- reading: one function for each type of member

Refusal read_member(const Value& value, std::string& text) {
  if (value.is_text()) text = value.as_text();
  return std::nullopt;
}

Refusal read_member(const Value& value, bool& is_on) {
  is_on = value.is_bool() && value.as_bool();
  return std::nullopt;
}

Refusal read_member(const Value& value, std::optional<bool>& is_on) {
  if (value.is_bool()) is_on = value.as_bool();
  return std::nullopt;
}

Refusal read_member(const Value& value, std::optional<std::int64_t>& number) {
  if (value.is_int()) number = value.as_int();
  return std::nullopt;
}

Refusal read_member(const Value& value, std::optional<Duration>& duration) {
  duration = param_duration(value);
  return std::nullopt;
}

Refusal read_member(const Value& value, std::optional<Dict>& object) {
  if (value.is_dict()) object = value.as_dict();
  return std::nullopt;
}

Refusal read_member(const Value& value, NamedTexts& texts) {
  if (!value.is_dict()) return std::nullopt;
  for (const DictEntry& entry : value.as_entries()) {
    if (!entry.key.is_text() || !entry.value.is_text()) continue;
    texts.emplace_back(entry.key.as_text(), entry.value.as_text());
  }
  return std::nullopt;
}

Refusal read_member(const Value& value, NamedAmounts& amounts) {
  if (!value.is_dict()) return std::nullopt;
  for (const DictEntry& entry : value.as_entries()) {
    const std::optional<ResourceAmount> amount = resource_amount_of(entry.value);
    if (entry.key.is_text() && amount) amounts.emplace_back(entry.key.as_text(), *amount);
  }
  return std::nullopt;
}

Refusal read_member(const Value& value, std::vector<std::string>& texts) {
  if (!value.is_list()) return std::nullopt;
  for (const Value& item : value.as_list()) {
    if (item.is_text()) texts.emplace_back(item.as_text());
  }
  return std::nullopt;
}

Refusal read_member(const Value& value, std::vector<Override>& overrides) {
  if (!value.is_list()) return std::nullopt;
  for (const Value& item : value.as_list()) {
    Override override{.target = text_member(item, "target"), .value = std::string()};
    if (override.target.empty()) return refuse_param("params: each entry needs a \"target\"");
    if (const Value* port = member(item, "port"); port && port->is_text()) override.port = port->as_text();
    const Value* text = member(item, "text");
    if (text && text->is_text()) {
      override.value = std::string(text->as_text());
    } else if (const Value* given = member(item, "value")) {
      override.value = *given;
    } else {
      return refuse_param("params: the entry for '" + override.target + "' needs a \"text\" or a \"value\"");
    }
    overrides.push_back(std::move(override));
  }
  return std::nullopt;
}

Refusal read_member(const Value& value, std::vector<Hook>& hooks) {
  if (!value.is_list()) return std::nullopt;
  for (const Value& item : value.as_list()) {
    Hook hook{.command = texts_member(item, "command"), .url = text_member(item, "url")};
    if (hook.command.size() != list_member(item, "command").size()) {
      return refuse_param("hooks: a command is a list of texts");
    }
    if (hook.command.empty() == hook.url.empty()) {
      return refuse_param("hooks: each entry needs either a \"command\" or a \"url\"");
    }
    hooks.push_back(std::move(hook));
  }
  return std::nullopt;
}

// ---- writing: unset for what is left out

Value written(const std::string& text) { return text.empty() ? Value::unset() : Value(text); }

Value written(bool is_on) { return is_on ? Value(true) : Value::unset(); }

Value written(const std::optional<bool>& is_on) { return is_on ? Value(*is_on) : Value::unset(); }

Value written(const std::optional<std::int64_t>& number) { return number ? Value(*number) : Value::unset(); }

Value written(const std::optional<Duration>& duration) {
  return duration ? duration_value(*duration) : Value::unset();
}

Value written(const std::optional<Dict>& object) { return object ? Value(*object) : Value::unset(); }

Value item_of(const std::string& text) { return Value(text); }
Value item_of(ResourceAmount amount) { return resource_amount_value(amount); }

template <class Item>
Value written(const std::vector<std::pair<std::string, Item>>& items) {
  Dict map;
  for (const auto& [name, item] : items) map.set(Value(name), item_of(item));
  return map.empty() ? Value::unset() : Value(std::move(map));
}

Value item_of(const Override& override) {
  Dict item{{"target", Value(override.target)}};
  if (override.port) item.set("port", *override.port);
  if (const Value* value = std::get_if<Value>(&override.value)) {
    item.set("value", *value);
  } else {
    item.set("text", std::get<std::string>(override.value));
  }
  return item;
}

Value item_of(const Hook& hook) {
  if (hook.command.empty()) return Dict{{"url", Value(hook.url)}};
  return Dict{{"command", Value::list(std::vector<Value>(hook.command.begin(), hook.command.end()))}};
}

template <class Item>
Value written(const std::vector<Item>& items) {
  std::vector<Value> list;
  for (const Item& item : items) list.push_back(item_of(item));
  return list.empty() ? Value::unset() : Value::list(std::move(list));
}

Refusal check_words(const SubmissionField& field, const Value& value) {
  const auto& words = field.words;
  if (words.front().empty() || !value.is_text() || value.as_text().empty()) return std::nullopt;
  if (std::find(words.begin(), words.end(), value.as_text()) != words.end()) return std::nullopt;
  std::string list;
  for (std::size_t i = 0; i < words.size() && !words[i].empty(); ++i) {
    const bool is_last = i + 1 == words.size() || words[i + 1].empty();
    list += (i == 0 ? "'" : is_last ? " or '" : ", '") + std::string(words[i]) + "'";
  }
  return refuse_param(std::string(field.name) + ": must be " + list + ", not '" +
                      std::string(value.as_text()) + "'");
}

}  // namespace

std::variant<Submission, RpcError> read_submission(const Dict& params) {
  Submission submission;
  for (const SubmissionField& field : kSubmissionFields) {
    const Value* value = params.find(field.name);
    if (!value || value->is_none()) continue;
    Refusal refusal = check_words(field, *value);
    if (!refusal) {
      refusal =
          std::visit([&](auto member) { return read_member(*value, submission.*member); }, field.member);
    }
    if (refusal) return std::move(*refusal);
  }
  return submission;
}

Dict submission_params(const Submission& submission) {
  Dict params;
  for (const SubmissionField& field : kSubmissionFields) {
    Value value = std::visit([&](auto member) { return written(submission.*member); }, field.member);
    if (!value.is_unset()) params.set(field.name, std::move(value));
  }
  return params;
}

}  // namespace vnode
