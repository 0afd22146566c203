#include "apps/vnode/submission_params.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "apps/vnode/command_words.h"
#include "apps/vnode/params_file.h"
#include "apps/vnode/state_places.h"
#include "apps/vnode/workflow_loading.h"
#include "base/text_file.h"
#include "model/json_reader.h"
#include "model/lenient.h"

namespace vnode {
namespace {

struct Assignment {
  std::string name;
  std::string value;
};

/// NAME=VALUE, split at the first '='.
Result<Assignment> split_assignment(const std::string& text, const std::string& form) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return usage_error("'" + text + "': write " + form);
  return Assignment{text.substr(0, equals), text.substr(equals + 1)};
}

Result<Value> text_map(const std::vector<std::string>& assignments, const std::string& form) {
  Dict map;
  for (const std::string& text : assignments) {
    const Result<Assignment> assignment = split_assignment(text, form);
    if (!assignment) return assignment.error();
    map.set(Value(assignment->name), Value(assignment->value));
  }
  return Value(std::move(map));
}

Result<Value> resource_map(const std::vector<std::string>& assignments) {
  Dict map;
  for (const std::string& text : assignments) {
    const Result<Assignment> assignment = split_assignment(text, "-r NAME=N");
    if (!assignment) return assignment.error();
    std::int64_t amount = 0;
    const char* end = assignment->value.data() + assignment->value.size();
    const auto parsed = std::from_chars(assignment->value.data(), end, amount);
    if (parsed.ec != std::errc() || parsed.ptr != end || amount < 1) {
      return usage_error("-r '" + text + "': N must be a whole number from 1");
    }
    map.set(Value(assignment->name), Value(amount));
  }
  return Value(std::move(map));
}

/// A text as typed; @FILE is read here, since the path means something here.
Result<std::string> parameter_text(const std::string& typed) {
  if (!typed.starts_with('@') || typed.starts_with("@@")) return typed;
  Result<TextFile> file = read_text_file(typed.substr(1));
  if (!file) return file.error();
  return file->text.starts_with('@') ? "@" + file->text : std::move(file->text);
}

Result<Value> parameter_list(const SubmissionOptions& options) {
  std::vector<Override> overrides;
  if (!options.params_file.empty()) {
    Result<std::vector<Override>> read = read_params_file(options.params_file);
    if (!read) return read.error();
    overrides = std::move(*read);
  }
  for (const std::string& text : options.parameters) {
    Result<Override> parsed = parse_parameter(text);
    if (!parsed) return parsed.error();
    overrides.push_back(std::move(*parsed));
  }
  std::vector<Value> list;
  for (const Override& override : overrides) {
    Dict item = {{"target", Value(override.target)}};
    if (override.port) item.set("port", *override.port);
    if (const Value* value = std::get_if<Value>(&override.value)) {
      item.set("value", *value);
    } else {
      const Result<std::string> text = parameter_text(std::get<std::string>(override.value));
      if (!text) return text.error();
      item.set("text", *text);
    }
    list.emplace_back(std::move(item));
  }
  return Value::list(std::move(list));
}

Result<Value> environment_map(const SubmissionOptions& options) {
  Dict map;
  for (char** entry = environ; options.passes_environment && entry && *entry; ++entry) {
    const Result<Assignment> variable = split_assignment(*entry, "");
    if (variable) map.set(Value(variable->name), Value(variable->value));
  }
  for (const std::string& text : options.environment) {
    if (text.find('=') == std::string::npos && !text.empty()) {
      const char* value = std::getenv(text.c_str());
      if (!value) return usage_error("--env " + text + ": there is no such variable here; write NAME=VALUE");
      map.set(Value(text), Value(value));
      continue;
    }
    const Result<Assignment> assignment = split_assignment(text, "--env NAME=VALUE, or NAME");
    if (!assignment) return assignment.error();
    map.set(Value(assignment->name), Value(assignment->value));
  }
  return Value(std::move(map));
}

Result<Value> hook_list(const SubmissionOptions& options) {
  std::vector<Value> hooks;
  for (const std::string& text : options.hook_commands) {
    const Result<std::vector<std::string>> words = split_command(text);
    if (!words) return usage_error("--hook-command: " + words.error().message);
    hooks.emplace_back(Dict{{"command", Value::list(std::vector<Value>(words->begin(), words->end()))}});
  }
  for (const std::string& url : options.hook_urls) hooks.emplace_back(Dict{{"url", Value(url)}});
  return Value::list(std::move(hooks));
}

bool is_empty(const Value& value) {
  return value.is_list() ? value.as_list().empty() : value.as_entries().empty();
}

/// The parts that are lists and maps; empty ones are not sent.
Result<void> add_collections(Dict& params, const SubmissionOptions& options) {
  const std::pair<std::string_view, Result<Value>> parts[] = {
      {"params", parameter_list(options)},
      {"info", text_map(options.info, "--info KEY=VALUE")},
      {"resources", resource_map(options.resources)},
      {"environment", environment_map(options)},
      {"hooks", hook_list(options)}};
  for (const auto& [name, value] : parts) {
    if (!value) return value.error();
    if (!is_empty(*value)) params.set(name, *value);
  }
  return {};
}

/// The current folder means nothing to a daemon on another machine: there its own is the one.
Result<void> add_directory(Dict& params, const SubmissionOptions& options) {
  std::string directory = options.directory;
  if (!options.is_elsewhere) {
    std::error_code error;
    directory = directory.empty() ? std::filesystem::current_path(error).string() : absolute_path(directory);
    if (directory.empty()) return usage_error("the current folder is gone; give --directory");
  } else if (!directory.empty() && directory.front() != '/') {
    return usage_error(
        "--directory is a folder of the daemon's machine with --connect: give it from the root on");
  }
  if (!directory.empty()) params.set("directory", Value(directory));
  return {};
}

}  // namespace

