#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/windows_path.h"
#include "model/value_ops.h"
#include "nodes/batch.h"
#include "nodes/conversions.h"
#include "nodes/file_digest.h"
#include "nodes/file_system.h"
#include "nodes/glob.h"
#include "nodes/path_text.h"
#include "nodes/windows_path_warning.h"

namespace vnode {
namespace {

Outputs file_hash(NodeCall& call) {
  Result<FileDigest> digest = Error{ErrorCode::kUsage, "no path"};
  if (std::string path = text_input(call, "path"); !path.empty()) {
    warn_of_windows_path(call, path);
    digest = digest_file(path, text_input(call, "algorithm"), [&call] { return call.is_stopped(); });
  }
  if (!digest) {
    call.log_warning("File hash: " + digest.error().message);
    return {{"digest", ""}, {"size", 0}, {"success", false}};
  }
  return {{"digest", digest->hex}, {"size", digest->size}, {"success", true}};
}

std::string_view kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return "file";
  return S_ISDIR(status.st_mode) ? "folder" : "other";
}

double modified_of(const struct stat& status) {
  return static_cast<double>(status.st_mtim.tv_sec) + static_cast<double>(status.st_mtim.tv_nsec) * 1e-9;
}

Outputs file_info(NodeCall& call) {
  const std::string path = text_input(call, "path");
  warn_of_windows_path(call, path);
  std::optional<struct stat> found = find_file(path);
  if (!found) return {{"exists", false}, {"kind", ""}, {"size", 0}, {"modified", 0.0}};
  return {{"exists", true},
          {"kind", kind_of(*found)},
          {"size", found->st_size},
          {"modified", modified_of(*found)}};
}

/// What `filter_files` asks of a file.
struct FileRule {
  std::string pattern;
  std::int64_t min_size = 0;
  std::int64_t max_size = 0;
  double newer_than = 0;

  bool asks_for_status() const { return min_size > 0 || max_size > 0 || newer_than > 0; }
  bool accepts(const std::string& path) const {
    if (!pattern.empty() && !matches_glob(pattern, split_path(path).name)) return false;
    if (!asks_for_status()) return true;
    std::optional<struct stat> found = find_file(path);
    return found && S_ISREG(found->st_mode) && found->st_size >= min_size &&
           (max_size <= 0 || found->st_size <= max_size) && modified_of(*found) > newer_than;
  }
};

Outputs filter_files(NodeCall& call) {
  FileRule rule = {.pattern = text_input(call, "pattern"),
                   .min_size = require_int(call.input("min_size"), "min_size"),
                   .max_size = require_int(call.input("max_size"), "max_size"),
                   .newer_than = require_float(call.input("newer_than"), "newer_than")};
  Result<Value> files = iterate(call.input("files"));
  if (!files) throw NodeFailure("files: " + files.error().message);
  std::vector<Value> accepted;
  bool is_warned = false;
  for (const Value& file : files->as_list()) {
    if (call.is_stopped()) break;
    if (!is_warned && rule.asks_for_status() && file.is_text() && is_windows_path(file.as_text())) {
      warn_of_windows_path(call, file.as_text());
      is_warned = true;
    }
    if (rule.accepts(to_text(file))) accepted.push_back(file);
  }
  std::size_t count = accepted.size();
  return {{"result", Value::list(std::move(accepted))}, {"count", count}};
}

void add_filter_node(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "filter_files",
                     .name = "Filter Files",
                     .category = "File",
                     .description =
                         "The paths of a list whose name matches a pattern (*, ?, [a-z]; empty: all). With "
                         "sizes in bytes or a time in seconds since 1970 (0: any), only regular files that "
                         "exist and meet them.",
                     .inputs = {{"files", "list"},
                                {"pattern", "string", "*", "text"},
                                {"min_size", "int", 0, "int"},
                                {"max_size", "int", 0, "int"},
                                {"newer_than", "float", 0.0, "float"}},
                     .outputs = {{"result", "list"}, {"count", "int"}}},
      .compute = filter_files,
      .blocking = true,
  });
}

}  // namespace

void add_file_query_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "file_hash",
                     .name = "File Hash",
                     .category = "File",
                     .description = "The checksum of a file as hexadecimal digits, and its size in bytes.",
                     .inputs = {{"path", "string", "", "file"},
                                {.name = "algorithm",
                                 .type = "string",
                                 .default_value = "sha256",
                                 .widget = "dropdown",
                                 .options = {"sha256", "sha1", "md5", "sha512"}}},
                     .outputs = {{"digest", "string"}, {"size", "int"}, {"success", "bool"}}},
      .compute = file_hash,
      .blocking = true,
  });
  library.add({
      .definition =
          {.node_id = "file_info",
           .name = "File Info",
           .category = "File",
           .description = "Whether something exists at a path, its kind (file, folder, other), size in bytes "
                          "and time of change in seconds since 1970.",
           .inputs = {{"path", "string", "", "file"}},
           .outputs = {{"exists", "bool"}, {"kind", "string"}, {"size", "int"}, {"modified", "float"}}},
      .compute = file_info,
      .blocking = true,
  });
  add_filter_node(library);
}

}  // namespace vnode
