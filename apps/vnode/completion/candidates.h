#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// A word that could stand at the cursor.
struct Candidate {
  std::string word;
  std::string help = {};  ///< for shells that show it
};

/// What a shell is told.
struct Completion {
  enum class Kind {
    kWords,
    kOpenWords,  ///< words that go on: no blank behind them
    kFiles,      ///< what files there are the shell knows best
    kFolders,
  };
  Kind kind = Kind::kWords;
  std::string before = {};  ///< with files: what of the word at the cursor stands before their name
  std::vector<Candidate> candidates = {};

  /// Keeps what begins so.
  void add(std::string_view beginning, std::string word, std::string help = {});
};

/// What `vnode __complete` prints: a line with the kind and, behind a tab, what stands before; then a line a
/// candidate, its help behind a tab. Words with control characters are left out: no shell could take them.
std::string completion_text(const Completion& completion);

}  // namespace vnode
