#include "daemon/submission.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/duration_text.h"
#include "base/text_file.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// Of priorities and retries: beyond what anybody needs, and far from the limits of their types.
constexpr std::int64_t kLargest = 1'000'000;

constexpr off_t kLargestFile = off_t{1} << 30;
/// What is kept in memory for each pending run, and told in each reply.
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLargestInfo = 64 * 1024;

RpcError refuse(std::string message) {
  return {RpcErrorCode::kInvalidParams, "invalid_params", std::move(message)};
}

std::string text_of(const Dict& params, std::string_view name) {
  const Value* value = params.find(name);
  return value && value->is_text() ? std::string(value->as_text()) : std::string();
}

bool switch_of(const Dict& params, std::string_view name) {
  const Value* value = params.find(name);
  return value && value->is_bool() && value->as_bool();
}

std::optional<std::int64_t> number_of(const Dict& params, std::string_view name) {
  const Value* value = params.find(name);
  if (!value || !value->is_int()) return std::nullopt;
  return value->as_int();
}

/// The system would take what is before it.
bool has_zero_byte(std::string_view text) { return text.find('\0') != std::string_view::npos; }

std::optional<RpcError> read_overrides(const Value& list, std::vector<Override>& overrides) {
  for (const Value& item : list.as_list()) {
    const Dict entry = item.is_dict() ? item.as_dict() : Dict();
    const std::string target = text_of(entry, "target");
    if (target.empty()) return refuse("params: each entry needs a \"target\"");
    Override override{.target = target, .value = std::string()};
    if (const Value* port = entry.find("port"); port && port->is_text()) override.port = port->as_text();
    const Value* text = entry.find("text");
    const Value* value = entry.find("value");
    if (text && text->is_text()) {
      override.value = std::string(text->as_text());
    } else if (value) {
      override.value = *value;
    } else {
      return refuse("params: the entry for '" + target + "' needs a \"text\" or a \"value\"");
    }
    overrides.push_back(std::move(override));
  }
  return std::nullopt;
}

std::optional<RpcError> read_hooks(const Value& list, std::vector<Hook>& hooks) {
  for (const Value& item : list.as_list()) {
    const Dict entry = item.is_dict() ? item.as_dict() : Dict();
    Hook hook{.url = text_of(entry, "url")};
    if (const Value* command = entry.find("command"); command && command->is_list()) {
      for (const Value& word : command->as_list()) {
        if (!word.is_text()) return refuse("hooks: a command is a list of texts");
        if (has_zero_byte(word.as_text())) return refuse("hooks: a command must not contain a zero byte");
        hook.command.emplace_back(word.as_text());
      }
    }
    if (hook.command.empty() == hook.url.empty()) {
      return refuse("hooks: each entry needs either a \"command\" or a \"url\"");
    }
    hooks.push_back(std::move(hook));
  }
  return std::nullopt;
}

std::optional<RpcError> read_environment(const Dict& params, RunEnvironment& environment) {
  environment.working_directory = text_of(params, "directory");
  if (!environment.working_directory.empty() && environment.working_directory.front() != '/') {
    return refuse("directory: must be an absolute path");
  }
  if (const Value* variables = params.find("environment"); variables && variables->is_dict()) {
    for (const Dict::Entry& entry : variables->as_entries()) {
      const std::string name(entry.key.as_text());
      if (name.empty() || name.find_first_of(std::string("=\0", 2)) != std::string::npos) {
        return refuse("environment: '" + name + "' is no name of a variable");
      }
      if (has_zero_byte(entry.value.as_text())) {
        return refuse("environment: the value of '" + name + "' must not contain a zero byte");
      }
      environment.variables.emplace_back(name, std::string(entry.value.as_text()));
    }
  }
  return std::nullopt;
}

std::optional<RpcError> read_document(const Dict& params, const std::string* stored, Submission& submission) {
  const Value* workflow = params.find("workflow");
  const std::string path = text_of(params, "path");
  submission.path = path.empty() ? text_of(params, "name") : path;
  if (stored) {
    submission.workflow = *stored;
    return std::nullopt;
  }
  if (workflow) {
    append_json(submission.workflow, *workflow, NonFinite::kBare);
    return std::nullopt;
  }
  if (path.empty()) return refuse("one of 'workflow' and 'path' is needed");
  if (path.front() != '/') return refuse("path: must be an absolute path");
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return RpcError{RpcErrorCode::kServer, "unreadable", path + " is no plain file"};
  }
  if (status.st_size > kLargestFile) {
    return RpcError{RpcErrorCode::kServer, "unreadable", path + " is too large (1 GiB at most)"};
  }
  Result<TextFile> file = read_text_file(path);
  if (!file) {
    return RpcError{RpcErrorCode::kServer, "unreadable",
                    "the daemon cannot read " + path + ": " + file.error().message};
  }
  submission.workflow = std::move(file->text);
  return std::nullopt;
}

