#include "model/port.h"

namespace vnode {

Value with_type_default(std::string_view type, Value explicit_default) {
  if (!explicit_default.is_none()) return explicit_default;
  if (type == "string") return Value("");
  if (type == "list") return Value::empty_list();
  if (type == "bool") return Value(false);
  if (type == "int" || type == "float" || type == "number") return Value(0);
  return Value();
}

bool Port::names_file() const {
  return is_file_name || type == "path" || type == "file" || type == "directory" || widget == "file" ||
         widget == "file_save" || widget == "directory";
}

}  // namespace vnode
