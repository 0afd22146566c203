#include "daemon/submitted.h"

#include "model/json_reader.h"
#include "model/members.h"
#include "model/value_mask.h"
#include "rpc/submission.h"
#include "store/run_row.h"

namespace vnode {
namespace {

/// A reply is one line, which somebody holds in memory.
constexpr std::size_t kLargestTold = 4UL * 1024 * 1024;

std::optional<Dict> dict_of_json(const std::string& json) {
  const Result<Value> value = parse_json(json);
  if (!value || !value->is_dict()) return std::nullopt;
  return value->as_dict();
}

Value names_in(const Value& texts) {
  std::vector<Value> names;
  if (texts.is_dict()) {
    for (const DictEntry& entry : texts.as_entries()) names.push_back(entry.key);
  }
  return Value::list(std::move(names));
}

/// Only which ones were set.
Value without_values(const Value& params) {
  std::vector<Value> targets;
  for (const Value& param : params.is_list() ? params.as_list() : std::span<const Value>()) {
    Dict target{{"target", text_member(param, "target")}};
    if (const Value* port = member(param, "port")) target.set("port", *port);
    targets.emplace_back(std::move(target));
  }
  return Value::list(std::move(targets));
}

}  // namespace

std::optional<Dict> stored_params(const StoredSubmission& stored) {
  std::optional<Dict> own = dict_of_json(stored.request);
  if (!own || stored.group_request.empty()) return own;
  std::optional<Dict> all = dict_of_json(stored.group_request);
  if (!all) return std::nullopt;
  std::vector<Value> params;
  for (const Dict* part : {&*all, &*own}) {
    for (const Value& param : list_member(*part, "params")) params.push_back(param);
  }
  if (!params.empty()) all->set("params", Value::list(std::move(params)));
  return all;
}

Value submitted_value(const StoredSubmission& stored, const Secrets* secrets) {
  if (stored.request.size() + stored.group_request.size() > kLargestTold) return {};
  const std::optional<Dict> params = stored_params(stored);
  if (!params) return {};
  const auto read = read_submission(*params);
  if (!std::holds_alternative<Submission>(read)) return {};
  Dict said = submission_params(std::get<Submission>(read));
  said.erase("workflow");
  const Value* named = said.find("secrets");
  const bool may_show_a_secret = named && !secrets;
  if (may_show_a_secret && said.find("params")) said.set("params", without_values(*said.find("params")));
  for (const std::string_view variables : {"environment", "secrets"}) {
    if (const Value* texts = said.find(variables)) said.set(variables, names_in(*texts));
  }
  if (!secrets) return Value(std::move(said));
  const SecretMask mask(*secrets);
  return ValueMask(mask).apply(Value(std::move(said)));
}

}  // namespace vnode
