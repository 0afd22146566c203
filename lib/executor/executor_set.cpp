#include "executor/executor_set.h"

#include <array>
#include <utility>

#include "base/spelling.h"
#include "model/lenient.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

Error bad_executor(const std::string& name, const std::string& message) {
  return {ErrorCode::kInvalidValue, "executor '" + name + "': " + message};
}

}  // namespace

Result<std::shared_ptr<const WrapExecutor>> ExecutorSet::read_one(const std::string& name,
                                                                  const Value& value) {
  if (!value.is_dict())
    return bad_executor(name, "must be {kind: wrap, words: [...]}, not " + describe_found(value));
  auto wrap = std::make_shared<WrapExecutor>();
  wrap->name = name;
  std::string kind;
  for (const DictEntry& entry : value.as_dict()) {
    const std::string member = to_text(entry.key);
    if (member == "kind") {
      kind = to_text(entry.value);
    } else if (member == "words" || member == "stop") {
      Result<WrapWords> words = WrapWords::read(entry.value, member == "stop");
      if (!words) return bad_executor(name, "'" + member + "': " + words.error().message);
      (member == "words" ? wrap->words : wrap->stop) = std::move(*words);
    } else {
      const std::array<std::string, 3> members{"kind", "words", "stop"};
      return bad_executor(
          name, "unknown member '" + member + "'; " + spelling_advice(member, members, "there are"));
    }
  }
  if (kind != "wrap") {
    return bad_executor(
        name, kind.empty() ? "'kind' is missing: wrap" : "'kind': there is no '" + kind + "', only wrap");
  }
  if (wrap->words.is_empty()) return bad_executor(name, "'words' are missing");
  return std::shared_ptr<const WrapExecutor>(std::move(wrap));
}

Result<ExecutorSet> ExecutorSet::read(const Value& executors) {
  ExecutorSet set;
  if (executors.is_none()) return set;
  if (!executors.is_dict()) {
    return Error{ErrorCode::kInvalidValue,
                 "must be a mapping of names to executors, not " + describe_found(executors)};
  }
  for (const DictEntry& entry : executors.as_dict()) {
    const std::string name = to_text(entry.key);
    if (name.empty()) return bad_executor(name, "an executor needs a name");
    if (name == kLocalExecutor) return bad_executor(name, "is this machine, and always there");
    Result<std::shared_ptr<const WrapExecutor>> wrap = read_one(name, entry.value);
    if (!wrap) return wrap.error();
    set.wraps_.emplace(name, std::move(*wrap));
  }
  return set;
}

Result<std::shared_ptr<const WrapExecutor>> ExecutorSet::find(std::string_view name) const {
  if (name.empty() || name == kLocalExecutor) return std::shared_ptr<const WrapExecutor>();
  if (const auto found = wraps_.find(name); found != wraps_.end()) return found->second;
  return Error{ErrorCode::kNotFound, "there is no executor '" + std::string(name) + "'; " +
                                         spelling_advice(name, names(), "there are")};
}

std::vector<std::string> ExecutorSet::names() const {
  std::vector<std::string> names{std::string(kLocalExecutor)};
  for (const auto& [name, wrap] : wraps_) names.push_back(name);
  return names;
}

}  // namespace vnode
