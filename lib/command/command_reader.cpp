#include "command/command_reader.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/spelling.h"
#include "command/command_ports.h"
#include "model/member_reader.h"
#include "node/node_limits.h"

namespace vnode {
namespace {

constexpr std::string_view kBadCommand = "bad_command";

/// Of a definition as such, too: they are no mistakes for others.
constexpr std::array<std::string_view, 23> kCommandMembers{
    "command",  "shell",     "environment", "directory", "stdin",    "outputs_from", "success", "progress",
    "limits",   "speaks",    "node_id",     "name",      "category", "description",  "inputs",  "outputs",
    "use_exec", "icon_path", "version",     "author",    "recorded", "repeat",       "stateful"};

class CommandReader {
 public:
  CommandReader(const std::vector<Port>& inputs, const std::vector<Port>& outputs, Problems& problems)
      : outputs_(outputs), names_(inputs), problems_(problems) {}

  std::shared_ptr<const CommandDefinition> read(const Dict& document) {
    const MemberReader members(document, "", problems_, kBadCommand);
    members.check_spelling(kCommandMembers);
    if (document.find("python_code")) {
      members.complain("python_code", "a definition has either 'command' or 'python_code'");
    }
    members.boolean("shell", false) ? read_shell(members) : read_words(members);
    if (const Value* value = members.find("environment")) read_environment(*value);
    if (const auto text = members.text("directory")) command_.directory = text_at(*text, "/directory");
    if (const auto text = members.text("stdin"))
      command_.input = text_at(*text, "/stdin", names_.with_secrets());
    if (const Value* value = members.find("outputs_from")) read_outputs(*value);
    if (const Value* value = members.find("success"))
      read_success(MemberReader(*value, "/success", problems_, kBadCommand));
    if (const Value* value = members.find("progress"))
      read_progress(MemberReader(*value, "/progress", problems_, kBadCommand));
    if (const Value* value = members.find("limits"))
      read_limits(MemberReader(*value, "/limits", problems_, kBadCommand));
    read_speaks(members);
    return std::make_shared<const CommandDefinition>(std::move(command_));
  }

 private:
  void complain(std::string pointer, std::string message) {
    problems_.push_back(
        {.code = std::string(kBadCommand), .pointer = std::move(pointer), .message = std::move(message)});
  }

  TextTemplate text_at(std::string_view text, const std::string& pointer) {
    return text_at(text, pointer, names_);
  }
  TextTemplate text_at(std::string_view text, const std::string& pointer, const PlaceholderNames& names) {
    Result<TextTemplate> read = TextTemplate::parse(text, names);
    if (!read) complain(pointer, read.error().message);
    return read ? std::move(*read) : TextTemplate();
  }

  std::optional<Pattern> pattern_at(std::string_view text, const std::string& pointer) {
    Result<Pattern> pattern = Pattern::compile(text);
    if (!pattern) complain(pointer, pattern.error().message);
    return pattern ? std::optional(std::move(*pattern)) : std::nullopt;
  }

  void read_shell(const MemberReader& members) {
    const auto text = members.text("command");
    if (!text) {
      if (!members.find("command")) complain("/command", "'command' is missing");
      return;
    }
    if (text->find_first_not_of(" \t\n") == text->npos) return complain("/command", "the command is empty");
    if (text->find('\0') != text->npos) return complain("/command", "the command has a NUL in it");
    Result<ShellText> shell = ShellText::parse(*text, names_);
    if (!shell) return complain("/command", shell.error().message);
    command_.shell = std::move(*shell);
  }

  void read_words(const MemberReader& members) {
    const Value* value = members.find("command");
    if (!value) return complain("/command", "'command' is missing");
    if (value->is_text()) {
      return complain("/command",
                      "a command is a list of words; one text for a shell needs \"shell\": true beside it");
    }
    if (!value->is_list()) return members.complain_type("command", "a list of words", *value);
    const std::span<const Value> parts = value->as_list();
    for (std::size_t i = 0; i < parts.size(); ++i) read_part(parts[i], join_pointer("/command", i));
    if (parts.empty()) return complain("/command", "the command is empty");
    if (!parts.front().is_text())
      complain("/command/0", "the first word is the program, and cannot be left out");
    else if (parts.front().as_text().empty())
      complain("/command/0", "the name of the program is empty");
  }

  void read_part(const Value& value, const std::string& pointer) {
    CommandPart part;
    if (value.is_dict()) {
      const MemberReader members(value, pointer, problems_, kBadCommand);
      members.check_known(std::array<std::string_view, 2>{"when", "words"});
      if (const auto when = members.text("when")) part.when = input_at(*when, pointer + "/when");
      if (!members.find("when")) members.complain("when", "names the input that decides, and is missing");
      const Value* words = members.find("words");
      if (!words || !words->is_list()) {
        return members.complain("words", "is the list of words that may be left out");
      }
      for (std::size_t i = 0; i < words->as_list().size(); ++i) {
        add_word(words->as_list()[i], join_pointer(pointer + "/words", i), part);
      }
    } else {
      add_word(value, pointer, part);
    }
    command_.command.push_back(std::move(part));
  }

