#pragma once

#include <string>
#include <vector>

#include "model/value.h"

namespace vnode {

/// One declared port of a node type, input or output. The type is free text in files; these have a meaning
/// here: "exec" (control, not data) and, for defaults, "string", "list", "bool", "int", "float", "number".
struct Port {
  std::string name;
  std::string type = "any";
  Value default_value = {};  ///< after the default rule, see `with_type_default`
  std::string widget = {};   ///< how an editor lets people enter it; no meaning at run time
  std::vector<std::string> options = {};
  /// What the parameter holds after construction when that is not the default (a port that a definition
  /// declares twice keeps its first parameter); unset otherwise.
  Value initial = Value::unset();
  /// A text in it is used as the name of a file or folder, though neither type nor widget says so.
  bool is_file_name = false;

  /// True when texts in it are names of files or folders, as far as the declaration tells.
  bool names_file() const;
  bool is_exec() const { return type == "exec"; }
};

/// The default rule (python_nodes.md, section 6): None becomes '' for string, [] for list, False for bool, 0
/// for int, float and number; an explicit value is kept as it is, and so is None for every other type.
Value with_type_default(std::string_view type, Value explicit_default);

}  // namespace vnode
