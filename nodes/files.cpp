#include <string>
#include <string_view>

#include "base/text.h"
#include "model/value_ops.h"
#include "nodes/atomic_write.h"
#include "nodes/brief.h"
#include "nodes/directory_listing.h"
#include "nodes/file_system.h"
#include "nodes/native_nodes.h"
#include "nodes/path_text.h"
#include "nodes/text_codec.h"
#include "nodes/windows_path_warning.h"

namespace vnode {
namespace {

constexpr std::size_t kFileBlock = 1 << 20;

Port path_port(std::string_view standard) {
  return {.name = "path",
          .type = "string",
          .default_value = Value(standard),
          .widget = "text",
          .is_file_name = true};
}

/// The path in an input, or what is wrong with it.
Result<std::string> path_input(NodeCall& call) {
  const Value& path = call.input("path");
  if (!truthy(path)) return Error{ErrorCode::kUsage, "no path"};
  if (!path.is_text()) {
    return Error{ErrorCode::kUsage, "the path must be a text, not " + std::string(type_name(path))};
  }
  warn_of_windows_path(call, path.as_text());
  return std::string(path.as_text());
}

Outputs result_of(NodeCall& call, std::string_view action, const Result<void>& outcome) {
  if (!outcome) call.log_warning(std::string(action) + ": " + outcome.error().message);
  return {{"result", outcome.ok()}};
}

Result<std::string> read_whole_file(const NodeCall& call, const std::string& path) {
  Result<FileDescriptor> file = open_file(path, O_RDONLY);
  if (!file) return file.error();
  struct stat status;
  std::string bytes;
  if (fstat(file->get(), &status) == 0 && status.st_size > 0) {
    bytes.reserve(static_cast<std::size_t>(status.st_size));
  }
  std::string block(kFileBlock, '\0');
  while (!call.is_stopped()) {
    Result<std::size_t> count = read_some(*file, block.data(), block.size(), path);
    if (!count) return count.error();
    if (*count == 0) break;
    bytes.append(block, 0, *count);
  }
  return bytes;
}

/// Every line break becomes `\n`.
void normalise_newlines(std::string& text) {
  std::size_t first = text.find('\r');
  if (first == std::string::npos) return;
  std::size_t to = first;
  for (std::size_t from = first; from < text.size(); ++from) {
    if (text[from] == '\r') {
      text[to++] = '\n';
      if (from + 1 < text.size() && text[from + 1] == '\n') from += 1;
    } else {
      text[to++] = text[from];
    }
  }
  text.resize(to);
}

std::string load_file(NodeCall& call, const Value& path_value) {
  if (!truthy(path_value)) return {};
  if (!path_value.is_text()) {
    throw NodeFailure("file_path must be a text, not " + std::string(type_name(path_value)));
  }
  std::string path(path_value.as_text());
  warn_of_windows_path(call, path);
  if (!find_file(path)) return {};
  Result<std::string> bytes = read_whole_file(call, path);
  if (!bytes) return "Error reading file: " + bytes.error().message;
  std::string text =
      find_invalid_utf8(*bytes) == std::string_view::npos ? std::move(*bytes) : replace_invalid_utf8(*bytes);
  normalise_newlines(text);
  return text;
}

Outputs file_loader(NodeCall& call) {
  Outputs outputs = {{"file_data", load_file(call, call.input("file_path"))}};
  if (call.is_output_wired("exec_out")) outputs.append("exec_out", true);
  return outputs;
}

Result<std::string> encode_content(const NodeCall& call, TextPosition position) {
  const Value& encoding = call.input("encoding");
  if (!encoding.is_none() && !encoding.is_text()) {
    return Error{ErrorCode::kUsage, "the encoding must be a text, not " + std::string(type_name(encoding))};
  }
  const Value& content = call.input("content");
  std::string_view codec = encoding.is_text() ? encoding.as_text() : "utf-8";
  if (content.is_text()) return encode_text(content.as_text(), codec, position);
  return encode_text(to_text(content), codec, position);
}

// Encoded before anything is touched, so that a text that cannot be encoded leaves no trace.
Result<void> write_content(NodeCall& call) {
  Result<std::string> path = path_input(call);
  if (!path) return path.error();
  Result<std::string> bytes = encode_content(call, TextPosition::kStart);
  if (!bytes) return bytes.error();
  Result<void> made = make_parent_folders(*path);
  return made ? write_file_atomically(*path, *bytes) : made;
}

Result<void> append_content(NodeCall& call) {
  Result<std::string> path = path_input(call);
  if (!path) return path.error();
  std::optional<struct stat> old = find_file(*path);
  bool has_content = old && S_ISREG(old->st_mode) && old->st_size > 0;
  Result<std::string> bytes = encode_content(call, has_content ? TextPosition::kLater : TextPosition::kStart);
  if (!bytes) return bytes.error();
  Result<void> made = make_parent_folders(*path);
  if (!made) return made;
  Result<FileDescriptor> file = open_file(*path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file) return file.error();
  Result<void> written = write_all(*file, *bytes, *path);
  return written ? file->close(*path) : written;
}

Result<void> create_folder(NodeCall& call) {
  Result<std::string> path = path_input(call);
  if (!path) return path.error();
  Result<bool> created = make_folders(*path);
  if (!created) return created.error();
  if (*created || truthy(call.input("exist_ok"))) return {};
  return Error{ErrorCode::kUsage, "the folder exists already: " + brief_text(*path)};
}

Outputs list_directory(NodeCall& call) {
  const Value& path = call.input("path");
  if (!path.is_text()) {
    call.log_warning("List directory: " + (path.is_none() ? "no path" : "not a path: " + brief(path)));
    return {{"result", Value::empty_list()}};
  }
  warn_of_windows_path(call, path.as_text());
  std::string folder = normalise_path(path.as_text());
  DirectoryListing listing = truthy(call.input("recursive"))
                                 ? list_folder_tree(folder, [&call] { return call.is_stopped(); })
                                 : list_folder(folder);
  for (const std::string& problem : listing.problems) call.log_warning("List directory: " + problem);
  std::vector<Value> names;
  names.reserve(listing.paths.size());
  for (const std::string& name : listing.paths) names.emplace_back(name);
  return {{"result", Value::list(std::move(names))}};
}

void add_writers(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "file_write",
                     .name = "Write File",
                     .category = "File",
                     .description = "Writes text to a file, replacing what it held.",
                     .inputs = {path_port(""),
                                {"content", "string", "", "text_area"},
                                {"encoding", "string", "utf-8", "text"}},
                     .outputs = {{"result", "bool"}}},
      .compute = [](NodeCall& call) { return result_of(call, "Write file", write_content(call)); },
      .blocking = true,
      .writes = "path",
  });
  library.add({
      .definition = {.node_id = "file_append",
                     .name = "Append File",
                     .category = "File",
                     .description = "Adds text at the end of a file.",
                     .inputs = {path_port(""),
                                {"content", "string", "", "text_area"},
                                {"encoding", "string", "utf-8", "text"}},
                     .outputs = {{"result", "bool"}}},
      .compute = [](NodeCall& call) { return result_of(call, "Append to file", append_content(call)); },
      .blocking = true,
      .writes = "path",
  });
}

