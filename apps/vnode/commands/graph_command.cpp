#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/document_output.h"
#include "apps/vnode/local/event_file.h"
#include "apps/vnode/local/overwritten_input.h"
#include "apps/vnode/local/workflow_loading.h"
#include "apps/vnode/local/workflow_source.h"
#include "apps/vnode/nodes/node_look.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/setting_options.h"
#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal.h"
#include "model/workflow_reader.h"
#include "picture/dot.h"
#include "picture/mermaid.h"
#include "picture/svg.h"
#include "picture/text_tree.h"
#include "report/run_record.h"

namespace vnode {
namespace {

struct GraphSettings {
  std::string file;
  std::string format;
  std::string to;
  std::string events;
  WorkflowForm form = WorkflowForm::kBySuffix;
  SettingFlags flags;
};

/// The suffixes of files that say a format.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kSuffixes = {{{".svg", "svg"},
                                                                                     {".dot", "dot"},
                                                                                     {".gv", "dot"},
                                                                                     {".mmd", "mermaid"},
                                                                                     {".mermaid", "mermaid"},
                                                                                     {".txt", "text"},
                                                                                     {".text", "text"}}};

/// What somebody may hope for, and a text in it would help nobody.
constexpr std::array<std::string_view, 5> kOtherPictures = {".png", ".jpg", ".jpeg", ".gif", ".pdf"};

Result<std::string> format_of(const GraphSettings& settings) {
  if (!settings.format.empty()) return settings.format;
  for (const auto& [suffix, format] : kSuffixes) {
    if (settings.to.ends_with(suffix)) return std::string(format);
  }
  for (const std::string_view suffix : kOtherPictures) {
    if (settings.to.ends_with(suffix)) {
      return usage_error(settings.to + ": no picture of that kind is made here; .svg is one, .dot and .mmd " +
                         "are for programs that make others");
    }
  }
  return std::string("text");
}

/// nullopt, and told, when it cannot be read.
std::optional<Workflow> read_graph_file(const std::string& file, const WorkflowReadingOptions& options,
                                        const Registry& registry) {
  Problems problems;
  const Result<WorkflowSource> source =
      read_workflow_source(file, options, [&registry]() -> const Registry& { return registry; });
  if (!source) {
    problems.push_back(file_problem(source.error()));
  } else if (has_errors(source->problems)) {
    problems = source->problems;
  } else {
    WorkflowReading reading = read_workflow(source->text);
    if (reading.workflow) return std::move(reading.workflow);
    problems = std::move(reading.problems);
    source->add_places(problems);
  }
  write_to_stderr(problem_text(problems, shown_name(file), wants_colour(STDERR_FILENO)));
  return std::nullopt;
}

/// nullopt, and told, when there is no event in the file.
std::optional<RunOutcomes> read_outcomes(const std::string& file, Diagnostics& diagnostics) {
  RunRecord run;
  EventStream stream([&run](const ReportEvent& event) { run.add(event); }, false);
  const Result<StreamSummary> summary = read_event_file(file, stream);
  if (!summary) {
    diagnostics.error(describe(summary.error()));
    return std::nullopt;
  }
  for (const std::string& warning : summary->warnings()) diagnostics.warning(file + ": " + warning);
  return run.outcomes();
}

Drawing draw(const Picture& picture, const std::string& format, const GraphSettings& settings) {
  if (format == "svg") return draw_svg(picture);
  if (format == "dot") return draw_dot(picture);
  if (format == "mermaid") return draw_mermaid(picture);
  const bool is_shown = settings.to.empty() && is_terminal(STDOUT_FILENO);
  const auto columns = static_cast<std::size_t>(is_shown ? terminal_size(STDOUT_FILENO).columns : 100);
  return draw_text(picture, columns, is_shown && wants_colour(STDOUT_FILENO));
}

std::string title_of(const std::string& file) {
  return file == "-" ? "workflow" : std::filesystem::path(file).stem().string();
}

ExitCode draw_graph(const GraphSettings& settings, Diagnostics& diagnostics) {
  const Result<Settings> in_force = Settings::load(settings.flags);
  if (!in_force) return report_usage_error(in_force.error(), diagnostics);
  const std::string target = settings.to.empty() || settings.to == "-" ? "fd:1" : settings.to;
  std::vector<std::string> inputs = {settings.file};
  if (!settings.events.empty()) inputs.push_back(settings.events);
  const Result<void> apart = check_overwritten_inputs({{"--to " + settings.to, target}}, inputs);
  if (!apart) return report_usage_error(apart.error(), diagnostics);
  const Result<std::string> format = format_of(settings);
  if (!format) return report_usage_error(format.error(), diagnostics);
  const NodeTypes types = load_node_types(*in_force);
  warn_of_missing_folders(types.registry, diagnostics);
  std::optional<Workflow> workflow = read_graph_file(
      settings.file, {.form = settings.form, .encoding = in_force->encoding()}, types.registry);
  if (!workflow) return kExitInvalid;
  std::optional<RunOutcomes> run;
  if (!settings.events.empty()) {
    run = read_outcomes(settings.events, diagnostics);
    if (!run) return kExitInvalid;
  }
  const Picture picture = make_picture(std::move(*workflow), title_of(settings.file),
                                       look_from(types.registry), run ? &*run : nullptr);
  const Drawing drawing = draw(picture, *format, settings);
  for (const std::string& warning : drawing.warnings) diagnostics.warning(warning);
  DocumentOutput output(settings.to);
  output.write(drawing.text);
  return output.close(diagnostics);
}

}  // namespace

void set_up_graph(CommandSpec& command) {
  auto settings = std::make_shared<GraphSettings>();
  add_text(command, "FILE", settings->file, "", "The workflow; - for standard input").is_required = true;
  add_choice(
      command, "-o,--format", settings->format, {"text", "dot", "mermaid", "svg"},
      "A tree for terminals, Graphviz, Mermaid or SVG (default: what the suffix of --to says, else text)");
  add_nonempty_text(command, "--to", settings->to, "FILE", "Write it there");
  add_nonempty_text(
      command, "--run", settings->events, "EVENTS",
      "Colour the nodes by how they ended in that run, with their times: a file of run --events");
  declare_workflow_form(command, settings->form, settings->flags);
  declare_setting_options(command, settings->flags, kNodeTypeSettings);
  command.action = [settings](Diagnostics& diagnostics) { return draw_graph(*settings, diagnostics); };
}

}  // namespace vnode
