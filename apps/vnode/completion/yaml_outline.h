#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// What a YAML workflow has on its outer level, read line by line: in a hundredth of the time that reading
/// the file takes, and also while somebody is in the middle of writing it. For suggestions only: a file in
/// another shape than people and `vnode convert` give it has no outline.
struct YamlOutline {
  struct Entry {
    std::string name;
    std::string type;
    std::string description;
    std::vector<std::string> options;
  };
  std::vector<Entry> parameters;
  std::vector<Entry> nodes;
};

YamlOutline read_yaml_outline(std::string_view text);

}  // namespace vnode
