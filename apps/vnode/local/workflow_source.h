#pragma once

#include <functional>
#include <memory>
#include <string>

#include "apps/vnode/options/command_spec.h"
#include "apps/vnode/settings/settings.h"
#include "base/error.h"
#include "model/problem.h"
#include "registry/registry.h"
#include "yaml/yaml_places.h"

namespace vnode {

/// How workflow files are written.
enum class WorkflowForm { kBySuffix, kJson, kYaml };

/// Declares --input-format and --encoding, which all commands have that read workflow files. Both arguments
/// must live as long as `command`.
void declare_workflow_form(CommandSpec& command, WorkflowForm& form, SettingFlags& flags);
/// --encoding alone, for commands that read only definitions.
void declare_encoding(CommandSpec& command, SettingFlags& flags);

/// A workflow file on its way to its readers, all of whom read JSON.
struct WorkflowSource {
  std::string text;   ///< JSON; of a YAML file what it was lowered to
  Problems problems;  ///< of YAML, and how it was decoded; with an error there is no text
  std::shared_ptr<const YamlPlaces> places = nullptr;  ///< of a YAML file

  bool is_yaml() const { return places != nullptr; }
  /// Problems that its readers have found get the lines of the file.
  void add_places(Problems& found) const {
    if (places) places->add_to(found);
  }
};

/// Where the node types come from that YAML files are read by; asked only for those.
using RegistrySource = std::function<const Registry&()>;

struct WorkflowReadingOptions {
  WorkflowForm form = WorkflowForm::kBySuffix;
  std::string encoding = {};
  bool keeps_names = true;  ///< see YamlReadingOptions
};

/// Reads the file, `-` being standard input. `.yaml` and `.yml` are YAML, and so is standard input unless it
/// begins with
/// `{` or `[` (people.md, Y1); all else is JSON. Errors: those of reading a file.
Result<WorkflowSource> read_workflow_source(const std::string& file, const WorkflowReadingOptions& options,
                                            const RegistrySource& registry);

}  // namespace vnode
