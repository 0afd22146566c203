#include "apps/vnode/options/command_parser.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>

#include "base/spelling.h"

namespace vnode {
namespace {

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

/// What each does stands behind it where there is room, else below.
std::string examples_text(const CommandSpec& command) {
  constexpr std::size_t kColumns = 79;
  std::size_t longest = 0;
  for (const CommandExample& example : command.examples) {
    if (example.line.size() + example.help.size() + 6 < kColumns)
      longest = std::max(longest, example.line.size());
  }
  std::string text = "Examples:";
  for (const CommandExample& example : command.examples) {
    const bool fits = longest + example.help.size() + 6 < kColumns && example.line.size() <= longest;
    text += "\n  " + example.line;
    text += fits ? std::string(longest - example.line.size(), ' ') + "  # " : "\n      # ";
    text += example.help;
  }
  return text;
}

void wrap_descriptions(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) option->description(wrapped(option->get_description()));
  for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) wrap_descriptions(*sub);
}

/// "--socket: 1 required PATH missing", as the library has it: "--socket needs a value (PATH)".
std::string said_plainly(const std::string& message) {
  constexpr std::string_view kRequired = ": 1 required ";
  constexpr std::string_view kMissing = " missing";
  const std::size_t at = message.find(kRequired);
  if (at == message.npos || !message.ends_with(kMissing)) return message;
  const std::size_t type = at + kRequired.size();
  return message.substr(0, at) + " needs a value (" +
         message.substr(type, message.size() - type - kMissing.size()) + ")";
}

/// One reading: a command and its subcommands, told to the library, and what it made of the words.
class CommandParser {
 public:
  CommandParser(const CommandSpec& command, std::string name)
      : command_(command), name_(std::move(name)), app_(command.summary, name_) {
    app_.add_flag("--verbose", is_verbose_, std::string(kCommonOptions.back().help));
    declare(app_, command);
  }

  CommandReading read(int argc, const char* const* argv);

 private:
  void declare(CLI::App& app, const CommandSpec& command);
  static CLI::Option* declare(CLI::App& app, const OptionSpec& option);
  /// The command that the words led to: this one, or one of its subcommands.
  const CommandSpec& innermost() const;
  const CLI::App& innermost_app() const;
  std::string innermost_name() const;
  std::vector<std::string> subcommand_names() const;
  /// Advice to name one of them.
  std::string subcommand_advice(const std::string& typed) const;
  UsageMistake refuse(std::string message) const { return {std::move(message), innermost_name()}; }
  UsageMistake refuse_extra(const std::vector<std::string>& extra) const;

  const CommandSpec& command_;
  const std::string name_;
  CLI::App app_;
  bool is_verbose_ = false;
};

void take(const OptionSpec& option, const std::string& word) {
  const Result<void> taken = option.take(word);
  if (!taken) throw CLI::ValidationError(option.name(), taken.error().message);
}

CLI::Option* CommandParser::declare(CLI::App& app, const OptionSpec& option) {
  if (option.arity == OptionSpec::Arity::kSwitch) {
    return app.add_flag_function(
        option.names, [&option](std::int64_t count) { take(option, count > 0 ? "true" : "false"); },
        option.help);
  }
  if (option.arity == OptionSpec::Arity::kOne) {
    return app
        .add_option_function<std::string>(
            option.names, [&option](const std::string& word) { take(option, word); }, option.help)
        ->type_name(option.type_name);
  }
  CLI::Option* declared = app.add_option_function<std::vector<std::string>>(
      option.names,
      [&option](const std::vector<std::string>& words) {
        for (const std::string& word : words) take(option, word);
      },
      option.help);
  declared->type_name(option.type_name);
  // An option takes one word each time; an argument all that are left.
  if (option.names.starts_with("-")) {
    declared->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  }
  return declared;
}

void CommandParser::declare(CLI::App& app, const CommandSpec& command) {
  // What nobody knows is refused here, in better words.
  app.allow_extras();
  for (const OptionSpec& option : command.options) {
    CLI::Option* declared = declare(app, option);
    if (option.is_required) declared->required();
    if (!option.section.empty() && option.names.starts_with("-")) declared->group(option.section);
  }
  if (!command.examples.empty()) app.footer(examples_text(command));
  for (const CommandSpec& sub : command.subcommands) declare(*app.add_subcommand(sub.name, sub.summary), sub);
}

const CLI::App& CommandParser::innermost_app() const {
  const auto chosen = app_.get_subcommands();
  return chosen.empty() ? app_ : *chosen.front();
}

const CommandSpec& CommandParser::innermost() const {
  const CLI::App& app = innermost_app();
  for (const CommandSpec& sub : command_.subcommands) {
    if (&app != &app_ && sub.name == app.get_name()) return sub;
  }
  return command_;
}

std::string CommandParser::innermost_name() const {
  const CommandSpec& command = innermost();
  return &command == &command_ ? name_ : name_ + " " + command.name;
}

std::vector<std::string> CommandParser::subcommand_names() const {
  std::vector<std::string> names;
  for (const CommandSpec& sub : innermost().subcommands) names.push_back(sub.name);
  return names;
}

std::string CommandParser::subcommand_advice(const std::string& typed) const {
  const std::vector<std::string> names = subcommand_names();
  return spelling_advice(typed, names, names.size() == 1 ? "there is" : "there are");
}

UsageMistake CommandParser::refuse_extra(const std::vector<std::string>& extra) const {
  // An unknown option explains the words behind it, so it is the one to name.
  const auto option = std::find_if(extra.begin(), extra.end(), [](const std::string& word) {
    return word.size() > 1 && word.front() == '-';
  });
  if (option == extra.end()) {
    if (innermost().subcommands.empty()) return refuse("unexpected argument '" + extra.front() + "'");
    return refuse(with_hint("unknown command '" + innermost().name + " " + extra.front() + "'",
                            subcommand_advice(extra.front())));
  }
  std::vector<std::string> known;
  for (const CLI::Option* candidate : innermost_app().get_options()) {
    for (const std::string& name : candidate->get_lnames()) known.push_back("--" + name);
  }
  const std::string name = option->substr(0, option->find('='));
  return refuse(with_hint("unknown option '" + name + "'", spelling_hint(name, known)));
}

CommandReading CommandParser::read(int argc, const char* const* argv) {
  std::string mistake;
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    wrap_descriptions(app_);
    return HelpText{app_.help()};
  } catch (const CLI::ParseError& error) {
    mistake = said_plainly(error.what());
  }
  const std::vector<std::string> extra = app_.remaining(true);
  if (!extra.empty()) return refuse_extra(extra);
  if (!mistake.empty()) return refuse(std::move(mistake));
  if (!innermost().subcommands.empty()) {
    return refuse(with_hint("'" + name_ + "' needs a command", subcommand_advice("")));
  }
  return ParsedCommand{&innermost().action, is_verbose_};
}

}  // namespace

CommandReading read_command_line(const CommandSpec& command, const std::string& program, int argc,
                                 const char* const* argv) {
  return CommandParser(command, program + " " + command.name).read(argc, argv);
}

}  // namespace vnode
