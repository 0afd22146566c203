#include "apps/vnode/client/submission_texts.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/settings/params_file.h"
#include "apps/vnode/settings/path_map_file.h"
#include "apps/vnode/settings/run_resources.h"
#include "apps/vnode/settings/state_places.h"
#include "base/command_words.h"
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

/// What is named last counts.
template <class Item>
void set_named(std::vector<std::pair<std::string, Item>>& items, std::string name, Item item) {
  const auto named = std::find_if(items.begin(), items.end(),
                                  [&name](const auto& candidate) { return candidate.first == name; });
  if (named == items.end()) {
    items.emplace_back(std::move(name), std::move(item));
  } else {
    named->second = std::move(item);
  }
}

Result<void> add_info(Submission& submission, const std::vector<std::string>& assignments) {
  const auto info = read_info(assignments);
  if (!info) return info.error();
  for (const auto& [name, value] : *info) {
    if (!submission.info) submission.info.emplace();
    submission.info->set(Value(name), Value(value));
  }
  return {};
}

/// A value a line; or a JSON list, as a text.
void add_values_of_file(Dict& map, const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '[') return map.set("text", text.substr(first));
  std::vector<Value> values;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) values.emplace_back(std::move(line));
    at = end + 1;
  }
  map.set("values", Value::list(std::move(values)));
}

Result<void> add_map(std::optional<Dict>& map, const SubmissionTexts& texts) {
  if (texts.map.empty()) {
    if (texts.chunk) return usage_error("--chunk is for --map, which says what there are chunks of");
    return {};
  }
  const Result<Assignment> assignment = split_assignment(texts.map, "--map NAME=VALUES");
  if (!assignment) return assignment.error();
  map.emplace();
  map->set("target", assignment->name);
  const std::string& value = assignment->value;
  if (value.starts_with('@') && !value.starts_with("@@")) {
    const Result<TextFile> file = read_text_file(value.substr(1));
    if (!file) return file.error();
    add_values_of_file(*map, file->text);
  } else {
    map->set("text", value.starts_with("@@") ? value.substr(1) : value);
  }
  if (texts.chunk) map->set("chunk", *texts.chunk);
  return {};
}

Result<void> add_ids(std::vector<std::string>& ids, const std::vector<std::string>& lists,
                     const std::string& option) {
  for (const std::string& list : lists) {
    for (std::size_t at = 0; at <= list.size();) {
      const std::size_t end = std::min(list.find(',', at), list.size());
      if (end == at) return usage_error(option + " " + list + ": write ids with commas between them");
      ids.push_back(list.substr(at, end - at));
      at = end + 1;
    }
  }
  return {};
}

Result<void> add_resources(NamedAmounts& resources, const std::vector<std::string>& assignments) {
  for (const std::string& text : assignments) {
    const Result<NamedAmount> amount = parse_resource(text);
    if (!amount) return amount.error();
    set_named(resources, amount->first, amount->second);
  }
  return {};
}

/// A text as typed; @FILE is read here, since the path means something here.
Result<std::string> parameter_text(const std::string& typed) {
  if (!typed.starts_with('@') || typed.starts_with("@@")) return typed;
  Result<TextFile> file = read_text_file(typed.substr(1));
  if (!file) return file.error();
  return file->text.starts_with('@') ? "@" + file->text : std::move(file->text);
}

Result<void> add_parameters(std::vector<Override>& params, const SubmissionTexts& texts) {
  Result<std::vector<Override>> read = read_parameters(texts.params_file, texts.parameters);
  if (!read) return read.error();
  params = std::move(*read);
  for (Override& override : params) {
    auto* typed = std::get_if<std::string>(&override.value);
    if (!typed) continue;
    Result<std::string> text = parameter_text(*typed);
    if (!text) return text.error();
    *typed = std::move(*text);
  }
  return {};
}

Result<void> add_path_map(std::optional<Dict>& rules, const std::string& file) {
  if (file.empty()) return {};
  const Result<Value> document = read_path_map_file(file);
  if (!document) return document.error();
  rules = document->as_dict();
  return {};
}

Result<void> add_environment(NamedTexts& variables, const SubmissionTexts& texts) {
  for (char** entry = environ; texts.passes_environment && entry && *entry; ++entry) {
    const Result<Assignment> variable = split_assignment(*entry, "");
    if (variable) set_named(variables, variable->name, variable->value);
  }
  for (const std::string& text : texts.environment) {
    if (text.find('=') == std::string::npos && !text.empty()) {
      const char* value = std::getenv(text.c_str());
      if (!value) return usage_error("--env " + text + ": there is no such variable here; write NAME=VALUE");
      set_named(variables, text, std::string(value));
      continue;
    }
    const Result<Assignment> assignment = split_assignment(text, "--env NAME=VALUE, or NAME");
    if (!assignment) return assignment.error();
    set_named(variables, assignment->name, assignment->value);
  }
  return {};
}

