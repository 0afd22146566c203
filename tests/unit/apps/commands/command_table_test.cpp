#include "apps/vnode/commands/command_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "apps/vnode/completion/typed_words.h"
#include "apps/vnode/options/command_parser.h"

namespace vnode {
namespace {

using Arity = OptionSpec::Arity;

void each_command(const std::function<void(const std::string& path, const CommandSpec&)>& visit) {
  for (const CommandSpec& command : program_spec().subcommands) {
    if (command.subcommands.empty()) visit(command.name, command);
    for (const CommandSpec& sub : command.subcommands) visit(command.name + " " + sub.name, sub);
  }
}

/// What an option is, whatever the command: its names, and what its word is called.
std::string meaning(const OptionSpec& option) {
  // Which words there are is the command's own affair.
  const std::string word = option.arity == Arity::kSwitch ? ""
                           : option.choices.empty()       ? option.type_name
                                                          : "A|B";
  return option.names + " " + word;
}

TEST(CommandTable, OptionsMeanTheSameEverywhere) {
  // `--retries`: the number of tries of nodes, and with `submit`, where runs can be repeated as a whole, that
  // of runs. Switches that say what is checked, or written, are named after it.
  const std::set<std::pair<std::string, std::string>> own_meanings = {
      {"run", "--retries"}, {"submit", "--retries"}, {"validate", "--journal"}, {"new", "--python"}};
  std::map<std::string, std::pair<std::string, std::string>> known;  // by name: meaning, and of which command
  each_command([&](const std::string& path, const CommandSpec& command) {
    for (const OptionSpec& option : command.options) {
      if (!option.names.starts_with("-") ||
          own_meanings.contains({command.name, option.names.substr(0, option.names.find(','))}))
        continue;
      for (const std::string& name : option_names(option)) {
        const auto [found, is_new] = known.emplace(name, std::pair(meaning(option), path));
        EXPECT_EQ(found->second.first, meaning(option))
            << name << " of " << path << " and " << found->second.second;
      }
    }
  });
  EXPECT_EQ(known.at("-o").first, "-o,--format A|B");
  EXPECT_EQ(known.at("--to").first, "--to FILE");
  EXPECT_EQ(known.at("--output").first, "--output NODE.PORT");
  EXPECT_FALSE(known.contains("-h")) << "belongs to every command";
}

TEST(CommandTable, EveryCommandHasExamplesThatItTakes) {
  each_command([](const std::string& path, const CommandSpec& command) {
    EXPECT_FALSE(command.examples.empty()) << path;
  });
  // Each with a spec of its own, since what it fills in stays.
  for (const Command& command : command_table()) {
    std::vector<CommandExample> examples = command_spec(command).examples;
    for (const CommandSpec& sub : command_spec(command).subcommands)
      examples.insert(examples.end(), sub.examples.begin(), sub.examples.end());
    for (const CommandExample& example : examples) {
      std::istringstream line(example.line.substr(0, example.line.find_first_of("|>")));
      std::vector<std::string> words{std::istream_iterator<std::string>(line), {}};
      ASSERT_EQ(words.at(0), "vnode");
      ASSERT_EQ(words.at(1), command.name);
      std::vector<const char*> arguments;
      for (const std::string& word : words) arguments.push_back(word.c_str());
      const CommandSpec spec = command_spec(command);
      const CommandReading reading =
          read_command_line(spec, "vnode", static_cast<int>(arguments.size()) - 1, arguments.data() + 1);
      const auto* mistake = std::get_if<UsageMistake>(&reading);
      EXPECT_FALSE(mistake) << example.line << ": " << mistake->message;
    }
  }
}

TEST(CommandTable, HelpShowsExamples) {
  const CommandSpec spec = command_spec(*find_command("queue"));
  const char* const words[] = {"queue", "set", "--help"};
  const CommandReading reading = read_command_line(spec, "vnode", 3, words);
  EXPECT_THAT(std::get<HelpText>(reading).text,
              testing::HasSubstr("Examples:\n  vnode queue set night 4  # four runs at a time\n"));
}

TEST(CommandTable, HelpFitsATerminal) {
  each_command([](const std::string& path, const CommandSpec& command) {
    const char* const words[] = {path.c_str(), "--help"};
    const CommandReading reading = read_command_line(command, "vnode", 2, words);
    std::istringstream text(std::get<HelpText>(reading).text);
    for (std::string line; std::getline(text, line);) {
      if (line.starts_with("  vnode ")) continue;  // a command line is in one piece
      EXPECT_LE(line.size(), 80u) << path << ": " << line;
    }
  });
}

}  // namespace
}  // namespace vnode
