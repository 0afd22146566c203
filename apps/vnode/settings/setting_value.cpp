#include "apps/vnode/settings/setting_value.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "base/duration_text.h"
#include "base/size_text.h"
#include "base/spelling.h"
#include "executor/executor_set.h"
#include "model/lenient.h"
#include "model/members.h"
#include "node/node_limits.h"
#include "rpc/hook.h"

namespace vnode {
namespace {

constexpr std::string_view kHookForm = "a list of {command: [program, argument...]} and {url: ...}";

Error invalid_setting(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

Result<Value> read_size(const SettingEntry& entry, std::string_view word) {
  const Result<std::uint64_t> bytes = parse_size(word);
  if (!bytes) return bytes.error();
  if (*bytes < entry.least) {
    return invalid_setting("'" + std::string(word) + "' is too little: " + size_text(entry.least) +
                           " is the least (plain numbers are bytes)");
  }
  if (*bytes > entry.most) {
    return invalid_setting("'" + std::string(word) + "' is too much: " + size_text(entry.most) +
                           " is the most");
  }
  return Value(static_cast<std::int64_t>(*bytes));
}

Result<Value> read_count(const SettingEntry& entry, std::string_view word) {
  std::uint64_t number = 0;
  const char* end = word.data() + word.size();
  const auto parsed = std::from_chars(word.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number < entry.least || number > entry.most) {
    return invalid_setting("'" + std::string(word) + "' is no whole number from " +
                           std::to_string(entry.least) + " to " + std::to_string(entry.most));
  }
  return Value(static_cast<std::int64_t>(number));
}

Result<Value> read_choice(const SettingEntry& entry, std::string_view word) {
  const std::vector<std::string> words = setting_choices(entry);
  if (std::find(words.begin(), words.end(), word) != words.end()) return Value(word);
  return invalid_setting(with_hint("'" + std::string(word) + "' is none of " + std::string(entry.choices),
                                   spelling_hint(word, words)));
}

Result<Value> read_paths(const Value& written, const std::string& what) {
  if (written.is_text()) return Value::list({written});
  if (!written.is_list())
    return invalid_setting("must be a list of " + what + ", not " + describe_found(written));
  for (const Value& path : written.as_list()) {
    if (!path.is_text() || path.as_text().empty()) {
      return invalid_setting("must be a list of " + what + "; it holds " + describe_found(path));
    }
  }
  return written;
}

Result<Value> read_count_map(const SettingEntry& entry, const Value& written) {
  if (!written.is_dict())
    return invalid_setting("must be a mapping of names to whole numbers, not " + describe_found(written));
  for (const Dict::Entry& item : written.as_entries()) {
    if (!item.key.is_text() || item.key.as_text().empty())
      return invalid_setting("a name must be a text that is not empty");
    const std::string name(item.key.as_text());
    if (!item.value.is_int())
      return invalid_setting("'" + name + "' must be a whole number, not " + describe_found(item.value));
    const Result<Value> count = read_count(entry, std::to_string(item.value.as_int()));
    if (!count) return invalid_setting("'" + name + "': " + count.error().message);
  }
  return written;
}

Result<Value> read_amount_map(const Value& written) {
  if (!written.is_dict())
    return invalid_setting("must be a mapping of names to amounts, not " + describe_found(written));
  for (const Dict::Entry& item : written.as_entries()) {
    if (!item.key.is_text() || item.key.as_text().empty())
      return invalid_setting("a name must be a text that is not empty");
    if (!resource_amount_of(item.value))
      return invalid_setting("'" + std::string(item.key.as_text()) +
                             "' must be a number from 0, such as 2 or 0.5, or a size such as 8G");
  }
  return written;
}

Result<Value> read_limits(const Value& written) {
  Problems problems;
  const MemberReader members(written, "", problems, "");
  members.check_known(node_limit_names());
  read_node_limits(members);
  if (!problems.empty()) return invalid_setting(problems.front().message);
  return written;
}

bool is_command(const Value& value) {
  if (!value.is_list() || value.as_list().empty()) return false;
  const auto words = value.as_list();
  return std::all_of(words.begin(), words.end(), [](const Value& word) { return word.is_text(); });
}

bool is_hook(const Value& value) {
  if (!value.is_dict() || value.as_entries().size() != 1) return false;
  const Dict hook = value.as_dict();
  const Value* command = hook.find("command");
  const Value* url = hook.find("url");
  return command ? is_command(*command) : url && url->is_text();
}

Hook as_hook(const Value& value) {
  return {.command = texts_member(value, "command"), .url = text_member(value, "url")};
}

Result<Value> read_hooks(const Value& written) {
  if (!written.is_list())
    return invalid_setting("must be " + std::string(kHookForm) + ", not " + describe_found(written));
  std::size_t number = 0;
  for (const Value& hook : written.as_list()) {
    ++number;
    if (!is_hook(hook))
      return invalid_setting("number " + std::to_string(number) + " is no hook; must be " +
                             std::string(kHookForm));
    const std::string problem = problem_of(as_hook(hook));
    if (!problem.empty()) return invalid_setting("number " + std::to_string(number) + ": " + problem);
  }
  return written;
}

std::string_view expectation(SettingKind kind) {
  switch (kind) {
    case SettingKind::kProgram:
      return "the name or path of a program";
    case SettingKind::kPath:
      return "a path";
    case SettingKind::kText:
      return "a text";
    case SettingKind::kSize:
      return "a size such as 512M or 2G";
    case SettingKind::kDuration:
      return "a duration such as 5s or 1.5h";
    case SettingKind::kCount:
      return "a whole number";
    case SettingKind::kFolders:
      return "a list of folders";
    case SettingKind::kFiles:
      return "a list of files";
    case SettingKind::kCountMap:
      return "a mapping of names to whole numbers";
    case SettingKind::kAmountMap:
      return "a mapping of names to amounts";
    case SettingKind::kLimits:
      return "a mapping of limits";
    case SettingKind::kExecutors:
      return "a mapping of names to executors";
    case SettingKind::kHooks:
      return kHookForm;
    case SettingKind::kChoice:  // see `choices`
    case SettingKind::kSwitch:
      break;
  }
  return "true or false";
}

bool is_unlimited(const SettingEntry& entry, std::string_view word) {
  return entry.may_be_unlimited && word == kUnlimited;
}

}  // namespace

Result<Value> read_setting(const SettingEntry& entry, const Value& written) {
  if (written.is_none()) return Value();
  if (entry.kind == SettingKind::kFolders) return read_paths(written, "folders");
  if (entry.kind == SettingKind::kFiles) return read_paths(written, "files");
  if (entry.kind == SettingKind::kCountMap) return read_count_map(entry, written);
  if (entry.kind == SettingKind::kAmountMap) return read_amount_map(written);
  if (entry.kind == SettingKind::kLimits) return read_limits(written);
  if (entry.kind == SettingKind::kHooks) return read_hooks(written);
  if (entry.kind == SettingKind::kExecutors) {
    const Result<ExecutorSet> executors = ExecutorSet::read(written);
    if (!executors) return executors.error();
    return written;
  }
  if (entry.kind == SettingKind::kSwitch && written.is_bool()) return written;
  const bool is_number = entry.kind == SettingKind::kSize || entry.kind == SettingKind::kCount;
  if (written.is_int() && is_number) return read_setting_word(entry, std::to_string(written.as_int()));
  const bool is_word = entry.kind != SettingKind::kSwitch && entry.kind != SettingKind::kCount;
  if (written.is_text() && (is_word || is_unlimited(entry, written.as_text())))
    return read_setting_word(entry, written.as_text());
  const std::string_view expected = entry.choices.empty() ? expectation(entry.kind) : entry.choices;
  return invalid_setting("must be " + std::string(expected) + ", not " + describe_found(written));
}

Result<Value> read_setting_word(const SettingEntry& entry, std::string_view word) {
  if (is_unlimited(entry, word)) return Value(word);
  if (entry.kind == SettingKind::kSize) return read_size(entry, word);
  if (entry.kind == SettingKind::kCount) return read_count(entry, word);
  if (entry.kind == SettingKind::kChoice) return read_choice(entry, word);
  if (entry.kind == SettingKind::kDuration) {
    const Result<Duration> duration = parse_duration(word);
    return duration ? Result<Value>(Value(word)) : duration.error();
  }
  if (word.empty())
    return invalid_setting("must be " + std::string(expectation(entry.kind)) + "; it is empty");
  return Value(word);
}

}  // namespace vnode
