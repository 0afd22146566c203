#include "apps/vnode/commands/command_line.h"

#include <algorithm>
#include <string>
#include <vector>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/completion/completer.h"
#include "apps/vnode/completion/shell_word.h"
#include "apps/vnode/options/command_parser.h"
#include "apps/vnode/terminal/print.h"
#include "base/spelling.h"

namespace vnode {
namespace {

std::string program_help() {
  std::string text =
      "vnode runs node-graph workflows without the editor.\n\n"
      "Usage: vnode COMMAND [OPTIONS]\n\nCommands:\n";
  for (const Command& command : command_table()) {
    std::string line = "  " + std::string(command.name);
    line.resize(std::max<std::size_t>(line.size() + 2, 14), ' ');
    text += line + std::string(command.summary) + "\n";
  }
  text +=
      "\nTo begin: 'vnode init shot.yaml' writes a workflow, 'vnode run shot.yaml' runs it.\n"
      "'vnode COMMAND --help' describes a command; 'vnode --version' prints the version.\n"
      "Data goes to standard output, everything else to standard error.\n";
  return text;
}

ExitCode refuse(const UsageMistake& mistake, Diagnostics& diagnostics) {
  diagnostics.error(mistake.message);
  write_to_stderr("Try '" + mistake.command + " --help'.\n");
  return kExitUsage;
}

ExitCode refuse_command(std::string_view name, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const Command& command : command_table()) known.emplace_back(command.name);
  const std::string hint = spelling_hint(name, known);
  return refuse({with_hint("unknown command '" + std::string(name) + "'", hint), "vnode"}, diagnostics);
}

ExitCode run_command(const Command& command, int argc, const char* const* argv, Diagnostics& diagnostics) {
  const CommandSpec spec = command_spec(command);
  const CommandReading reading = read_command_line(spec, "vnode", argc, argv);
  if (const auto* help = std::get_if<HelpText>(&reading)) return print(help->text, diagnostics);
  if (const auto* mistake = std::get_if<UsageMistake>(&reading)) return refuse(*mistake, diagnostics);
  const auto& parsed = std::get<ParsedCommand>(reading);
  diagnostics.set_verbose(parsed.is_verbose);
  return (*parsed.action)(diagnostics);
}

/// What the scripts of `vnode completion` ask, whenever somebody presses the key: the words as they were
/// typed.
ExitCode print_completion(int count, const char* const* typed, Diagnostics& diagnostics) {
  CommandSpec program = program_spec();
  CommandSpec help{.name = "help", .summary = "Describe a command"};
  std::vector<std::string> names;
  for (const CommandSpec& command : program.subcommands) names.push_back(command.name);
  help.options.push_back({.names = "COMMAND", .choices = std::move(names)});
  program.subcommands.push_back(std::move(help));
  program.options.push_back(
      {.names = "-V,--version", .help = "Print the version", .arity = OptionSpec::Arity::kSwitch});
  std::vector<std::string> words;
  for (int i = 0; i < count; ++i) words.push_back(unquoted_word(typed[i]));
  return print(completion_text(complete(program, words)), diagnostics);
}

}  // namespace

ExitCode run_command_line(int argc, const char* const* argv, Diagnostics& diagnostics) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "__complete") return print_completion(argc - 2, argv + 2, diagnostics);
  if (word == "--version" || word == "-V" || word == "version")
    return print("vnode " VNODE_VERSION "\n", diagnostics);
  if (word == "--help" || word == "-h") return print(program_help(), diagnostics);
  if (word == "help") {
    if (argc == 2) return print(program_help(), diagnostics);
    const Command* command = find_command(argv[2]);
    const char* const arguments[] = {argv[2], "--help"};
    return command ? run_command(*command, 2, arguments, diagnostics) : refuse_command(argv[2], diagnostics);
  }
  if (word.empty()) {
    write_to_stderr(program_help());
    return kExitUsage;
  }
  if (word.starts_with("-")) {
    return refuse({"unknown option '" + std::string(word) + "'; a command comes first", "vnode"},
                  diagnostics);
  }
  const Command* command = find_command(word);
  return command ? run_command(*command, argc - 1, argv + 1, diagnostics) : refuse_command(word, diagnostics);
}

}  // namespace vnode
