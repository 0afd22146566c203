#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/placing.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_look.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/owned_fd.h"
#include "base/write_all.h"
#include "model/workflow_reader.h"
#include "model/workflow_writer.h"
#include "yaml/workflow_yaml.h"

namespace vnode {
namespace {

struct ConvertSettings {
  std::string file;
  std::string target;
  WorkflowForm form = WorkflowForm::kBySuffix;
  SettingFlags flags;
  bool only_checks = false;
};

bool names_yaml(const std::string& file) { return file.ends_with(".yaml") || file.ends_with(".yml"); }

/// The file is whole or as it was, also when it is the one that was read. 0 or the error number.
int write_whole(const std::string& path, const std::string& text) {
  const std::string temporary = path + "." + std::to_string(::getpid()) + ".new";
  OwnedFd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file) return errno;
  struct stat old;
  if (::stat(path.c_str(), &old) == 0) ::fchmod(file.get(), old.st_mode & 07777);
  int error = write_all(file.get(), text);
  if (::close(file.release()) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(temporary.c_str());
  return error;
}

/// One `vnode convert`.
class ConvertCommand {
 public:
  ConvertCommand(const ConvertSettings& settings, Diagnostics& diagnostics)
      : settings_(settings), diagnostics_(diagnostics) {}

  ExitCode run();

 private:
  bool to_yaml() const;
  std::optional<Workflow> read(const Settings& in_force);
  Result<std::string> converted(const Workflow& workflow);
  ExitCode write(const std::string& text);
  ExitCode tell_kept();
  void tell(const Problems& problems) const;
  const Registry& registry(const Settings& in_force);

  const ConvertSettings& settings_;
  Diagnostics& diagnostics_;
  std::optional<NodeTypes> types_;
  bool is_yaml_ = false;  ///< what is read
  std::vector<std::string> kept_for_editor_;
};

ExitCode ConvertCommand::run() {
  if (settings_.target.empty() && !settings_.only_checks) {
    diagnostics_.error("say where it is to go: --to FILE (.yaml or .json), or --check");
    return kExitUsage;
  }
  const Result<Settings> in_force = Settings::load(settings_.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics_);
  const std::optional<Workflow> workflow = read(*in_force);
  if (!workflow) return kExitInvalid;
  if (to_yaml()) registry(*in_force);
  const Result<std::string> text = converted(*workflow);
  if (!text) {
    diagnostics_.error(shown_name(settings_.file) + ": " + text.error().message);
    return kExitInternal;
  }
  return settings_.only_checks ? tell_kept() : write(*text);
}

/// By the target's suffix; where that does not tell, the other form than what is read.
bool ConvertCommand::to_yaml() const {
  if (names_yaml(settings_.target)) return true;
  return !settings_.target.ends_with(".json") && !is_yaml_;
}

const Registry& ConvertCommand::registry(const Settings& in_force) {
  if (!types_) types_ = load_node_types(in_force);
  return types_->registry;
}

std::optional<Workflow> ConvertCommand::read(const Settings& in_force) {
  const WorkflowReadingOptions options{
      .form = settings_.form, .encoding = in_force.encoding(), .keeps_names = false};
  Result<WorkflowSource> source =
      read_workflow_source(settings_.file, options, [&]() -> const Registry& { return registry(in_force); });
  if (!source) {
    tell({file_problem(source.error())});
    return std::nullopt;
  }
  is_yaml_ = source->is_yaml();
  tell(source->problems);
  if (has_errors(source->problems)) return std::nullopt;
  WorkflowReading reading = read_workflow(source->text);
  source->add_places(reading.problems);
  tell(reading.problems);
  if (reading.workflow && source->places && !to_yaml())
    place_nodes(*reading.workflow, *source->places, look_from(registry(in_force)));
  return std::move(reading.workflow);
}

Result<std::string> ConvertCommand::converted(const Workflow& workflow) {
  if (!to_yaml()) return write_workflow(workflow);
  Result<YamlText> written = write_yaml_workflow(workflow, types_->registry);
  if (!written) return written.error();
  kept_for_editor_ = std::move(written->kept_for_editor);
  return std::move(written->text);
}

ExitCode ConvertCommand::write(const std::string& text) {
  if (settings_.target == "-") return print(text.ends_with('\n') ? text : text + "\n", diagnostics_);
  const int error = write_whole(settings_.target, text);
  if (error == 0) return kExitSuccess;
  diagnostics_.error(settings_.target + ": cannot write: " + std::generic_category().message(error));
  return kExitOutputFailed;
}

/// What the plain form cannot say.
ExitCode ConvertCommand::tell_kept() {
  std::string text;
  for (const std::string& line : kept_for_editor_) text += harmless_line(line) + "\n";
  if (text.empty()) text = "nothing but ids, positions and saved values goes below 'editor:'\n";
  return print(text, diagnostics_);
}

void ConvertCommand::tell(const Problems& problems) const {
  if (problems.empty()) return;
  write_to_stderr(problem_text(problems, shown_name(settings_.file), wants_colour(STDERR_FILENO)));
}

}  // namespace

void set_up_convert(CommandSpec& command) {
  auto settings = std::make_shared<ConvertSettings>();
  add_text(command, "FILE", settings->file, "", "The workflow; - for standard input").is_required = true;
  add_nonempty_text(command, "--to", settings->target, "FILE",
                    "Where it goes: .yaml or .json says as what; - is standard output, and the other form");
  add_switch(command, "--check", settings->only_checks,
             "Write nothing; say what people's form cannot say, and goes below 'editor:'");
  declare_workflow_form(command, settings->form, settings->flags);
  declare_setting_options(command, settings->flags, kNodeTypeSettings);
  command.action = [settings](Diagnostics& diagnostics) {
    return ConvertCommand(*settings, diagnostics).run();
  };
}

}  // namespace vnode
