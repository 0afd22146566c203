#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/value.h"
#include "python/definition_check.h"
#include "python/python_runtime.h"
#include "registry/registry.h"

namespace vnode {

/// All definitions of some folders, each loaded (`vnode nodes check`).
struct FolderCheck {
  std::vector<DefinitionCheck> definitions;  ///< in the order in which the files are read
  /// Files that are no usable definitions, what a run would refuse of one (both broken), remarks, ids defined
  /// twice.
  std::vector<LoadNote> notes;

  /// How many files or definitions do not load, or would be refused.
  std::size_t count_failures() const;
  /// What else is worth a look: class and file disagree, an id is defined twice, an encoding was guessed,
  /// what `review_definition` warns of.
  std::size_t count_warnings() const;
};

/// Loads all of them in the runtime's hosts, one an interpreter; imports run. Unlike in a run, definitions
/// that a later one of the same id replaces are loaded too. `encoding`: of files that are not UTF-8.
FolderCheck check_folders(const std::vector<std::string>& folders, std::shared_ptr<PythonRuntime> python,
                          const std::string& encoding = {});

/// For people: what is wrong, by file, and one line that sums up.
std::string folder_check_text(const FolderCheck& check);
/// For programs: as `nodes list` and `nodes show` tell them.
Value folder_check_value(const FolderCheck& check);

}  // namespace vnode
