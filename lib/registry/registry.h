#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/node_type.h"

namespace vnode {

/// Something about loading definitions that its user should know.
struct LoadNote {
  enum class Kind {
    kBroken,    ///< the file is not a usable definition; `message` says why
    kReplaced,  ///< `file` replaces an earlier definition of the id, or is itself set aside for the native
                ///< node
    kWarning,   ///< loaded, with a remark (encoding)
  };
  Kind kind = Kind::kBroken;
  std::string file;
  std::string node_id;  ///< empty when the file does not even give one
  std::string message;
};

/// The known node types by id. Not a singleton: the program makes one and hands it on; a run keeps the types
/// that it uses alive, so replacing one (reload) never touches a run. Thread rule: filled by one thread; then
/// any number of readers.
class Registry {
 public:
  /// Adds or replaces. Returns the type that was there before, or null.
  NodeTypePtr add(NodeTypePtr type);
  void add_library(const NodeLibrary& library);

  /// Null when unknown.
  NodeTypePtr find(std::string_view node_id) const;

  /// All types, by id.
  std::vector<NodeTypePtr> types() const;

  /// The known id nearest to an unknown one, or empty.
  std::string suggestion(std::string_view node_id) const;

  void add_note(LoadNote note) { notes_.push_back(std::move(note)); }
  const std::vector<LoadNote>& notes() const { return notes_; }

 private:
  std::map<std::string, NodeTypePtr, std::less<>> types_;
  std::vector<LoadNote> notes_;
};

}  // namespace vnode
