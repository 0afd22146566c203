#pragma once

#include <string>
#include <vector>

#include "python/definition_check.h"

namespace vnode {

/// Where the class that a definition's code makes and the ports in its file disagree. The class counts.
struct PortDifference {
  std::string side;  ///< "input" or "output"
  std::string port;
  std::string what;  ///< "presence", "type", "default" or "options"
  Value in_class;    ///< for presence: true where it is there
  Value in_file;
};

/// Of a definition that loads. Widgets do not count: they have no meaning at run time.
std::vector<PortDifference> compare_ports(const DefinitionCheck& check);

/// `input 'seconds': default 30 in the class, "30" in the file`.
std::string difference_text(const PortDifference& difference);
Value difference_value(const PortDifference& difference);

}  // namespace vnode
