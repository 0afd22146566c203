#include "apps/vnode/nodes/folder_check.h"

#include <algorithm>
#include <functional>
#include <map>

#include "apps/vnode/nodes/definition_comparison.h"
#include "apps/vnode/nodes/node_description.h"
#include "apps/vnode/nodes/node_types.h"
#include "apps/vnode/nodes/used_definitions.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/spelling.h"
#include "command/command_runtime.h"
#include "registry/definition_files.h"
#include "registry/definition_loader.h"
#include "registry/definition_review.h"

namespace vnode {
namespace {

/// Reads the files of folders into types and notes.
class FolderReader {
 public:
  FolderReader(FolderCheck& check, const DefinitionUse& use) : check_(check), use_(use) {}

  void read(const std::string& folder) {
    const DefinitionFiles files = find_definition_files(folder);
    for (const auto& [path, reason] : files.obstacles) {
      check_.notes.push_back({LoadNote::Kind::kFolder, path, "", reason});
    }
    const std::string prefix = folder.ends_with('/') ? folder : folder + "/";
    for (const std::string& file : files.relative_paths) read_file(prefix + file);
  }

  const std::vector<NodeTypePtr>& types() const { return types_; }

 private:
  /// Into a registry of its own: what another file defines does not matter to it.
  void read_file(const std::string& path) {
    Registry registry;
    load_definition(registry, path, use_);
    check_.notes.insert(check_.notes.end(), registry.notes().begin(), registry.notes().end());
    for (const NodeTypePtr& type : registry.types()) {
      const std::string& id = type->definition.node_id;
      const auto [place, is_new] = files_.try_emplace(id, path);
      if (!is_new) {
        check_.notes.push_back({LoadNote::Kind::kReplaced, path, id, "replaces " + place->second});
        place->second = path;
      }
      types_.push_back(type);
      review(*type, path);
    }
  }

  /// What loads is not always what a run would take, or what was meant.
  void review(const NodeType& type, const std::string& path) {
    for (const Problem& problem : review_definition(type.definition.document)) {
      const bool is_error = problem.severity == Severity::kError;
      check_.notes.push_back(
          {is_error ? LoadNote::Kind::kBroken : LoadNote::Kind::kWarning, path, type.definition.node_id,
           with_hint(problem.message + " (at " + problem.pointer + ")", problem.hint), problem.pointer});
    }
  }

  FolderCheck& check_;
  const DefinitionUse& use_;
  std::map<std::string, std::string> files_;  ///< by id: where it was defined last
  std::vector<NodeTypePtr> types_;
};

bool keeps_from_loading(const LoadNote& note) {
  return note.kind == LoadNote::Kind::kBroken || note.kind == LoadNote::Kind::kFolder;
}

bool disagrees(const DefinitionCheck& check) { return !check.failure && !compare_ports(check).empty(); }

std::string note_line(const LoadNote& note) {
  const bool is_broken = keeps_from_loading(note);
  return std::string(is_broken ? "error: " : "warning: ") + harmless_line(note.file) + ": " +
         (note.node_id.empty() || is_broken ? "" : "'" + harmless_line(note.node_id) + "' ") +
         harmless_line(note.message) + "\n";
}

std::string definition_lines(const DefinitionCheck& check) {
  const std::string name =
      harmless_line(check.type->origin) + ": '" + harmless_line(check.type->definition.node_id) + "' ";
  if (check.failure) {
    std::string line = "error: " + name + "does not load: " + harmless_line(check.failure->message);
    if (check.failure->line)
      line += " (line " + std::to_string(*check.failure->line) + " of its python_code)";
    return line + "\n" + indented_lines(check.failure->traceback);
  }
  const std::vector<PortDifference> differences = compare_ports(check);
  if (differences.empty()) return {};
  std::string lines =
      "warning: " + name + "has other ports in its class than in its file; the class counts:\n";
  for (const PortDifference& difference : differences) lines += "    " + difference_text(difference) + "\n";
  return lines;
}

std::string counted(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

}  // namespace

std::size_t FolderCheck::count_failures() const {
  const auto failed = std::count_if(definitions.begin(), definitions.end(),
                                    [](const DefinitionCheck& check) { return check.failure.has_value(); });
  const auto broken = std::count_if(notes.begin(), notes.end(), keeps_from_loading);
  return static_cast<std::size_t>(failed + broken);
}

std::size_t FolderCheck::count_warnings() const {
  const auto remarks = std::count_if(notes.begin(), notes.end(), std::not_fn(keeps_from_loading));
  return static_cast<std::size_t>(std::count_if(definitions.begin(), definitions.end(), disagrees) + remarks);
}

FolderCheck check_folders(const std::vector<std::string>& folders, std::shared_ptr<PythonRuntime> python,
                          const std::string& encoding) {
  FolderCheck check;
  const DefinitionUse use{
      .runtime = python, .commands = std::make_shared<CommandRuntime>(), .encoding = encoding};
  FolderReader reader(check, use);
  for (const std::string& folder : folders) reader.read(folder);
  std::vector<NodeTypePtr> in_python;
  for (const NodeTypePtr& type : reader.types()) {
    if (is_python(*type)) in_python.push_back(type);
    // Whatever can be wrong with a command has been found when it was read.
    if (!is_python(*type))
      check.definitions.push_back({type, {}, type->definition.inputs, type->definition.outputs});
  }
  for (DefinitionCheck& loaded : check_definitions(*python, in_python, kLoadTimeout)) {
    check.definitions.push_back(std::move(loaded));
  }
  return check;
}

std::string folder_check_text(const FolderCheck& check) {
  std::string text;
  for (const LoadNote& note : check.notes) text += note_line(note);
  for (const DefinitionCheck& definition : check.definitions) text += definition_lines(definition);
  return text + counted(check.definitions.size(), "definition") + ": " +
         counted(check.count_failures(), "error") + ", " + counted(check.count_warnings(), "warning") + "\n";
}

Value folder_check_value(const FolderCheck& check) {
  std::vector<Value> nodes;
  for (const DefinitionCheck& definition : check.definitions)
    nodes.push_back(node_type_value(*definition.type, &definition));
  return Value(Dict{{"nodes", Value::list(std::move(nodes))}, {"notes", load_notes_value(check.notes)}});
}

}  // namespace vnode
