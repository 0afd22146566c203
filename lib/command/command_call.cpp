#include "command/command_call.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

Result<void> add_shell_words(const ShellText& shell, const ValueOf& value_of, CommandCall& call) {
  call.words = {"/bin/sh", "-c", shell.script, "sh"};
  for (const ShellText::Parameter& parameter : shell.parameters) {
    Result<std::string> text = text_for_program(value_of(parameter.port), parameter.port, parameter.is_path);
    if (!text) return text.error();
    call.words.push_back(std::move(*text));
  }
  return {};
}

/// Nullopt when it is nothing but an input without a value.
Result<std::optional<std::string>> fill_optional(const TextTemplate& text, const ValueOf& value_of) {
  const std::string* port = text.lone_port();
  const bool is_secret = port && port->starts_with(kSecretPrefix);  // (without a value it is a mistake)
  if (port && !is_secret && value_of(*port).is_none()) return std::optional<std::string>();
  Result<std::string> filled = text.fill(value_of);
  if (!filled) return filled.error();
  return std::optional(std::move(*filled));
}

bool has_nul(const std::string& text) { return text.find('\0') != text.npos; }

}  // namespace

Result<CommandCall> make_call(const CommandDefinition& definition, const ValueOf& value_of) {
  CommandCall call;
  if (definition.shell) {
    if (Result<void> added = add_shell_words(*definition.shell, value_of, call); !added) return added.error();
  }
  for (const CommandPart& part : definition.command) {
    if (!part.when.empty() && !truthy(value_of(part.when))) continue;
    for (const TextTemplate& word : part.words) {
      if (Result<void> added = word.append_words(value_of, call.words); !added) return added.error();
    }
  }
  for (const auto& [name, text] : definition.environment) {
    Result<std::optional<std::string>> value = fill_optional(text, value_of);
    if (!value) return value.error();
    if (*value) call.environment.emplace_back(name, std::move(**value));
  }
  Result<std::optional<std::string>> directory = fill_optional(definition.directory, value_of);
  if (!directory) return directory.error();
  call.directory = directory->value_or("");
  if (definition.input) {
    Result<std::optional<std::string>> input = fill_optional(*definition.input, value_of);
    if (!input) return input.error();
    call.input = std::move(*input);
  }
  if (Result<void> checked = check_call(call); !checked) return checked.error();
  return call;
}

Result<void> check_call(const CommandCall& call) {
  const auto bad = [](std::string message) { return Error{ErrorCode::kInvalidValue, std::move(message)}; };
  if (call.words.empty() || call.words.front().empty()) return bad("the command is empty");
  for (std::size_t i = 0; i < call.words.size(); ++i) {
    if (has_nul(call.words[i])) return bad("word " + std::to_string(i) + " of the command has a NUL in it");
  }
  for (const auto& [name, value] : call.environment) {
    if (name.empty() || name.find('=') != name.npos || has_nul(name)) {
      return bad("'" + replace_invalid_utf8(name) + "' cannot be the name of a variable");
    }
    if (has_nul(value)) return bad("the variable " + name + " has a NUL in it");
  }
  if (has_nul(call.directory)) return bad("the working directory has a NUL in it");
  return {};
}

std::string command_text(const std::vector<std::string>& words, std::size_t most) {
  constexpr std::string_view kPlain = "-_./:=,+@%";
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    if (text.size() > most) return text + "...";
    const bool is_plain = !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || kPlain.find(c) != kPlain.npos;
    });
    std::string shown = replace_invalid_utf8(std::string_view(word).substr(0, most));
    if (shown.size() < word.size()) shown += "...";
    if (is_plain) {
      text += shown;
      continue;
    }
    text += '\'';
    for (const char c : shown) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

}  // namespace vnode
