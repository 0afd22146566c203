#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node/node_type.h"

namespace vnode {

class DefinitionReserve;

/// Something about loading definitions that its user should know.
struct LoadNote {
  enum class Kind {
    kBroken,    ///< the file is not a usable definition; `message` says why
    kReplaced,  ///< `file` replaces an earlier definition of the id, or is itself set aside for the native
                ///< node
    kWarning,   ///< loaded, with a remark (encoding)
    kFolder,    ///< `file` is a folder that cannot be looked into: what it may define is missing
  };
  Kind kind = Kind::kBroken;
  std::string file;
  std::string
      node_id;  ///< of a file that cannot be read what it was probably to be; empty when it is unknown
  std::string message;
  std::string pointer = {};  ///< into the file's document, where it concerns a part of it
};

/// The known node types by id. Not a singleton: the program makes one and hands it on; a run keeps the types
/// that it uses alive, so replacing one (reload) never touches a run. Thread rule: filled by one thread; then
/// any number of readers.
class Registry {
 public:
  /// Adds or replaces. Returns the type that was there before, or null.
  NodeTypePtr add(NodeTypePtr type);
  void add_library(const NodeLibrary& library);
  /// What defines types that are not there otherwise. Null: nothing does.
  void set_reserve(std::shared_ptr<const DefinitionReserve> reserve) { reserve_ = std::move(reserve); }

  /// Null when unknown.
  NodeTypePtr find(std::string_view node_id) const;

  /// All types, by id.
  std::vector<NodeTypePtr> types() const;

  /// All files that are read for types, or were to be. Those of the reserve are not read for it.
  std::vector<std::string> files() const;

  /// The known id nearest to an unknown one, or empty.
  std::string suggestion(std::string_view node_id) const;

  void add_note(LoadNote note);
  const std::vector<LoadNote>& notes() const { return notes_; }

  /// The last note on a definition of that id that does not load, though it would have been the one to use;
  /// null when there is none.
  const LoadNote* broken_definition(std::string_view node_id) const;
  /// The broken definition in that file was one of that id.
  void set_broken_definition(const std::string& node_id, std::string_view file);
  /// Another definition of that id would be used anyway: nobody misses the broken one.
  void forget_broken_definition(const std::string& node_id) { broken_.erase(node_id); }
  bool has_broken_definitions() const { return !broken_.empty(); }

 private:
  std::map<std::string, NodeTypePtr, std::less<>> types_;
  std::vector<LoadNote> notes_;
  std::map<std::string, std::size_t, std::less<>> broken_;  ///< by id: which note
  std::shared_ptr<const DefinitionReserve> reserve_;        ///< null: none
};

/// What people should know of the files, one remark a file: the last one, which says what those before it
/// said. Without definitions that merely replace others. Valid as long as the registry.
std::vector<const LoadNote*> remarks(const Registry& registry);

/// "its definition FILE does not load: WHY; its last good version is used", or what else is: of a type in use
/// although a definition of its id is broken. Empty when none is.
std::string set_aside_text(const Registry& registry, const NodeType& type);

}  // namespace vnode