Result<Dict> submission_params(const SubmissionOptions& options) {
  Dict params;
  if (const Result<void> added = add_directory(params, options); !added) return added.error();
  const std::pair<std::string_view, const std::string&> texts[] = {{"queue", options.queue},
                                                                   {"key", options.key},
                                                                   {"on_interrupt", options.on_interrupt},
                                                                   {"description", options.description},
                                                                   {"failed_inputs", options.failed_inputs}};
  for (const auto& [name, text] : texts) {
    if (!text.empty()) params.set(name, text);
  }
  if (options.priority) params.set("priority", Value(*options.priority));
  if (options.retries) params.set("retries", Value(*options.retries));
  if (options.seed) params.set("seed", Value(*options.seed));
  if (options.timeout) {
    params.set("timeout", Value(std::chrono::duration<double>(*options.timeout).count()));
  }
  if (options.fail_fast) params.set("fail_fast", Value(true));
  if (options.init_only) params.set("init_only", Value(true));
  if (const Result<void> added = add_collections(params, options); !added) return added.error();
  return params;
}

Result<void> add_workflow(Dict& params, const std::string& file, std::size_t most, bool is_elsewhere) {
  Result<TextFile> text = read_text_file(file);
  if (!text) return text.error();
  if (text->text.size() > most) {
    if (file == "-") {
      return usage_error("the workflow on standard input is too large to be sent (" +
                         std::to_string(text->text.size()) + " bytes); submit it as a file");
    }
    if (is_elsewhere) {
      return usage_error(file + " is too large to be sent (" + std::to_string(text->text.size()) + " bytes)");
    }
    params.set("path", absolute_path(file));
    return {};
  }
  Result<Value> document = parse_json(text->text);
  if (!document) return document.error();
  if (!document->is_dict()) {
    return Error{ErrorCode::kBadDocument, "a workflow is a JSON object, not " + describe_found(*document)};
  }
  params.set("workflow", std::move(*document));
  params.set("name", shown_name(file));
  return {};
}

}  // namespace vnode
