#include "apps/vnode/commands/man_page.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "apps/vnode/options/command_parser.h"
#include "apps/vnode/settings/setting_table.h"

namespace vnode {
namespace {

/// Of the pages, not of the program: reading one on another day shows the same.
constexpr std::string_view kPageDate = "2026-11-30";

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kExitCodes = {
    {{"0", "the run succeeded"},
     {"1", "a node failed or was skipped, or logged an error"},
     {"2", "wrong usage; of the daemon: an unknown run"},
     {"3", "the workflow is missing, unreadable or invalid; nothing ran"},
     {"4", "no daemon, or not allowed"},
     {"5", "the run was interrupted: its daemon or machine died"},
     {"6", "the output could not be written (a full disk, not a closed pipe)"},
     {"124", "the run's timeout ended it"},
     {"125", "a bug in vnode itself, or not even memory or descriptors to begin with"},
     {"130", "ended by SIGINT, or cancelled"},
     {"143", "ended by SIGTERM"}}};

/// Text as roff has it: nothing in it is a request or an escape, and dashes can be copied.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\n') {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string heading(std::string_view macro, std::string_view text) {
  return "." + std::string(macro) + " " + std::string(text) + "\n";
}

std::string title(const std::string& name) {
  return ".TH \"" + roff(upper(name)) + "\" 1 \"" + std::string(kPageDate) +
         "\" \"vnode " VNODE_VERSION "\" \"vnode manual\"\n";
}

std::string entry(const std::string& tag, std::string_view text) {
  return ".TP\n" + tag + "\n" + roff(text) + "\n";
}

bool is_argument_spec(const OptionSpec& option) { return !option.names.starts_with("-"); }

/// "\fB\-o\fR, \fB\-\-format\fR \fItext|json\fR"
std::string option_tag(const OptionSpec& option) {
  std::string tag = "\\fB";
  for (const char c : option.names) tag += c == ',' ? std::string("\\fR, \\fB") : roff(std::string(1, c));
  tag += "\\fR";
  if (!option.type_name.empty()) tag += " \\fI" + roff(option.type_name) + "\\fR";
  return tag;
}

std::string synopsis(const std::string& name, const CommandSpec& command) {
  std::string line = "\\fB" + roff(name) + "\\fR";
  if (!command.subcommands.empty()) return line + " \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n";
  line += " [\\fIOPTION\\fR...]";
  for (const OptionSpec& option : command.options) {
    if (!is_argument_spec(option)) continue;
    std::string word = "\\fI" + roff(option.names) + "\\fR";
    if (option.arity == OptionSpec::Arity::kMany) word += "...";
    line += option.is_required ? " " + word : " [" + word + "]";
  }
  return line + "\n";
}

std::string options_text(const CommandSpec& command) {
  std::string out;
  for (const OptionSpec& option : command.options) {
    if (is_argument_spec(option)) out += entry("\\fI" + roff(option.names) + "\\fR", option.help);
  }
  for (const OptionSpec& option : command.options) {
    if (!is_argument_spec(option)) out += entry(option_tag(option), option.help);
  }
  return out;
}

std::string common_options_text() {
  return entry("\\fB\\-h\\fR, \\fB\\-\\-help\\fR", kCommonOptions.front().help) +
         entry("\\fB\\-\\-verbose\\fR", kCommonOptions.back().help);
}

/// `is_first`: nothing stands between it and its heading.
std::string examples_section(const CommandSpec& command, bool is_first) {
  std::string out;
  for (const CommandExample& example : command.examples) {
    if (!is_first || !out.empty()) out += ".PP\n";
    out += roff(example.help) + ":\n.PP\n.RS 4\n.nf\n" + roff(example.line) + "\n.fi\n.RE\n";
  }
  return out;
}

std::string see_also(const CommandSpec& program) {
  std::string out;
  for (const CommandSpec& command : program.subcommands) {
    if (!out.empty()) out += ",\n";
    out += ".BR " + roff("vnode-" + command.name) + " (1)";
  }
  return out + "\n";
}

}  // namespace

std::string command_page(const CommandSpec& command) {
  const std::string name = "vnode-" + command.name;
  std::string page =
      title(name) + heading("SH", "NAME") + roff(name) + " \\- " + roff(command.summary) + "\n";
  page += heading("SH", "SYNOPSIS");
  if (command.subcommands.empty()) {
    page += synopsis("vnode " + command.name, command);
    page += heading("SH", "OPTIONS") + options_text(command) + common_options_text();
    if (!command.examples.empty()) page += heading("SH", "EXAMPLES") + examples_section(command, true);
  } else {
    for (const CommandSpec& sub : command.subcommands) {
      if (&sub != &command.subcommands.front()) page += ".br\n";
      page += synopsis("vnode " + command.name + " " + sub.name, sub);
    }
    page += heading("SH", "COMMANDS");
    for (const CommandSpec& sub : command.subcommands) {
      page += heading("SS", roff(sub.name)) + roff(sub.summary) + ".\n";
      page += options_text(sub) + examples_section(sub, false);
    }
    page += heading("SH", "OPTIONS") + common_options_text();
  }
  return page + heading("SH", "EXIT STATUS") + "See\n.BR vnode (1).\n" + heading("SH", "SEE ALSO") +
         ".BR vnode (1)\n";
}

std::string program_page(const CommandSpec& program) {
  std::string page = title("vnode") + heading("SH", "NAME") + "vnode \\- " + roff(program.summary) + "\n";
  page += heading("SH", "SYNOPSIS") + synopsis("vnode", program);
  page += heading("SH", "DESCRIPTION") +
          "Runs the node graph workflows that an editor has saved, or that people have written as YAML: here "
          "and now with\n.BR vnode\\-run (1),\nor in a daemon with\n.BR vnode\\-submit (1).\n"
          "Data goes to standard output, everything else to standard error.\n";
  page += heading("SH", "COMMANDS");
  for (const CommandSpec& command : program.subcommands)
    page += entry(".BR " + roff("vnode-" + command.name) + " (1)", command.summary);
  page += heading("SH", "EXIT STATUS");
  for (const auto& [code, text] : kExitCodes) page += entry("\\fB" + std::string(code) + "\\fR", text);
  page += heading("SH", "ENVIRONMENT");
  for (const SettingEntry& setting : setting_table()) {
    if (!setting.variable.empty()) page += entry("\\fB" + roff(setting.variable) + "\\fR", setting.summary);
  }
  page += entry("\\fBNO_COLOR\\fR", "Nothing is written in colour");
  page += heading("SH", "FILES");
  page +=
      entry("\\fI$XDG_CONFIG_HOME/vnode/vnode.yaml\\fR",
            "Settings, below environment and options; see \"vnode config show\" and \"vnode schema config\"");
  return page + heading("SH", "SEE ALSO") + see_also(program);
}

}  // namespace vnode
