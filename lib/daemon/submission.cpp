#include "daemon/submission.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/descriptor_room.h"
#include "base/secret_mask.h"
#include "base/text_file.h"
#include "engine/run.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// Of priorities and retries: beyond what anybody needs, and far from the limits of their types.
constexpr std::int64_t kLargest = 1'000'000;

/// What is kept in memory for each pending run, and told in each reply.
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLargestInfo = 64 * 1024;

using Refusal = std::optional<RpcError>;

RpcError refuse(std::string message) {
  return {RpcErrorCode::kInvalidParams, "invalid_params", std::move(message)};
}

RpcError unreadable(std::string message) { return {RpcErrorCode::kServer, "unreadable", std::move(message)}; }

/// The system would take what is before it.
bool has_zero_byte(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool is_relative(std::string_view path) { return !path.empty() && path.front() != '/'; }

Refusal check_texts(const Submission& given) {
  const std::pair<std::string_view, const std::string&> texts[] = {
      {"path", given.path},  {"directory", given.directory}, {"description", given.description},
      {"key", given.key},    {"name", given.name},           {"queue", given.queue},
      {"cache", given.cache}};
  for (const auto& [name, text] : texts) {
    const bool is_path = name == "path" || name == "directory" || name == "cache";
    if (is_path && has_zero_byte(text)) return refuse(std::string(name) + ": must not contain a zero byte");
    if (text.size() > kLongestText) return refuse(std::string(name) + ": is longer than 4096 bytes");
  }
  if (is_relative(given.directory)) return refuse("directory: must be an absolute path");
  if (is_relative(given.cache)) return refuse("cache: must be an absolute path");
  if (given.on_interrupt == "resume" && !given.journal.value_or(true))
    return refuse("on_interrupt: a run without a journal cannot be resumed");
  if (given.info && json_size(*given.info, kLargestInfo) > kLargestInfo) {
    return refuse("info: is larger than 64 KiB");
  }
  return std::nullopt;
}

Refusal check_numbers(const Submission& given) {
  const std::int64_t priority = given.priority.value_or(0);
  if (priority < -kLargest || priority > kLargest) {
    return refuse("priority: must be from -1000000 to 1000000");
  }
  if (given.node_retries.value_or(0) > kMostRetries) {
    return refuse("node_retries: must be at most " + std::to_string(kMostRetries));
  }
  if (given.retries.value_or(0) > kLargest) return refuse("retries: must be at most 1000000");
  if (given.timeout && *given.timeout <= Duration::zero()) {
    return refuse("timeout: must be more than nothing");
  }
  return std::nullopt;
}

Refusal check_processes(const Submission& given) {
  for (const auto& [name, value] : given.environment) {
    if (name.empty() || name.find_first_of(std::string("=\0", 2)) != std::string::npos) {
      return refuse("environment: '" + name + "' is no name of a variable");
    }
    if (has_zero_byte(value)) {
      return refuse("environment: the value of '" + name + "' must not contain a zero byte");
    }
  }
  for (const auto& [name, value] : given.secrets) {
    if (const Result<void> checked = check_secret(name, value); !checked)
      return refuse("secrets: " + checked.error().message);
  }
  for (const Hook& hook : given.hooks) {
    const std::string problem = problem_of(hook);
    if (!problem.empty()) return refuse("hooks: " + problem);
    if (std::any_of(hook.command.begin(), hook.command.end(), has_zero_byte)) {
      return refuse("hooks: a command must not contain a zero byte");
    }
  }
  return std::nullopt;
}

Refusal read_path_map(CheckedSubmission& submission) {
  if (!submission.given.path_map) return std::nullopt;
  Result<PathMap> map = PathMap::read(*submission.given.path_map);
  if (!map) return refuse("path_map: " + describe(map.error()));
  submission.path_map = std::make_shared<PathMap>(std::move(*map));
  return std::nullopt;
}

Refusal read_document(const std::string& path, const SubmissionSource& source,
                      CheckedSubmission& submission) {
  if (path.empty()) return refuse("one of 'workflow' and 'path' is needed");
  if (is_relative(path)) return refuse("path: must be an absolute path");
  struct stat status = {};
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return unreadable(path + " is no plain file");
  }
  if (status.st_size > 0 && static_cast<std::size_t>(status.st_size) > source.largest_file) {
    return unreadable(path + " is too large: " + std::to_string(source.largest_file) +
                      " bytes at most (max_submission_bytes)");
  }
  Result<TextFile> file = read_text_file(path, source.encoding);
  if (!file && !has_descriptors(1)) return RpcError{RpcErrorCode::kServer, "too_busy", no_descriptors_text()};
  if (!file) return unreadable("the daemon cannot read " + path + ": " + file.error().message);
  submission.document = std::move(file->text);
  submission.encoding_warning = std::move(file->warning);
  return std::nullopt;
}

}  // namespace