std::optional<RpcError> read_plan(const Dict& params, Submission& submission) {
  if (const std::string queue = text_of(params, "queue"); !queue.empty()) submission.queue = queue;
  const std::int64_t priority = number_of(params, "priority").value_or(0);
  const std::int64_t retries = number_of(params, "retries").value_or(0);
  if (priority < -kLargest || priority > kLargest) {
    return refuse("priority: must be from -1000000 to 1000000");
  }
  if (retries > kLargest) return refuse("retries: must be at most 1000000");
  submission.priority = static_cast<int>(priority);
  submission.retries = static_cast<int>(retries);
  const std::string on_interrupt = text_of(params, "on_interrupt");
  if (!on_interrupt.empty() && on_interrupt != "fail" && on_interrupt != "retry") {
    return refuse("on_interrupt: must be 'fail' or 'retry', not '" + on_interrupt + "'");
  }
  submission.retries_interrupts = on_interrupt == "retry";
  if (const Value* resources = params.find("resources"); resources && resources->is_dict()) {
    for (const Dict::Entry& entry : resources->as_entries()) {
      submission.resources[std::string(entry.key.as_text())] = entry.value.as_int();
    }
  }
  if (const Value* timeout = params.find("timeout"); timeout && !timeout->is_none()) {
    submission.timeout = param_duration(*timeout);
    if (submission.timeout <= Duration::zero()) return refuse("timeout: must be more than nothing");
  }
  const std::string failed_inputs = text_of(params, "failed_inputs");
  if (!failed_inputs.empty() && failed_inputs != "skip" && failed_inputs != "default") {
    return refuse("failed_inputs: must be 'skip' or 'default', not '" + failed_inputs + "'");
  }
  if (failed_inputs == "default") submission.failed_inputs = FailedInputs::kDefault;
  submission.fail_fast = switch_of(params, "fail_fast");
  submission.init_only = switch_of(params, "init_only");
  if (const auto seed = number_of(params, "seed")) submission.seed = static_cast<std::uint64_t>(*seed);
  return std::nullopt;
}

}  // namespace

Duration param_duration(const Value& value) {
  constexpr double kLongest = 100.0 * 365 * 24 * 3600;
  if (value.is_text()) {
    const Result<Duration> read = parse_duration(value.as_text());
    return read ? *read : Duration::zero();
  }
  const double seconds = value.is_float() ? value.as_float()
                         : value.is_int() ? static_cast<double>(value.as_int())
                                          : 0;
  if (!(seconds > 0)) return Duration::zero();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, kLongest)));
}

std::variant<Submission, RpcError> read_submission(const Dict& params, const std::string* stored) {
  Submission submission;
  submission.description = text_of(params, "description");
  submission.key = text_of(params, "key");
  if (const Value* info = params.find("info")) submission.info = *info;
  if (json_size(submission.info, kLargestInfo) > kLargestInfo) return refuse("info: is larger than 64 KiB");
  for (const char* name : {"path", "directory"}) {
    if (has_zero_byte(text_of(params, name)))
      return refuse(std::string(name) + ": must not contain a zero byte");
  }
  for (const char* name : {"description", "key", "name", "path", "queue", "directory"}) {
    if (text_of(params, name).size() > kLongestText)
      return refuse(std::string(name) + ": is longer than 4096 bytes");
  }
  const Value* overrides = params.find("params");
  const Value* hooks = params.find("hooks");
  std::optional<RpcError> error = read_plan(params, submission);
  if (!error && overrides) error = read_overrides(*overrides, submission.overrides);
  if (!error && hooks) error = read_hooks(*hooks, submission.hooks);
  if (!error) error = read_environment(params, submission.environment);
  if (!error) error = read_document(params, stored, submission);
  if (error) return std::move(*error);
  return submission;
}

std::string stored_request(const Dict& params) {
  Dict kept = params;
  kept.erase("workflow");
  std::string text;
  append_json(text, kept, NonFinite::kBare);
  return text;
}

std::string submission_digest(std::string_view workflow, std::string_view request) {
  // FNV-1a: it only has to tell a mistake from a repetition.
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  };
  add(workflow);
  add(std::string_view("\0", 1));
  add(request);
  return std::to_string(hash);
}

RunOptions run_options(const Submission& submission) {
  RunOptions options;
  options.workflow_path = submission.path;
  options.init_only = submission.init_only;
  options.fail_fast = submission.fail_fast;
  options.failed_inputs = submission.failed_inputs;
  options.seed = submission.seed;
  options.environment = submission.environment;
  return options;
}

}  // namespace vnode
