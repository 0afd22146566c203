#include "nodes/path_text.h"

namespace vnode {
namespace {

std::string_view root_of(std::string_view path) {
  if (!path.starts_with('/')) return {};
  bool is_double = path.starts_with("//") && !path.starts_with("///");
  return is_double ? "//" : "/";
}

}  // namespace

std::string normalise_path(std::string_view path) {
  std::string out(root_of(path));
  std::size_t root = out.size();
  for (std::size_t at = 0; at < path.size();) {
    std::size_t end = path.find('/', at);
    if (end == std::string_view::npos) end = path.size();
    std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (out.size() > root) out += '/';
    out += part;
  }
  return out.empty() ? "." : out;
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || folder == "." || name.starts_with('/')) return std::string(name);
  std::string out(folder);
  if (!out.ends_with('/')) out += '/';
  out += name;
  return out;
}

PathParts split_path(std::string_view path) {
  std::string text = normalise_path(path);
  std::size_t root = root_of(text).size();
  PathParts parts;
  std::size_t slash = text.rfind('/');
  bool is_nested = slash != std::string::npos && slash >= root;
  parts.name = text.substr(is_nested ? slash + 1 : root);
  parts.folder = is_nested ? text.substr(0, slash) : text.substr(0, root);
  if (parts.name == ".") parts.name.clear();
  if (parts.folder.empty()) parts.folder = ".";
  parts.stem = parts.name;
  // A dot at either end does not begin a suffix.
  std::size_t dot = parts.name.rfind('.');
  if (dot != std::string::npos && dot > 0 && dot + 1 < parts.name.size()) {
    parts.stem = parts.name.substr(0, dot);
    parts.suffix = parts.name.substr(dot);
  }
  return parts;
}

}  // namespace vnode