std::variant<CheckedSubmission, RpcError> check_submission(const Dict& params,
                                                           const SubmissionSource& source) {
  auto read = read_submission(params);
  if (auto* error = std::get_if<RpcError>(&read)) return std::move(*error);
  CheckedSubmission submission{.given = std::get<Submission>(std::move(read)), .document = {}};
  Submission& given = submission.given;
  Refusal refusal = check_texts(given);
  if (!refusal) refusal = check_numbers(given);
  // (What was accepted once stays so, whatever later versions make of it.)
  if (!refusal && !source.stored) refusal = check_processes(given);
  if (!refusal) refusal = read_path_map(submission);
  const std::optional<Dict> workflow = std::exchange(given.workflow, std::nullopt);
  if (source.stored) {
    submission.document = *source.stored;
  } else if (workflow) {
    append_json(submission.document, *workflow, NonFinite::kBare);
  } else if (!refusal) {
    refusal = read_document(given.path, source, submission);
  }
  if (refusal) return std::move(*refusal);
  if (given.queue.empty()) given.queue = "default";
  return submission;
}

bool names_large_file(const Dict& params, std::size_t size) {
  const Value* path = params.find("path");
  if (!path || !path->is_text() || params.find("workflow")) return false;
  struct stat status = {};
  return ::stat(std::string(path->as_text()).c_str(), &status) == 0 && status.st_size > 0 &&
         static_cast<std::size_t>(status.st_size) > size;
}

std::string stored_request(const Dict& params) {
  Dict kept = params;
  kept.erase("workflow");
  if (const Value* secrets = kept.find("secrets"); secrets && secrets->is_dict()) {
    Dict names;
    for (const DictEntry& secret : secrets->as_entries()) names.set(secret.key, Value(""));
    kept.set("secrets", Value(std::move(names)));
  }
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

std::shared_ptr<const Secrets> take_secrets(CheckedSubmission& submission) {
  NamedTexts& given = submission.given.secrets;
  if (given.empty()) return nullptr;
  auto secrets = std::make_shared<const Secrets>(given);
  for (auto& [name, value] : given) value.clear();
  return secrets;
}

RunOptions run_options(const CheckedSubmission& submission) {
  const Submission& given = submission.given;
  RunOptions options;
  options.workflow_path = submission.shown_workflow();
  options.init_only = given.init_only;
  options.fail_fast = given.fail_fast;
  if (given.failed_inputs == "default") options.failed_inputs = FailedInputs::kDefault;
  if (given.logged_errors == "report") options.logged_errors = LoggedErrors::kReport;
  options.limits = {.timeout = given.node_timeout, .idle_timeout = given.idle_timeout};
  if (given.node_retries) options.limits.retries = static_cast<int>(*given.node_retries);
  options.path_map = submission.path_map;
  options.resources = submission.demands();
  if (given.seed) options.seed = static_cast<std::uint64_t>(*given.seed);
  options.environment = {.working_directory = given.directory, .variables = given.environment};
  return options;
}

}  // namespace vnode
