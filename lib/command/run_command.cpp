#include "command/run_command.h"

#include <algorithm>

#include "base/command_words.h"
#include "command/command_ports.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

Error bad_input(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

std::shared_ptr<const CommandDefinition> shared_definition() {
  static const auto definition = [] {
    auto made = std::make_shared<CommandDefinition>();
    made->outputs.push_back({.port = "lines", .kind = OutputSource::Kind::kLines});
    return std::shared_ptr<const CommandDefinition>(std::move(made));
  }();
  return definition;
}

/// The words of a list, or of one text.
Result<std::vector<std::string>> words_of(const Value& command) {
  if (command.is_none()) return bad_input("'command' has no value");
  if (!command.is_list()) {
    Result<std::vector<std::string>> words = split_command(to_text(command));
    if (!words) return bad_input("the command " + words.error().message);
    return words;
  }
  std::vector<std::string> words;
  for (const Value& item : command.as_list()) {
    if (item.is_none()) return bad_input("word " + std::to_string(words.size()) + " of the command is None");
    words.push_back(to_text(item));
  }
  return words;
}

/// Where others of the machine can read it.
Error refuse_secret(std::string_view where) {
  return bad_input("{secret.NAME} cannot be given in '" + std::string(where) +
                   "': others could read it; 'environment' and 'stdin' take it");
}

class RunCommandPlanner {
 public:
  RunCommandPlanner(const std::vector<std::string>& further, const ValueOf& value_of)
      : names_(further), value_of_(value_of) {}

  Result<CommandPlan> plan() {
    CommandPlan plan{shared_definition()};
    plan.output_paths.resize(plan.definition->outputs.size());
    for (const auto step : {&RunCommandPlanner::add_words, &RunCommandPlanner::add_surroundings,
                            &RunCommandPlanner::add_conditions}) {
      if (Result<void> added = (this->*step)(plan); !added) return added.error();
    }
    if (Result<void> checked = check_call(plan.call); !checked) return checked.error();
    return plan;
  }

 private:
  Result<std::string> fill(const Value& value) const {
    return TextTemplate::parse_leniently(to_text(value), names_.with_secrets()).fill(value_of_);
  }

  Result<void> add_words(CommandPlan& plan) {
    const Value command = value_of_("command");
    if (truthy(value_of_("shell"))) {
      if (!command.is_text()) return bad_input("'command' must be one text when 'shell' is on");
      if (command.as_text().find_first_not_of(" \t\n") == std::string_view::npos)
        return bad_input("the command is empty");
      if (names_secret(command.as_text())) return refuse_secret("command");
      plan.call.words = {"/bin/sh", "-c", std::string(command.as_text())};
      return {};
    }
    Result<std::vector<std::string>> words = words_of(command);
    if (!words) return words.error();
    for (const std::string& word : *words) {
      if (names_secret(word)) return refuse_secret("command");
      const TextTemplate text = TextTemplate::parse_leniently(word, names_);
      if (Result<void> added = text.append_words(value_of_, plan.call.words); !added) return added;
    }
    return {};
  }

  Result<void> add_surroundings(CommandPlan& plan) {
    const Value directory = value_of_("directory"), input = value_of_("stdin"),
                environment = value_of_("environment");
    if (!directory.is_none()) {
      if (names_secret(to_text(directory))) return refuse_secret("directory");
      Result<std::string> text = fill(directory);
      if (!text) return text.error();
      plan.call.directory = std::move(*text);
    }
    if (!input.is_none()) {
      Result<std::string> text = fill(input);
      if (!text) return text.error();
      plan.call.input = std::move(*text);
    }
    if (environment.is_none()) return {};
    if (!environment.is_dict()) return bad_input("'environment' must be a dictionary");
    for (const DictEntry& entry : environment.as_entries()) {
      if (!entry.key.is_text()) return bad_input("'environment' has a name that is no text");
      if (entry.value.is_none()) continue;
      Result<std::string> text = fill(entry.value);
      if (!text) return text.error();
      plan.call.environment.emplace_back(entry.key.as_text(), std::move(*text));
    }
    return {};
  }

  Result<void> add_conditions(CommandPlan& plan) {
    const Value codes = value_of_("success_codes"), files = value_of_("expect_files");
    if (truthy(codes)) {
      if (!codes.is_list()) return bad_input("'success_codes' must be a list");
      plan.exit_codes.clear();
      for (const Value& item : codes.as_list()) {
        const Result<std::int64_t> code = to_int64(item);
        if (!code || *code < 0 || *code > 255)
          return bad_input("'success_codes' must be whole numbers from 0 to 255");
        plan.exit_codes.push_back(static_cast<int>(*code));
      }
    }
    if (truthy(files)) {
      if (!files.is_list()) return bad_input("'expect_files' must be a list");
      for (const Value& item : files.as_list()) {
        if (!item.is_text()) return bad_input("'expect_files' must be paths");
        plan.files.emplace_back(item.as_text());
      }
    }
    return {};
  }

  const PlaceholderNames names_;
  const ValueOf& value_of_;
};

/// What a file may have from the beginning, and what would fail the node otherwise.
void check_saved_input(std::string_view input, const Value& saved, const std::string& pointer,
                       Problems& problems) {
  if (input != "command" && input != "directory") return;
  const auto check = [&](const Value& text, const std::string& place) {
    if (!text.is_text() || !names_secret(text.as_text())) return;
    problems.push_back({.code = "bad_command", .pointer = place, .message = refuse_secret(input).message});
  };
  check(saved, pointer);
  if (!saved.is_list()) return;
  for (std::size_t i = 0; i < saved.as_list().size(); ++i)
    check(saved.as_list()[i], join_pointer(pointer, i));
}

}  // namespace

NodeType run_command_type(std::shared_ptr<NodeRuntime> runtime) {
  NodeDefinition definition{
      .node_id = "run_command",
      .name = "Run Command",
      .category = "Commands",
      .description =
          "Runs a program. 'command' is a list of words, or a text that is split into words as a shell "
          "splits it;"
          " with 'shell' it is one text for /bin/sh. Further inputs of any name may be saved or wired: "
          "{name} in"
          " 'command' (without 'shell'), 'directory', 'environment' and 'stdin' stands for them.",
      .inputs = {{.name = "command"},
                 {.name = "shell", .type = "bool"},
                 {.name = "stdin"},
                 {.name = "directory", .type = "string", .is_file_name = true},
                 {.name = "environment", .type = "dict"},
                 {.name = "success_codes", .type = "list"},
                 {.name = "expect_files", .type = "list", .is_file_name = true}},
      .outputs = {{.name = "lines", .type = "list"}}};
  normalise(definition);
  add_command_outputs(definition.outputs);
  NodeType type{.definition = std::move(definition), .runtime = std::move(runtime), .takes_any_input = true};
  type.check_saved = check_saved_input;
  return type;
}

Result<CommandPlan> plan_run_command(const std::vector<std::string>& further, const ValueOf& value_of) {
  return RunCommandPlanner(further, value_of).plan();
}

std::vector<std::string> further_inputs(const NodeDefinition& definition, const Dict& saved,
                                        const std::vector<std::string>& wired) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (name.empty() || name.starts_with("__") || definition.find_input(name) || definition.find_output(name))
      return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  };
  for (const DictEntry& entry : saved) {
    if (entry.key.is_text()) add(entry.key.as_text());
  }
  for (const std::string& name : wired) add(name);
  return names;
}

}  // namespace vnode
