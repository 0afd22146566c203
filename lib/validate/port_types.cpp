#include "validate/port_types.h"

namespace vnode {
namespace {

/// Kinds of data that differ so much that nodes cannot make one of the other. A text can be made of anything,
/// and lists of texts (their characters), so texts go with all.
enum class Family { kAny, kNumber, kList, kDict };

Family family_of(std::string_view type) {
  if (type == "int" || type == "float" || type == "number" || type == "bool" || type == "boolean") {
    return Family::kNumber;
  }
  if (type == "list") return Family::kList;
  if (type == "dict") return Family::kDict;
  return Family::kAny;
}

std::optional<Mismatch> check_exec_wire(bool from_exec, bool to_exec, std::string_view target) {
  if (!from_exec) {
    return Mismatch{"/is_exec", "an exec wire from a data output never fires",
                    to_exec ? "start the wire at an exec output" : "set is_exec to false"};
  }
  if (to_exec || target == "any") return std::nullopt;
  return Mismatch{"/to_port", "an exec wire runs the node and brings no data",
                  "end the wire at an exec input"};
}

std::optional<Mismatch> check_exec_data_wire(bool from_exec, bool to_exec, std::string_view target) {
  if (from_exec && to_exec) {
    return Mismatch{"/is_exec", "without is_exec the wire is plain data and runs nothing",
                    "set is_exec to true"};
  }
  if (to_exec) {
    return Mismatch{"/to_port", "data that arrives at an exec input runs nothing",
                    "end the wire at a data input"};
  }
  if (target == "any") return std::nullopt;
  return Mismatch{"/from_port", "as data an exec output is true or null", "start the wire at a data output"};
}

}  // namespace

std::optional<Mismatch> find_mismatch(bool is_exec, std::string_view source, std::string_view target) {
  const bool from_exec = source == "exec";
  const bool to_exec = target == "exec";
  if (is_exec) return check_exec_wire(from_exec, to_exec, target);
  if (from_exec || to_exec) return check_exec_data_wire(from_exec, to_exec, target);
  const Family from = family_of(source);
  const Family to = family_of(target);
  if (from == to || from == Family::kAny || to == Family::kAny) return std::nullopt;
  return Mismatch{"/to_port", "the types have nothing in common",
                  "put a node that converts the value in between"};
}

}  // namespace vnode
