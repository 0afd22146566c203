#pragma once

#include <memory>
#include <string>

#include "base/uuid.h"
#include "model/problem.h"
#include "model/value.h"
#include "registry/registry.h"
#include "yaml/yaml_places.h"

namespace vnode {

struct YamlReadingOptions {
  /// Every node gets its name as `__name__`, so that a run can be told by names. Without: only those that the
  /// file does not say to have none, which is the same document as before it was YAML.
  bool keeps_names = true;
  /// Of the files that `use` names; empty: UTF-8.
  std::string encoding = {};
};

/// What a YAML workflow became: the JSON document that says the same, which is all that anybody behind this
/// knows of.
struct YamlReading {
  Value document = Value::unset();  ///< unset when there are errors
  Problems problems = {};           ///< with line and column
  /// For problems that are found in the document later; null when the text could not be read at all.
  std::shared_ptr<const YamlPlaces> places = nullptr;
};

/// Lowers a workflow written for people (people.md, Y1 to Y3; the README says how) to the document of an
/// editor's file. `registry` says which ports nodes have: whether a scalar is a text, and what is a wire. A
/// type that it does not know takes any port; the reader of the document says that nobody knows it. `file`:
/// as messages name it; what `use` names is relative to it. `text`: UTF-8. Codes of problems, beside those of
/// YamlTree: wrong_type, unknown_key, unknown_port, unknown_node, missing_type, no_exec_port, not_settable,
/// near_wire (a warning), mixed_wires, bad_use, use_cycle, use_outside, bad_parameter, stale_editor (a
/// warning).
YamlReading read_yaml_workflow(const std::string& file, std::string text, const Registry& registry,
                               const YamlReadingOptions& options = {});

/// The id of the node of that name path ("group/node").
Uuid id_of_name_path(std::string_view path);

}  // namespace vnode
