#pragma once

#include <cstddef>
#include <string>

#include "model/problem.h"
#include "yaml/yaml_source.h"

namespace vnode {

/// What is wrong at one place of a YAML text, and what was probably meant.
struct YamlFault {
  std::size_t at = 0;  ///< in bytes
  std::string code;
  std::string message;
  std::string hint;

  Problem problem(const YamlSource& source, Severity severity = Severity::kError) const;
};

YamlFault tab_fault(std::size_t at);
YamlFault depth_fault(std::size_t at);

/// What yaml-cpp says, in words for people: it knows where, and not always why.
YamlFault explain(const YamlSource& source, std::size_t at, const std::string& message);

}  // namespace vnode
