#include "apps/vnode/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "apps/vnode/command_table.h"
#include "apps/vnode/print.h"
#include "base/text.h"

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
      "\n'vnode COMMAND --help' describes a command; 'vnode --version' prints the version.\n"
      "Data goes to standard output, everything else to standard error.\n";
  return text;
}

ExitCode refuse(Diagnostics& diagnostics, const std::string& message, const std::string& help_of) {
  diagnostics.error(message);
  write_to_stderr("Try '" + help_of + " --help'.\n");
  return kExitUsage;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_word(word, candidates);
  return nearest.empty() ? std::string() : "; did you mean '" + nearest + "'?";
}

ExitCode refuse_command(std::string_view name, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const Command& command : command_table()) known.emplace_back(command.name);
  return refuse(diagnostics, "unknown command '" + std::string(name) + "'" + did_you_mean(name, known),
                "vnode");
}

/// Breaks lines between words, so that the help of an option fits beside its name on 80 columns.
std::string wrapped(const std::string& text) {
  constexpr std::size_t kColumns = 49;
  std::string out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::size_t size = end - at;
    const bool breaks = column > 0 && column + 1 + size > kColumns;
    if (column > 0) out += breaks ? '\n' : ' ';
    out.append(text, at, size);
    column = breaks || column == 0 ? size : column + 1 + size;
    at = end + 1;
  }
  return out;
}

void wrap_descriptions(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) option->description(wrapped(option->get_description()));
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) wrap_descriptions(*sub);
}

/// The subcommand that the words on the command line led to.
const CLI::App* innermost(const CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

ExitCode refuse_extra(const CLI::App& app, const std::vector<std::string>& extra, const std::string& help_of,
                      Diagnostics& diagnostics) {
  // An unknown option explains the words behind it, so it is the one to name.
  const auto option = std::find_if(extra.begin(), extra.end(), [](const std::string& word) {
    return word.size() > 1 && word.front() == '-';
  });
  if (option == extra.end()) {
    std::vector<std::string> subcommands;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
      subcommands.push_back(sub->get_name());
    }
    return refuse(diagnostics,
                  "unexpected argument '" + extra.front() + "'" + did_you_mean(extra.front(), subcommands),
                  help_of);
  }
  std::vector<std::string> known;
  for (const CLI::Option* candidate : app.get_options()) {
    for (const std::string& name : candidate->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = option->substr(0, option->find('='));
  return refuse(diagnostics, "unknown option '" + name + "'" + did_you_mean(name, known), help_of);
}

ExitCode run_command(const Command& command, int argc, const char* const* argv, Diagnostics& diagnostics) {
  const std::string name = "vnode " + std::string(command.name);
  CLI::App app{std::string(command.summary), name};
  app.allow_extras();
  bool verbose = false;
  app.add_flag("--verbose", verbose, "Say on standard error what the program does");
  const CommandAction action = command.set_up(app);
  const auto help_name = [&] {
    return innermost(&app) == &app ? name : name + " " + innermost(&app)->get_name();
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    wrap_descriptions(app);
    return print(app.help(), diagnostics);
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> extra = app.remaining(true);
    if (!extra.empty()) return refuse_extra(*innermost(&app), extra, help_name(), diagnostics);
    return refuse(diagnostics, error.what(), help_name());
  }
  const std::vector<std::string> extra = app.remaining(true);
  if (!extra.empty()) return refuse_extra(*innermost(&app), extra, help_name(), diagnostics);
  diagnostics.set_verbose(verbose);
  return action(diagnostics);
}

}  // namespace

ExitCode run_command_line(int argc, const char* const* argv, Diagnostics& diagnostics) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "--version" || word == "-V") return print("vnode " VNODE_VERSION "\n", diagnostics);
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
    return refuse(diagnostics, "unknown option '" + std::string(word) + "'; a command comes first", "vnode");
  }
  const Command* command = find_command(word);
  return command ? run_command(*command, argc - 1, argv + 1, diagnostics) : refuse_command(word, diagnostics);
}

}  // namespace vnode
