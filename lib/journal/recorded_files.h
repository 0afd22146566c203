#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/recorder.h"
#include "journal/journal_reader.h"
#include "model/log_level.h"

namespace vnode {

// What records say beside values, read the same way from a journal and from a cache.

/// The files that a record tells of, as they were.
std::vector<RecordedFile> recorded_files(const JournalRecord& record);

/// What a file is like now, but for its digest.
RecordedFile look_at_file(const std::string& path);

/// Info where there is no such level.
LogLevel recorded_level(std::string_view name);

}  // namespace vnode
