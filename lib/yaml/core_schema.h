#pragma once

#include <functional>
#include <string_view>

#include "model/value.h"
#include "yaml/yaml_fault.h"
#include "yaml/yaml_tree.h"

namespace vnode {

/// What a plain scalar is by YAML 1.2's core schema: null, true, 12, 0o17, 0x1f, 1.5, .inf, .nan; all else is
/// its text (`no` and `yes` are). Numbers beyond the range of floats are infinite, as in JSON files; integers
/// have any size.
Value core_scalar(std::string_view plain);

/// Where mistakes in values go.
using FaultSink = std::function<void(YamlFault)>;

/// What stands there by the core schema, lists and maps included; the keys of maps are texts as written.
/// bad_tag: a tag that does not go with its scalar.
Value core_value(const YamlTree& tree, YamlIndex index, const FaultSink& report);

/// The same for what is to be a text: a plain scalar is the text as written (`010`, `no`).
Value text_value(const YamlTree& tree, YamlIndex index, const FaultSink& report);

}  // namespace vnode