void add_folder_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "create_folder",
                     .name = "Create Folder",
                     .category = "File",
                     .description = "Creates a folder, and those above it that are missing.",
                     .inputs = {path_port(""), {"exist_ok", "bool", true, "bool"}},
                     .outputs = {{"result", "bool"}}},
      .compute = [](NodeCall& call) { return result_of(call, "Create folder", create_folder(call)); },
      .blocking = true,
      .writes = "path",
  });
  library.add({
      .definition = {.node_id = "list_directory",
                     .name = "List Directory",
                     .category = "File",
                     .description = "The paths of what a folder holds, sorted by name.",
                     .inputs = {path_port("."), {"recursive", "bool", false, "bool"}},
                     .outputs = {{"result", "list"}}},
      .compute = list_directory,
      .blocking = true,
  });
}

}  // namespace

void add_file_nodes(NodeLibrary& library) {
  library.add({
      .definition = {.node_id = "File Loader",
                     .name = "File Loader",
                     .category = "IO",
                     .description = "The whole text of a file; empty where there is none.",
                     .inputs = {{"file_path", "string", "", "file"}},
                     .outputs = {{"file_data", "string"}}},
      .compute = file_loader,
      .shape = Shape::kReturnOnly,
      .blocking = true,
  });
  add_writers(library);
  add_folder_nodes(library);
}

}  // namespace vnode
