#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "yaml/yaml_source.h"

namespace vnode {

/// What stands at one place of a YAML document.
struct YamlNode {
  enum class Kind : std::uint8_t {
    kNull,    ///< nothing, or a plain `~` or `null`: the text tells
    kPlain,   ///< a scalar without quotes
    kQuoted,  ///< in quotes, or a block
    kList,
    kMap,
  };
  /// Of YAML's core schema.
  enum class Tag : std::uint8_t { kNone, kText, kInt, kFloat, kBool, kNull };

  Kind kind = Kind::kNull;
  Tag tag = Tag::kNone;
  std::uint32_t at = 0;     ///< where in the text it begins, in bytes
  std::uint32_t begin = 0;  ///< of its text, or of its items
  std::uint32_t size = 0;   ///< bytes, or items; of a map, keys and values are counted each

  bool is_scalar() const { return kind <= Kind::kQuoted; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
};

/// Which node of a tree.
using YamlIndex = std::uint32_t;
inline constexpr YamlIndex kNoYaml = 0xFFFFFFFF;

/// One YAML document as it was written: scalars are texts, and nobody has said yet what they mean. An alias
/// is its anchor's node once more. Refers to nothing; immutable once it is read.
class YamlTree {
 public:
  /// Far more than workflows need, far less than the native stack bears; yaml-cpp's own limit is 500.
  static constexpr int kMostDepth = 400;
  /// How much larger than the file a document may become by its aliases (people.md, Y2).
  static constexpr std::size_t kMostExpansion = 100;

  /// Reads the text with yaml-cpp's event parser. What a workflow may not have is an error with its place and
  /// what was probably meant: bad_yaml, duplicate_key, merge_key, tab, bad_tag, several_documents, bad_alias,
  /// too_deep, too_large, bad_character, empty_document. nullopt, and one problem, when there is one.
  static std::optional<YamlTree> parse(const YamlSource& source, Problems& problems);

  YamlIndex root() const { return root_; }
  const YamlNode& operator[](YamlIndex index) const { return nodes_[index]; }
  /// Of a scalar. A view into the tree.
  std::string_view text(YamlIndex index) const {
    return std::string_view(texts_).substr(nodes_[index].begin, nodes_[index].size);
  }
  /// The items of a list; keys and values in turns of a map.
  std::span<const YamlIndex> items(YamlIndex index) const {
    return std::span(items_).subspan(nodes_[index].begin, nodes_[index].size);
  }
  /// The value of that key of a map, or kNoYaml.
  YamlIndex find(YamlIndex map, std::string_view key) const;

 private:
  friend class YamlTreeBuilder;

  std::vector<YamlNode> nodes_;
  std::vector<YamlIndex> items_;
  std::string texts_;
  YamlIndex root_ = kNoYaml;
};

}  // namespace vnode
