#include "journal/recorded_files.h"

#include <sys/stat.h>

#include <cstdint>

#include "journal/record_fields.h"

namespace vnode {
namespace {

RecordedFile recorded_file(const Value& recorded) {
  RecordedFile file;
  if (!recorded.is_dict()) return file;
  const Dict fields = recorded.as_dict();
  if (const Value* path = fields.find("path")) file.path = field_text(*path);
  const Value* size = fields.find("size");
  const Value* changed = fields.find("mtime");
  file.is_there = size != nullptr;
  if (size && size->is_int()) file.size = static_cast<std::uint64_t>(size->as_int());
  if (changed && changed->is_int()) file.changed = changed->as_int();
  if (const Value* digest = fields.find("digest")) file.digest = field_text(*digest);
  return file;
}

}  // namespace

std::vector<RecordedFile> recorded_files(const JournalRecord& record) {
  std::vector<RecordedFile> files;
  const Value recorded = record.field("files");
  if (!recorded.is_list()) return files;
  for (const Value& file : recorded.as_list()) files.push_back(recorded_file(file));
  return files;
}

RecordedFile look_at_file(const std::string& path) {
  RecordedFile file{path};
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return file;
  file.is_there = true;
  file.size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  file.changed = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  return file;
}

LogLevel recorded_level(std::string_view name) {
  for (const LogLevel level : {LogLevel::kInfo, LogLevel::kSuccess, LogLevel::kWarning, LogLevel::kError}) {
    if (level_name(level) == name) return level;
  }
  return LogLevel::kInfo;
}

}  // namespace vnode