/// The daemon keeps variables on its disk: one that has a secret in it, as the address of a database has its
/// password, becomes a secret, too.
Result<void> add_secrets(Submission& submission, const SecretOptions& options) {
  Result<Secrets> secrets = collect_secrets({}, options);
  if (!secrets) return secrets.error();
  const SecretMask mask(*secrets);
  NamedTexts& variables = submission.environment;
  for (const auto& [name, value] : variables) {
    const bool is_secret = std::any_of(secrets->begin(), secrets->end(),
                                       [&name = name](const auto& secret) { return secret.first == name; });
    if (!is_secret && mask.is_in(value) && check_secret(name, value)) set_secret(*secrets, name, value);
  }
  std::erase_if(variables, [&secrets](const auto& variable) {
    return std::any_of(secrets->begin(), secrets->end(),
                       [&variable](const auto& secret) { return secret.first == variable.first; });
  });
  submission.secrets = std::move(*secrets);
  return {};
}

Result<void> add_hook(std::vector<Hook>& hooks, Hook hook, const std::string& option) {
  const std::string problem = problem_of(hook);
  if (!problem.empty()) return usage_error(option + ": " + problem);
  hooks.push_back(std::move(hook));
  return {};
}

Result<void> add_hooks(std::vector<Hook>& hooks, const SubmissionTexts& texts) {
  for (const std::string& text : texts.hook_commands) {
    Result<std::vector<std::string>> words = split_command(text);
    if (!words) return usage_error("--hook-command: " + words.error().message);
    Result<void> added = add_hook(hooks, {.command = std::move(*words)}, "--hook-command");
    if (!added) return added;
  }
  for (const std::string& url : texts.hook_urls) {
    if (Result<void> added = add_hook(hooks, {.url = url}, "--hook-url"); !added) return added;
  }
  return {};
}

/// The current folder means nothing to a daemon on another machine: there its own is the one.
Result<void> complete_directory(std::string& directory, bool is_elsewhere) {
  if (!is_elsewhere) {
    std::error_code error;
    directory = directory.empty() ? std::filesystem::current_path(error).string() : absolute_path(directory);
    if (directory.empty()) return usage_error("the current folder is gone; give --directory");
  } else if (!directory.empty() && directory.front() != '/') {
    return usage_error(
        "--directory is a folder of the daemon's machine with --connect: give it from the root on");
  }
  return {};
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> read_info(
    const std::vector<std::string>& assignments) {
  std::vector<std::pair<std::string, std::string>> info;
  for (const std::string& text : assignments) {
    Result<Assignment> assignment = split_assignment(text, "--info KEY=VALUE");
    if (!assignment) return assignment.error();
    info.emplace_back(std::move(assignment->name), std::move(assignment->value));
  }
  return info;
}

Result<void> complete_submission(Submission& submission, const SubmissionTexts& texts) {
  Result<void> done = complete_directory(submission.directory, texts.is_elsewhere);
  if (!submission.cache.empty() && !texts.is_elsewhere) submission.cache = absolute_path(submission.cache);
  if (done && !submission.cache.empty() && submission.cache.front() != '/')
    done =
        usage_error("--cache is a folder of the daemon's machine with --connect: give it from the root on");
  if (done) done = add_parameters(submission.params, texts);
  if (done) done = add_path_map(submission.path_map, texts.path_map_file);
  if (done) done = add_map(submission.map, texts);
  if (done) done = add_ids(submission.after, texts.after, "--after");
  if (done) done = add_ids(submission.after_any, texts.after_any, "--after-any");
  if (done) done = add_info(submission, texts.info);
  if (done) done = add_resources(submission.resources, texts.resources);
  if (done) done = add_environment(submission.environment, texts);
  if (done) done = add_secrets(submission, texts.secrets);
  if (done) done = add_hooks(submission.hooks, texts);
  return done;
}

Result<Problems> add_workflow(Submission& submission, const std::string& file, std::size_t most,
                              bool is_elsewhere, const WorkflowReadingOptions& options,
                              const RegistrySource& registry) {
  Result<WorkflowSource> source = read_workflow_source(file, options, registry);
  if (!source) return source.error();
  if (has_errors(source->problems)) return std::move(source->problems);
  const bool is_as_it_stands = !source->is_yaml() && options.encoding.empty() && file != "-";
  if (source->text.size() > most && is_as_it_stands && !is_elsewhere) {
    submission.path = absolute_path(file);
    return Problems();  // who reads it says what is odd about it
  }
  const Result<Value> document = parse_json(source->text);
  if (!document) return document.error();
  if (!document->is_dict()) {
    return Error{ErrorCode::kBadDocument, "a workflow is a JSON object, not " + describe_found(*document)};
  }
  submission.workflow = document->as_dict();
  submission.name = shown_name(file);
  return std::move(source->problems);
}

}  // namespace vnode
