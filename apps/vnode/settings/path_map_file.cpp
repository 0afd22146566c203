#include "apps/vnode/settings/path_map_file.h"

#include "base/text_file.h"
#include "model/json_reader.h"

namespace vnode {
namespace {

Error in_file(Error error, const std::string& path) {
  error.place.file = path;
  return error;
}

}  // namespace

Result<Value> read_path_map_file(const std::string& path) {
  const Result<TextFile> file = read_text_file(path);
  if (!file) return file.error();
  Result<Value> document = parse_json(file->text);
  if (!document) return in_file(document.error(), path);
  if (const Result<PathMap> map = PathMap::read(*document); !map) return in_file(map.error(), path);
  return document;
}

Result<std::shared_ptr<const PathMap>> load_path_map(const Settings& settings) {
  const std::string path = settings.text_of("path_map");
  if (path.empty()) return std::shared_ptr<const PathMap>();
  const Result<Value> document = read_path_map_file(path);
  if (!document) return document.error();
  return std::shared_ptr<const PathMap>(std::make_shared<PathMap>(PathMap::read(*document).value()));
}

}  // namespace vnode
