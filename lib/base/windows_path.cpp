#include "base/windows_path.h"

namespace vnode {

bool is_windows_path(std::string_view path) {
  if (path.size() < 3) return false;
  if (path.starts_with("\\\\")) return path[2] != '\\';
  const char letter = path[0];
  const bool is_letter = (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
  return is_letter && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

}  // namespace vnode
