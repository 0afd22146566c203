#pragma once

#include <span>
#include <string>

#include "apps/vnode/completion/candidates.h"
#include "apps/vnode/options/command_spec.h"

namespace vnode {

/// What a word of an option or argument names, by what --help calls it.
enum class WordKind {
  kText,       ///< nothing that could be suggested
  kChoice,     ///< one of `OptionSpec::choices`
  kFile,       ///< "FILE", "PATH", ...
  kFolder,     ///< "DIR"
  kNode,       ///< "NODE": of the workflow file, or of the run
  kTarget,     ///< "NODE[.PORT]"
  kOutput,     ///< "NODE.PORT"
  kParameter,  ///< "[NODE.]NAME=VALUE"
  kNodeType,   ///< "TYPE"
  kRun,        ///< "ID"
  kQueue,      ///< "QUEUE"
  kVariable,   ///< "VARIABLE", "VARIABLE=VALUE": of the environment
};
WordKind word_kind(const OptionSpec& option);

/// What could stand at the cursor. `words`: what was typed behind the program's name up to there, without
/// quotes; the last one is that at the cursor. Reads the workflow file that the line names, and asks the
/// daemon about runs and queues (see `run_candidates`). Never fails: what cannot be found is not suggested.
Completion complete(const CommandSpec& program, std::span<const std::string> words);

}  // namespace vnode
