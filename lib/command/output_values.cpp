#include "command/output_values.h"

#include <glob.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/text.h"
#include "command/expected_files.h"
#include "model/json_reader.h"

namespace vnode {
namespace {

using SourceKind = OutputSource::Kind;
constexpr std::uintmax_t kMostFile = 64 << 20;

Error no_value(std::string message) { return {ErrorCode::kInvalidValue, std::move(message)}; }

Value lines_of(std::string_view text) {
  std::vector<Value> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) lines.emplace_back("");  // of the last newline only one was taken away
  }
  return Value::list(std::move(lines));
}

Result<Value> json_of(std::string_view text, const std::string& what) {
  Result<Value> value = parse_json(text);
  if (!value) return no_value(what + " is not JSON: " + value.error().message);
  return value;
}

Result<std::string> contents_of(const std::string& path, const std::string& shown) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return no_value(shown + " is not there");
  if (!std::filesystem::is_regular_file(status)) return no_value(shown + " is not a file");
  if (std::filesystem::file_size(path, error) > kMostFile) {
    return no_value(shown + " has more than " + std::to_string(kMostFile) + " bytes, too many for a value");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) return no_value(shown + " cannot be read");
  return replace_invalid_utf8(text);
}

/// Sorted; paths are as the pattern gives them.
Value files_like(const std::string& pattern, const std::string& directory) {
  const bool is_relative = !pattern.starts_with('/') && !directory.empty();
  const std::string whole = is_relative ? path_in(escape_glob(directory), pattern) : pattern;
  const std::size_t skipped = is_relative ? path_in(directory, "").size() : 0;
  glob_t found{};
  std::vector<Value> paths;
  if (::glob(whole.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      paths.emplace_back(replace_invalid_utf8(std::string_view(found.gl_pathv[i]).substr(skipped)));
    }
  }
  ::globfree(&found);
  return Value::list(std::move(paths));
}

}  // namespace

std::string escape_glob(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

Result<Value> output_value(const OutputSource& source, std::size_t index, const std::string& path,
                           const std::string& directory, const CommandOutput& output) {
  const std::string place = path_in(directory, path);
  switch (source.kind) {
    case SourceKind::kText:
      return Value(output.text(OutputStream::kOutput));
    case SourceKind::kLines:
      return lines_of(output.text(OutputStream::kOutput));
    case SourceKind::kJson:
      if (!output.is_whole(OutputStream::kOutput))
        return no_value("its standard output is too long for a value");
      return json_of(output.text(OutputStream::kOutput), "its standard output");
    case SourceKind::kMatch:
      return output.match(index) ? Value(*output.match(index)) : Value();
    case SourceKind::kFile: {
      std::error_code error;
      if (!std::filesystem::exists(place, error)) return no_value(path + " is not there");
      return Value(path);
    }
    case SourceKind::kGlob:
      return files_like(path, directory);
    case SourceKind::kFileText:
    case SourceKind::kFileJson: {
      Result<std::string> text = contents_of(place, path);
      if (!text) return text.error();
      return source.kind == SourceKind::kFileText ? Result<Value>(Value(*text)) : json_of(*text, path);
    }
  }
  return Value();
}

}  // namespace vnode
