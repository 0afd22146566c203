#include <algorithm>
#include <filesystem>
#include <system_error>

#include "model/frames.h"
#include "nodes/batch.h"
#include "nodes/brief.h"
#include "nodes/directory_listing.h"
#include "nodes/file_sequences.h"
#include "nodes/glob.h"
#include "nodes/path_text.h"
#include "nodes/windows_path_warning.h"

namespace vnode {
namespace {

Value numbers_value(std::span<const std::int64_t> numbers) {
  return Value::list(std::vector<Value>(numbers.begin(), numbers.end()));
}

Outputs frame_range(NodeCall& call) {
  const Result<std::vector<std::int64_t>> frames = parse_frames(text_input(call, "text"));
  if (!frames) throw NodeFailure(frames.error().message, "bad_frames");
  const Result<std::int64_t> wanted = to_int64(call.input("chunk"));
  if (!wanted || *wanted < 0)
    throw NodeFailure("'chunk' must be a whole number, 0 for one chunk of all", "bad_chunk");
  const std::size_t size =
      *wanted == 0 ? std::max<std::size_t>(frames->size(), 1) : static_cast<std::size_t>(*wanted);
  std::vector<Value> chunks;
  for (std::size_t i = 0; i < frames->size(); i += std::min(size, frames->size() - i)) {
    chunks.push_back(numbers_value(std::span(*frames).subspan(i, std::min(size, frames->size() - i))));
  }
  return {{"frames", numbers_value(*frames)},
          {"chunks", Value::list(std::move(chunks))},
          {"count", Value(frames->size())},
          {"first", frames->empty() ? Value() : Value(frames->front())},
          {"last", frames->empty() ? Value() : Value(frames->back())}};
}

Value sequence_value(const FileSequence& sequence) {
  const std::vector<std::int64_t> missing = sequence.missing();
  return Value(Dict{{"path", Value(sequence.printf_pattern())},
                    {"hashes", Value(sequence.hash_pattern())},
                    {"padding", Value(sequence.width)},
                    {"range", Value(frames_text(sequence.frames))},
                    {"frames", numbers_value(sequence.frames)},
                    {"first", Value(sequence.frames.front())},
                    {"last", Value(sequence.frames.back())},
                    {"count", Value(sequence.frames.size())},
                    {"missing", numbers_value(missing)},
                    {"missing_range", Value(frames_text(missing))}});
}

Outputs path_sequence(NodeCall& call) {
  const std::string folder = normalise_path(text_input(call, "folder"));
  const std::string pattern = text_input(call, "pattern");
  warn_of_windows_path(call, folder);
  std::error_code none;
  if (!std::filesystem::is_directory(folder, none))
    call.log_warning("Path sequence: there is no folder " + brief_text(folder));
  const DirectoryListing listing = list_folder(folder);
  for (const std::string& problem : listing.problems) call.log_warning(problem);
  std::vector<std::string> files;
  for (const std::string& path : listing.paths) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) continue;
    if (pattern.empty() || matches_glob(pattern, path.substr(path.rfind('/') + 1))) files.push_back(path);
  }
  const FoundSequences found = find_sequences(files, 2);
  std::vector<Value> sequences;
  for (const FileSequence& sequence : found.sequences) sequences.push_back(sequence_value(sequence));
  const Value count(sequences.size());
  return {{"sequences", Value::list(std::move(sequences))},
          {"count", count},
          {"files", Value::list(std::vector<Value>(found.others.begin(), found.others.end()))}};
}

}  // namespace

void add_frame_nodes(NodeLibrary& library) {
  library.add({
      .definition =
          {.node_id = "frame_range",
           .name = "Frame Range",
           .category = "File",
           .description =
               "The frames of a text such as 1-100, 1-100x10 or 1-10:2,15,20-18: sorted, each once, "
               "and in chunks of so many.",
           .inputs = {{"text", "string", "", "text"}, {"chunk", "int", 0, "int"}},
           .outputs =
               {{"frames", "list"}, {"chunks", "list"}, {"count", "int"}, {"first", "any"}, {"last", "any"}}},
      .compute = frame_range,
  });
  library.add({
      .definition =
          {.node_id = "path_sequence",
           .name = "Path Sequence",
           .category = "File",
           .description =
               "The sequences of numbered files in a folder: each as name.%04d.exr and name.####.exr, "
               "with its range and the frames that are missing. 'pattern' chooses names: *.exr.",
           .inputs = {{"folder", "path", "", "text"}, {"pattern", "string", "", "text"}},
           .outputs = {{"sequences", "list"}, {"count", "int"}, {"files", "list"}}},
      .compute = path_sequence,
      .blocking = true,
  });
}

}  // namespace vnode
