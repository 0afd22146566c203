#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "registry/definition_loader.h"
#include "registry/registry.h"

namespace vnode {

/// The definitions of a folder, read one by one when a type is asked for that nothing else defines: whoever
/// uses two of them does not wait for fifty. A definition is expected in a file that is named by its id; the
/// others are read only when an id is in none of these. Thread rule: any thread.
class DefinitionReserve {
 public:
  /// Looks for the files, and reads none.
  DefinitionReserve(std::string folder, DefinitionUse use);
  DefinitionReserve(const DefinitionReserve&) = delete;

  /// True when a file is named by that id: its definition takes the place of an earlier one.
  bool has_file_of(std::string_view id) const { return paths_.contains(id); }
  /// Null when the folder has none of that id that loads.
  NodeTypePtr find(std::string_view id) const;
  /// The note on a definition of that id that does not load; null when there is none. Valid as long as this.
  const LoadNote* broken_definition(std::string_view id) const;
  std::vector<std::string> files() const;
  /// With all that there are. Valid as long as this.
  const Registry& all() const;

 private:
  void read(std::string_view id) const;
  void read_all() const;

  const std::string folder_;
  const DefinitionUse use_;
  std::map<std::string, std::string, std::less<>> paths_;  ///< by the name of the file without its ending
  mutable std::mutex mutex_;
  mutable Registry read_;
  mutable bool is_complete_ = false;
};

}  // namespace vnode
