#include "apps/vnode/local/run_journal.h"

#include <filesystem>

#include "apps/vnode/terminal/print.h"

namespace vnode {
namespace {

/// Beyond the grace period: for whatever holds the lock of a run that was killed to be gone.
constexpr Duration kLockPatience = std::chrono::seconds(5);

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code ignored;
  return one == other || std::filesystem::equivalent(one, other, ignored);
}

}  // namespace

ExitCode RunJournal::fail(const Error& error, ExitCode code) {
  if (error.code == ErrorCode::kUsage || error.code == ErrorCode::kNotFound)
    return report_usage_error(error, diagnostics_);
  diagnostics_.error(describe(error));
  return code;
}

ExitCode RunJournal::open(const Request& request, const Workflow& workflow, RunOptions& options) {
  const bool resumes = !request.resume.empty();
  if (!resumes && request.journal.empty()) return kExitSuccess;
  if (resumes) {
    if (const ExitCode code = open_earlier(request); code != kExitSuccess) return code;
  }
  const bool is_new = !request.journal.empty() && !(resumes && is_same_file(request.journal, request.resume));
  const ExitCode opened = is_new ? create(request, options) : go_on(options);
  if (opened == kExitSuccess && request.file_check == FileCheck::kContent) recorder_->record_contents();
  if (opened != kExitSuccess || !resumes) return opened;
  return take_over(request, workflow, options);
}

ExitCode RunJournal::open_earlier(const Request& request) {
  Result<std::unique_ptr<JournalFile>> file =
      JournalFile::open(request.resume, request.grace + kLockPatience);
  if (!file) return fail(file.error(), kExitNoDaemon);
  earlier_ = std::move(*file);
  Result<JournalIndex> index = JournalIndex::read(earlier_->descriptor(), request.resume);
  if (!index) return fail(index.error(), kExitInvalid);
  index_ = std::move(*index);
  return kExitSuccess;
}

ExitCode RunJournal::create(const Request& request, RunOptions& options) {
  Result<std::unique_ptr<JournalFile>> file = JournalFile::create(request.journal);
  if (!file) return fail(file.error(), kExitOutputFailed);
  written_ = std::move(*file);
  recorder_.emplace(*written_, clock_);
  options.environment.held_descriptor = written_->descriptor();
  return kExitSuccess;
}

ExitCode RunJournal::go_on(RunOptions& options) {
  if (Result<void> ready = earlier_->go_on(index_->end()); !ready)
    return fail(ready.error(), kExitOutputFailed);
  recorder_.emplace(*earlier_, clock_);
  recorder_->go_on(index_->executions().size(), index_->last_value());
  options.environment.held_descriptor = earlier_->descriptor();
  if (const auto& header = index_->header()) {
    options.run_id = header->run_id;
    options.attempt = header->attempt + 1;
  }
  return kExitSuccess;
}

ExitCode RunJournal::take_over(const Request& request, const Workflow& workflow, RunOptions& options) {
  const std::string name = request.resume;
  if (!index_->header()) {
    diagnostics_.warning(name + ": nothing stands in this journal; everything is executed");
  } else if (!index_->is_of(workflow)) {
    diagnostics_.warning(name + ": this is the journal of another workflow; nothing of it is taken");
  }
  if (index_->header() && !options.seed) options.seed = index_->header()->seed;
  Result<std::unique_ptr<JournalResumption>> resumption =
      JournalResumption::open(earlier_->descriptor(), name, std::move(*index_), *recorder_,
                              {.file_check = request.file_check,
                               .copies = written_ != nullptr,
                               .without = request.without,
                               .why_without = request.why_without});
  if (!resumption) return fail(resumption.error(), kExitInvalid);
  resumption_ = std::move(*resumption);
  return kExitSuccess;
}

}  // namespace vnode