  void add_word(const Value& value, const std::string& pointer, CommandPart& part) {
    if (!value.is_text()) {
      return complain(
          pointer, "a word is a text, or {\"when\": input, \"words\": [...]}; numbers are written as texts");
    }
    if (value.as_text().find('\0') != std::string_view::npos)
      return complain(pointer, "the word has a NUL in it");
    part.words.push_back(text_at(value.as_text(), pointer));
  }

  std::string input_at(std::string_view name, const std::string& pointer) {
    if (!names_.has(name)) {
      const std::string nearest = nearest_word(name, names_.names());
      complain(pointer, "no data input is called '" + std::string(name) + "'" +
                            (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
    }
    return std::string(name);
  }

  void read_environment(const Value& value) {
    if (!value.is_dict()) return complain("/environment", "is an object of texts");
    const PlaceholderNames names = names_.with_secrets();
    for (const DictEntry& entry : value.as_entries()) {
      const std::string name(entry.key.as_text());
      const std::string pointer = join_pointer("/environment", name);
      if (name.empty() || name.find('=') != name.npos || name.find('\0') != name.npos) {
        complain(pointer, "'" + name + "' cannot be the name of a variable");
      } else if (!entry.value.is_text()) {
        complain(pointer, "the value of a variable is a text");
      } else {
        command_.environment.emplace_back(name, text_at(entry.value.as_text(), pointer, names));
      }
    }
  }

  void read_outputs(const Value& value) {
    if (!value.is_dict()) return complain("/outputs_from", "is an object: output -> what fills it");
    for (const DictEntry& entry : value.as_entries()) {
      const std::string port(entry.key.as_text());
      const std::string pointer = join_pointer("/outputs_from", port);
      const auto declared = std::find_if(outputs_.begin(), outputs_.end(),
                                         [&port](const Port& output) { return output.name == port; });
      if (is_command_output(port)) {
        complain(pointer, "every command fills '" + port + "' by itself");
      } else if (declared == outputs_.end() || declared->is_exec()) {
        complain(pointer, "no data output is called '" + port + "'");
      }
      read_output(port, MemberReader(entry.value, pointer, problems_, kBadCommand));
    }
  }

  void read_output(const std::string& port, const MemberReader& members) {
    using Kind = OutputSource::Kind;
    struct Form {
      std::string_view member;
      Kind kind;
    };
    constexpr std::array<Form, 4> kFiles{{{"file", Kind::kFile},
                                          {"glob", Kind::kGlob},
                                          {"file_text", Kind::kFileText},
                                          {"file_json", Kind::kFileJson}}};
    OutputSource source{.port = port};
    if (members.size() != 1) {
      return members.complain("", "has one member: stdout, match, file, glob, file_text or file_json");
    }
    members.check_known(
        std::array<std::string_view, 6>{"stdout", "match", "file", "glob", "file_text", "file_json"});
    if (const auto form = members.text("stdout")) {
      if (*form != "text" && *form != "lines" && *form != "json") {
        return members.complain("stdout", "is \"text\", \"lines\" or \"json\"");
      }
      source.kind = *form == "text" ? Kind::kText : *form == "lines" ? Kind::kLines : Kind::kJson;
    } else if (const auto pattern = members.text("match")) {
      source.kind = Kind::kMatch;
      source.pattern = pattern_at(*pattern, members.pointer_to("match"));
    }
    for (const Form& form : kFiles) {
      if (const auto path = members.text(form.member)) {
        source.kind = form.kind;
        source.path = text_at(*path, members.pointer_to(form.member));
      }
    }
    command_.outputs.push_back(std::move(source));
  }

  void read_success(const MemberReader& members) {
    members.check_known(std::array<std::string_view, 4>{"exit_codes", "files", "fresh", "not_in_output"});
    SuccessRules& rules = command_.success;
    if (members.find("exit_codes")) rules.exit_codes.clear();
    members.each("exit_codes", "a list of exit codes", [&](const Value& code, const std::string& pointer) {
      if (!code.is_int() || code.as_int() < 0 || code.as_int() > 255) {
        return complain(pointer, "an exit code is a whole number from 0 to 255");
      }
      rules.exit_codes.push_back(static_cast<int>(code.as_int()));
    });
    members.each("files", "a list of paths", [&](const Value& path, const std::string& pointer) {
      if (!path.is_text()) return complain(pointer, "a path is a text");
      rules.files.push_back(text_at(path.as_text(), pointer));
    });
    rules.is_fresh = members.boolean("fresh", true);
    members.each("not_in_output", "a list of patterns", [&](const Value& text, const std::string& pointer) {
      if (!text.is_text()) return complain(pointer, "a pattern is a text");
      if (const auto pattern = pattern_at(text.as_text(), pointer)) rules.not_in_output.push_back(*pattern);
    });
  }

  void read_progress(const MemberReader& members) {
    using Unit = ProgressRule::Unit;
    members.check_known(std::array<std::string_view, 3>{"pattern", "unit", "total"});
    const auto text = members.text("pattern");
    const auto unit = members.text("unit");
    const auto total = members.text("total");
    if (!text) {
      if (!members.find("pattern")) members.complain("pattern", "is missing");
      return;
    }
    const auto pattern = pattern_at(*text, members.pointer_to("pattern"));
    if (!pattern) return;
    const std::size_t groups = pattern->group_count();
    ProgressRule rule{*pattern, total || groups > 1 ? Unit::kCount : Unit::kPercent};
    if (total) rule.total = text_at(*total, members.pointer_to("total"));
    if (unit == "percent")
      rule.unit = Unit::kPercent;
    else if (unit == "fraction")
      rule.unit = Unit::kFraction;
    else if (unit == "count")
      rule.unit = Unit::kCount;
    else if (unit == "hms")
      rule.unit = Unit::kTime;
    else if (unit)
      return members.complain("unit", "is \"percent\", \"fraction\", \"count\" or \"hms\"");
    if (groups == 0) return members.complain("pattern", "needs a group (...) around the number");
    if (rule.unit == Unit::kTime && groups < 3) {
      return members.complain("pattern", "needs three groups: hours, minutes, seconds");
    }
    const bool needs_total = rule.unit == Unit::kTime || (rule.unit == Unit::kCount && groups < 2);
    if (needs_total && !total)
      return members.complain("total", "says how many there are in all, and is missing");
    command_.progress = std::move(rule);
  }

  /// Those of its processes; those that nodes of all kinds have are read with the definition (node_limits.h).
  void read_limits(const MemberReader& members) {
    CommandLimits& limits = command_.limits;
    limits.memory = members.size_limit("memory");
    limits.address_space = members.size_limit("address_space");
    limits.log_bytes = members.size_limit("log_limit");
    limits.open_files = members.count_limit("open_files");
    limits.cpu_seconds = members.time_limit("cpu_time");
    limits.nice = static_cast<int>(members.count_limit("nice", 19).value_or(0));
    std::vector<std::string_view> known = {"memory",     "address_space", "log_limit",
                                           "open_files", "cpu_time",      "nice"};
    known.insert(known.end(), node_limit_names().begin(), node_limit_names().end());
    members.check_known(known);
  }

  void read_speaks(const MemberReader& members) {
    members.each("speaks", "a list of \"env\" and \"output\"",
                 [&](const Value& what, const std::string& pointer) {
                   if (what.is_text() && what.as_text() == "env")
                     command_.speaks_env = true;
                   else if (what.is_text() && what.as_text() == "output")
                     command_.speaks_output = true;
                   else
                     complain(pointer, "is \"env\" or \"output\"");
                 });
  }

  const std::vector<Port>& outputs_;
  const PlaceholderNames names_;
  Problems& problems_;
  CommandDefinition command_;
};

}  // namespace

std::span<const std::string_view> command_members() { return kCommandMembers; }

CommandReading read_command(const Dict& document, const std::vector<Port>& inputs,
                            const std::vector<Port>& outputs) {
  CommandReading reading;
  reading.command = CommandReader(inputs, outputs, reading.problems).read(document);
  check_command_ports(*reading.command, inputs, outputs, reading.problems);
  if (!reading.problems.empty()) reading.command = nullptr;
  return reading;
}

void check_command_ports(const CommandDefinition& command, const std::vector<Port>& inputs,
                         const std::vector<Port>& outputs, Problems& problems) {
  const auto complain = [&problems](std::string_view list, std::size_t index, std::string message) {
    const std::string pointer = join_pointer("/" + std::string(list), index) + "/name";
    problems.push_back({.code = std::string(kBadCommand), .pointer = pointer, .message = std::move(message)});
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool is_output = std::any_of(outputs.begin(), outputs.end(),
                                       [&](const Port& output) { return output.name == inputs[i].name; });
    if (is_output)
      complain("inputs", i, "'" + inputs[i].name + "' is an output too, which would take the value away");
    if (is_output || !is_command_output(inputs[i].name)) continue;
    complain("inputs", i,
             "'" + inputs[i].name + "' is an output of every command; an input needs another name");
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Port& port = outputs[i];
    if (is_command_output(port.name)) {
      const bool is_exec = port.name == kExecOut || port.name == kExecFail;
      if (is_exec != port.is_exec())
        complain("outputs", i, "'" + port.name + "' has another type in every command");
      continue;
    }
    const bool is_filled =
        std::any_of(command.outputs.begin(), command.outputs.end(),
                    [&port](const OutputSource& source) { return source.port == port.name; });
    if (port.is_exec()) {
      complain("outputs", i, "a command fires 'exec_out' and 'exec_fail' only");
    } else if (!is_filled && !command.speaks_output) {
      complain("outputs", i, "nothing fills '" + port.name + "': 'outputs_from' has nothing for it");
    }
  }
}

}  // namespace vnode
