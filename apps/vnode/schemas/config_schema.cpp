#include "apps/vnode/schemas/config_schema.h"

#include "apps/vnode/settings/setting_value.h"
#include "model/json_writer.h"
#include "node/node_limits.h"

namespace vnode {
namespace {

Value number(std::uint64_t value) { return Value(static_cast<std::int64_t>(value)); }

Value types(std::initializer_list<std::string_view> names) {
  return Value::list(std::vector<Value>(names.begin(), names.end()));
}

Value amount_schema() { return Value(Dict{{"type", types({"number", "string"})}, {"minimum", Value(0)}}); }

Value default_value(const SettingEntry& entry) {
  if (entry.kind == SettingKind::kSwitch) return Value(entry.standard == "true");
  return entry.standard.empty() ? Value() : read_setting_word(entry, entry.standard).value();
}

/// What the texts of a setting look like.
std::string pattern(const SettingEntry& entry, std::string_view form) {
  std::string text(form);
  if (entry.may_be_unlimited)
    text = text.empty() ? std::string(kUnlimited) : "(" + text + "|" + std::string(kUnlimited) + ")";
  return "^" + text + "$";
}

Value count_schema(const SettingEntry& entry) {
  return Value(
      Dict{{"type", Value("integer")}, {"minimum", number(entry.least)}, {"maximum", number(entry.most)}});
}

Value object_schema(std::string_view key, Value property) {
  Dict properties;
  properties.set(key, std::move(property));
  return Value(Dict{{"type", Value("object")},
                    {"properties", Value(std::move(properties))},
                    {"required", Value::list({Value(key)})},
                    {"additionalProperties", Value(false)}});
}

Value hook_schema() {
  const Value word(Dict{{"type", Value("string")}});
  const Value words(Dict{{"type", Value("array")}, {"items", word}, {"minItems", Value(1)}});
  const Value url(Dict{{"type", Value("string")}, {"minLength", Value(1)}});
  return Value(Dict{{"anyOf", Value::list({object_schema("command", words), object_schema("url", url)})}});
}

Value choice_values(const SettingEntry& entry) {
  std::vector<Value> values;
  for (const std::string& word : setting_choices(entry)) values.emplace_back(word);
  values.emplace_back();
  return Value::list(std::move(values));
}

/// null puts the default back.
/// Times are durations, or seconds.
Value limit_properties() {
  const Value time(Dict{{"type", types({"string", "integer"})}});
  return Value(
      Dict{{"timeout", time},
           {"idle_timeout", time},
           {"retries",
            Value(Dict{{"type", Value("integer")}, {"minimum", Value(0)}, {"maximum", Value(kMostRetries)}})},
           {"backoff", time},
           {"backoff_max", time},
           {"retry_on", Value(Dict{{"type", Value("array")}})},
           {"idempotent", Value(Dict{{"type", Value("boolean")}})},
           {"resources", Value(Dict{{"type", Value("object")}, {"additionalProperties", amount_schema()}})},
           {"executor", Value(Dict{{"type", Value("string")}, {"minLength", Value(1)}})},
           {"executor_options", Value(Dict{{"type", Value("object")}})}});
}

Value executor_schema() {
  const Value word(Dict{{"type", Value("string")}});
  const Value optional(
      Dict{{"type", Value("object")},
           {"properties",
            Value(Dict{{"when", word}, {"words", Value(Dict{{"type", Value("array")}, {"items", word}})}})},
           {"required", types({"when", "words"})},
           {"additionalProperties", Value(false)}});
  const Value words(Dict{{"type", Value("array")},
                         {"items", Value(Dict{{"anyOf", Value::list({word, optional})}})},
                         {"minItems", Value(1)}});
  return Value(
      Dict{{"type", Value("object")},
           {"properties",
            Value(Dict{{"kind", Value(Dict{{"enum", types({"wrap"})}})}, {"words", words}, {"stop", words}})},
           {"required", types({"kind", "words"})},
           {"additionalProperties", Value(false)}});
}

Value entry_schema(const SettingEntry& entry) {
  Dict schema = {{"description", Value(entry.summary)}};
  switch (entry.kind) {
    case SettingKind::kProgram:
    case SettingKind::kPath:
    case SettingKind::kText:
      schema.set("type", types({"string", "null"}));
      schema.set("minLength", 1);
      break;
    case SettingKind::kSize:
      schema.set("type", types({"string", "integer", "null"}));
      schema.set("pattern", pattern(entry, "[0-9]+([.][0-9]*)? *([kKmMgGtT]([iI]?[bB])?|[bB])?"));
      schema.set("minimum", number(entry.least));
      if (entry.most != SettingEntry().most) schema.set("maximum", number(entry.most));
      break;
    case SettingKind::kDuration:
      schema.set("type", types({"string", "null"}));
      schema.set("minLength", 2);
      schema.set("pattern", pattern(entry, "([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?"));
      break;
    case SettingKind::kCount:
      schema.set("type",
                 entry.may_be_unlimited ? types({"integer", "string", "null"}) : types({"integer", "null"}));
      if (entry.may_be_unlimited) schema.set("pattern", pattern(entry, ""));
      schema.set("minimum", number(entry.least));
      schema.set("maximum", number(entry.most));
      break;
    case SettingKind::kFolders:
    case SettingKind::kFiles:
      schema.set("type", types({"array", "string", "null"}));
      schema.set("items", Value(Dict{{"type", Value("string")}, {"minLength", Value(1)}}));
      return Value(std::move(schema));
    case SettingKind::kCountMap:
      schema.set("type", types({"object", "null"}));
      schema.set("additionalProperties", count_schema(entry));
      return Value(std::move(schema));
    case SettingKind::kAmountMap:
      schema.set("type", types({"object", "null"}));
      schema.set("additionalProperties", amount_schema());
      return Value(std::move(schema));
    case SettingKind::kLimits:
      schema.set("type", types({"object", "null"}));
      schema.set("properties", limit_properties());
      schema.set("additionalProperties", Value(false));
      return Value(std::move(schema));
    case SettingKind::kExecutors:
      schema.set("type", types({"object", "null"}));
      schema.set("additionalProperties", executor_schema());
      return Value(std::move(schema));
    case SettingKind::kHooks:
      schema.set("type", types({"array", "null"}));
      schema.set("items", hook_schema());
      return Value(std::move(schema));
    case SettingKind::kChoice:
      schema.set("enum", choice_values(entry));
      break;
    case SettingKind::kSwitch:
      schema.set("type", types({"boolean", "null"}));
      break;
  }
  schema.set("default", default_value(entry));
  return Value(std::move(schema));
}

}  // namespace

std::string config_schema() {
  Dict properties;
  for (const SettingEntry& entry : setting_table()) properties.set(entry.key, entry_schema(entry));
  const Dict schema = {
      {"$schema", Value("https://json-schema.org/draft/2020-12/schema")},
      {"$id", Value("urn:vnode:config")},
      {"title", Value("Configuration")},
      {"description", Value("vnode.yaml. null stands for the default; an empty file is fine.")},
      {"type", types({"object", "null"})},
      {"properties", Value(std::move(properties))},
      {"additionalProperties", Value(false)}};
  std::string out;
  append_json_pretty(out, Value(schema), 2, NonFinite::kQuoted);
  return out + "\n";
}

}  // namespace vnode
