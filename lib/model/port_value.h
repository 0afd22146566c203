#pragma once

#include <string_view>

#include "model/value.h"

namespace vnode {

/// A value under a port's name. The name is a view: it must outlive the entry.
struct PortValue {
  std::string_view port;
  Value value;
};

}  // namespace vnode
