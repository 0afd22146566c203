#include "node/node_limits.h"

#include <algorithm>
#include <array>

#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::array<std::string_view, 10> kNodeLimits{
    "timeout",  "idle_timeout", "retries",   "backoff",  "backoff_max",
    "retry_on", "idempotent",   "resources", "executor", "executor_options"};

std::optional<RetryCondition> read_condition(const Value& value, const std::string& pointer,
                                             const MemberReader& members) {
  using Kind = RetryCondition::Kind;
  if (value.is_int() && value.as_int() >= 0 && value.as_int() <= 255)
    return RetryCondition{.kind = Kind::kExitCode, .exit_code = static_cast<int>(value.as_int())};
  const std::string_view word = value.is_text() ? value.as_text() : std::string_view();
  if (word == "failed") return RetryCondition{.kind = Kind::kFailed};
  if (word == "timeout") return RetryCondition{.kind = Kind::kTimeout};
  if (word == "signal") return RetryCondition{.kind = Kind::kSignal};
  const Dict object = value.is_dict() ? value.as_dict() : Dict();
  const Value* match = object.size() == 1 ? object.find(std::string_view("match")) : nullptr;
  if (match && match->is_text()) {
    Result<Pattern> pattern = Pattern::compile(match->as_text());
    if (pattern) return RetryCondition{.kind = Kind::kMatch, .pattern = std::move(*pattern)};
    members.complain_at(pointer + "/match", pattern.error().message);
    return std::nullopt;
  }
  members.complain_at(pointer,
                      R"(must be "failed", "timeout", "signal", an exit code or {"match": PATTERN})");
  return std::nullopt;
}

/// Amounts of 0 ask for nothing.
ResourceAmounts read_resources(const Value& object, const MemberReader& members) {
  ResourceAmounts resources;
  if (!object.is_dict()) {
    members.complain_type("resources", "an object of names and amounts", object);
    return resources;
  }
  for (const DictEntry& entry : object.as_dict()) {
    const std::string name = to_text(entry.key);
    const std::optional<ResourceAmount> amount = resource_amount_of(entry.value);
    if (name.empty() || !amount) {
      members.complain_at(
          join_pointer(members.pointer_to("resources"), name),
          "must be a number that is not negative, such as 1 or 0.5, or a size such as \"8G\"");
    } else if (*amount > 0) {
      resources[name] = *amount;
    }
  }
  return resources;
}

}  // namespace

bool RetryCondition::is_met_by(const NodeFailure& failure) const {
  switch (kind) {
    case Kind::kFailed:
      return !failure.is_timeout();
    case Kind::kTimeout:
      return failure.is_timeout();
    case Kind::kSignal:
      return failure.code() == kSignalFailure;
    case Kind::kExitCode:
      return failure.code() == kExitCodeFailure && failure.exit_code() == exit_code;
    case Kind::kMatch:
      return pattern->is_in(failure.what());
  }
  return false;
}

void NodeLimits::complete_from(const NodeLimits& next) {
  const auto complete = [](auto& mine, const auto& other) {
    if (!mine) mine = other;
  };
  complete(timeout, next.timeout);
  complete(idle_timeout, next.idle_timeout);
  complete(retries, next.retries);
  complete(backoff, next.backoff);
  complete(backoff_max, next.backoff_max);
  complete(retry_on, next.retry_on);
  complete(is_idempotent, next.is_idempotent);
  complete(resources, next.resources);
  complete(executor, next.executor);
  complete(executor_options, next.executor_options);
}

bool NodeLimits::retries_on(const NodeFailure& failure) const {
  if (!retry_on) return true;
  return std::any_of(retry_on->begin(), retry_on->end(),
                     [&failure](const RetryCondition& condition) { return condition.is_met_by(failure); });
}

std::span<const std::string_view> node_limit_names() { return kNodeLimits; }

bool is_node_limit(std::string_view member) {
  return std::find(kNodeLimits.begin(), kNodeLimits.end(), member) != kNodeLimits.end();
}

NodeLimits read_node_limits(const MemberReader& members) {
  NodeLimits limits;
  limits.timeout = members.time("timeout");
  limits.idle_timeout = members.time("idle_timeout");
  limits.backoff = members.time("backoff");
  limits.backoff_max = members.time("backoff_max");
  if (const auto retries = members.count_limit("retries", kMostRetries))
    limits.retries = static_cast<int>(*retries);
  if (members.find("idempotent")) limits.is_idempotent = members.boolean("idempotent", false);
  if (const Value* resources = members.find("resources"))
    limits.resources = read_resources(*resources, members);
  if (const Value* executor = members.find("executor")) {
    if (executor->is_text() && !executor->as_text().empty())
      limits.executor = executor->as_text();
    else
      members.complain_type("executor", "the name of an executor", *executor);
  }
  if (const Value* options = members.find("executor_options")) {
    if (options->is_dict())
      limits.executor_options = options->as_dict();
    else
      members.complain_type("executor_options", "an object", *options);
  }
  if (!members.find("retry_on")) return limits;
  limits.retry_on.emplace();
  members.each("retry_on", "a list", [&](const Value& value, const std::string& pointer) {
    if (auto condition = read_condition(value, pointer, members))
      limits.retry_on->push_back(std::move(*condition));
  });
  return limits;
}

}  // namespace vnode
