#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "store/run_id.h"
#include "store/run_store.h"
#include "support/scratch_folder.h"

namespace vnode::test {

inline std::string sample_id(std::int64_t number) {
  constexpr std::chrono::hours kSubmitted(24 * 20'000);
  return run_id(number, WallTime(kSubmitted), "");
}

inline RunRow sample_row(std::int64_t number, RunStatus status = RunStatus::kPending) {
  RunRow row;
  row.number = number;
  row.id = sample_id(number);
  row.status = status;
  row.queue = "default";
  row.workflow = "/show/shot_" + std::to_string(number) + ".json";
  row.created_at = 1'000'000 * number;
  return row;
}

inline StoredSubmission sample_submission(std::int64_t number) {
  return {"{\"nodes\":[" + std::to_string(number) + "]}", "{\"priority\":0}"};
}

template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << describe(result.error());
  return std::move(*result);
}

inline std::unique_ptr<RunStore> must_open(const std::string& folder) { return must(RunStore::open(folder)); }

/// One change in a commit of its own.
inline Result<void> change(RunStore& store, const std::function<Result<void>(RunStore&)>& what) {
  return store.transact({what}).front();
}

inline Result<void> insert(RunStore& store, const RunRow& row) {
  return change(store, [&](RunStore& inner) { return inner.insert(row, sample_submission(row.number)); });
}

inline Result<void> finish(RunStore& store, RunRow row, RunStatus status = RunStatus::kCompleted) {
  row.status = status;
  if (!row.completed_at) row.completed_at = row.created_at + 1;
  return change(store, [&](RunStore& inner) { return inner.finish(row); });
}

/// Name and content of everything in a folder; a folder in it counts as empty.
inline std::map<std::string, std::string> files_of(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string& content = files[entry.path().filename()];
    if (entry.is_directory()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    content = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

/// What is on disk now, as after a kill: the store itself goes on.
inline void copy_files(const std::string& from, const std::string& to) {
  for (const auto& [name, content] : files_of(from))
    std::ofstream(to + "/" + name, std::ios::binary) << content;
}

}  // namespace vnode::test
