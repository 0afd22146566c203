#include "apps/vnode/local/workflow_source.h"

#include <array>
#include <string_view>
#include <utility>

#include "apps/vnode/options/option_builders.h"
#include "base/text_encoding.h"
#include "base/text_file.h"
#include "model/json_writer.h"
#include "yaml/yaml_workflow.h"

namespace vnode {
namespace {

bool is_yaml(const std::string& file, std::string_view text, WorkflowForm form) {
  if (form != WorkflowForm::kBySuffix) return form == WorkflowForm::kYaml;
  if (file.ends_with(".yaml") || file.ends_with(".yml")) return true;
  if (file != "-") return false;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] != '{' && text[first] != '[';
}

/// YAML has no other encoding but its own.
Problem not_utf8(const std::string& file, const TextFile& text) {
  const YamlSource source(file, text.text);
  return {.severity = Severity::kError,
          .code = "bad_text",
          .pointer = "",
          .message = "this is not UTF-8, which YAML files are",
          .hint = "save it as UTF-8, or say what it is with --encoding NAME",
          .source = source.place_of(text.guessed_from)};
}

void lower(WorkflowSource& source, const std::string& file, const WorkflowReadingOptions& options,
           const RegistrySource& registry) {
  YamlReading reading =
      read_yaml_workflow(file, std::move(source.text), registry(),
                         {.keeps_names = options.keeps_names, .encoding = options.encoding});
  source.text.clear();
  source.problems = std::move(reading.problems);
  source.places = std::move(reading.places);
  if (!reading.document.is_unset()) append_json(source.text, reading.document, NonFinite::kBare);
}

}  // namespace

void declare_encoding(CommandSpec& command, SettingFlags& flags) {
  OptionSpec option{.names = "--encoding",
                    .type_name = "ENCODING",
                    .help =
                        "What workflow files are written in, and definitions that are not UTF-8: gbk, cp932, "
                        "or whatever ICU knows"};
  option.take = [&flags](const std::string& name) {
    flags.encoding = name;
    return check_encoding(name);
  };
  command.options.push_back(std::move(option));
}

void declare_workflow_form(CommandSpec& command, WorkflowForm& form, SettingFlags& flags) {
  constexpr std::array<std::pair<const char*, WorkflowForm>, 2> kForms = {
      {{"json", WorkflowForm::kJson}, {"yaml", WorkflowForm::kYaml}}};
  add_choice(command, "--input-format", kForms,
             "How the workflow is written: json, yaml (default: by the file's suffix; standard input is JSON "
             "when it "
             "begins with { or [)",
             [&form](WorkflowForm chosen) { form = chosen; });
  declare_encoding(command, flags);
}

Result<WorkflowSource> read_workflow_source(const std::string& file, const WorkflowReadingOptions& options,
                                            const RegistrySource& registry) {
  Result<TextFile> text = read_text_file(file, options.encoding);
  if (!text) return text.error();
  WorkflowSource source;
  if (!is_yaml(file, text->text, options.form)) {
    source.text = std::move(text->text);
    if (!text->warning.empty())
      source.problems.push_back({Severity::kWarning, "encoding", "", text->warning});
  } else if (!text->warning.empty()) {
    source.problems.push_back(not_utf8(file, *text));
  } else {
    source.text = std::move(text->text);
    lower(source, file, options, registry);
  }
  return source;
}

}  // namespace vnode
