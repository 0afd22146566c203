#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/problem.h"
#include "model/value.h"
#include "yaml/yaml_source.h"

namespace vnode {

/// Where the parts of a document stand that was lowered from YAML, by JSON pointer: so that whatever is said
/// about the document later, by those who know nothing of YAML, can be told with its line.
struct YamlPlaces {
  struct Node {
    std::uint32_t at = 0;
    std::vector<std::pair<Value, std::uint32_t>> parameters = {};  ///< by name
    std::shared_ptr<const YamlPlaces> group = nullptr;             ///< of its `__workflow__`
  };

  std::shared_ptr<const YamlSource> source;
  std::vector<Node> nodes = {};
  std::vector<std::uint32_t> connections = {};
  std::vector<std::pair<Value, std::uint32_t>> workflow_parameters = {};
  std::vector<std::size_t> unplaced = {};  ///< nodes without a position
  std::vector<std::size_t> noted = {};     ///< nodes with a note; of each the document has one, in this order

  /// The place of the nearest part around what the pointer points to; nullopt where none is known.
  std::optional<SourcePlace> find(std::string_view pointer) const;

  /// Gives those problems their places that have none yet.
  void add_to(Problems& problems) const;
};

}  // namespace vnode
