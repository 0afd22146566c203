#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/commands/man_page.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "base/spelling.h"

namespace vnode {
namespace {

struct ManSettings {
  std::string command;
  std::string folder;
};

ExitCode write_page(const std::filesystem::path& path, const std::string& text, Diagnostics& diagnostics) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return kExitSuccess;
  return report_output_failure(path.string(), std::generic_category().message(errno), diagnostics);
}

ExitCode write_pages(const std::string& folder, const CommandSpec& program, Diagnostics& diagnostics) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path pages(folder);
  ExitCode code = write_page(pages / "vnode.1", program_page(program), diagnostics);
  for (const CommandSpec& command : program.subcommands) {
    if (code != kExitSuccess) break;
    code = write_page(pages / ("vnode-" + command.name + ".1"), command_page(command), diagnostics);
  }
  return code;
}

ExitCode print_page(const ManSettings& settings, Diagnostics& diagnostics) {
  const CommandSpec program = program_spec();
  if (!settings.folder.empty()) return write_pages(settings.folder, program, diagnostics);
  if (settings.command.empty()) return print(program_page(program), diagnostics);
  std::vector<std::string> known;
  for (const CommandSpec& command : program.subcommands) {
    if (command.name == settings.command) return print(command_page(command), diagnostics);
    known.push_back(command.name);
  }
  return report_usage_error(usage_error(with_hint("there is no command '" + settings.command + "'",
                                                  spelling_hint(settings.command, known))),
                            diagnostics);
}

}  // namespace

void set_up_man(CommandSpec& command) {
  auto settings = std::make_shared<ManSettings>();
  OptionSpec& name =
      add_text(command, "COMMAND", settings->command, "", "Whose page (default: the program's)");
  for (const Command& known : command_table()) name.choices.emplace_back(known.name);
  add_nonempty_text(command, "--pages", settings->folder, "DIR",
                    "Write all pages there instead, a file each");
  command.action = [settings](Diagnostics& diagnostics) { return print_page(*settings, diagnostics); };
}

}  // namespace vnode
