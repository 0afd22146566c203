#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "apps/vnode/terminal/diagnostics.h"
#include "base/run_status.h"
#include "engine/run.h"
#include "journal/journal_recorder.h"
#include "journal/journal_resumption.h"

namespace vnode {

/// The journal of a run on this machine: a new one, or that of an earlier run which goes on. Must outlive the
/// run.
class RunJournal {
 public:
  struct Request {
    std::string journal;  ///< a new one; empty: none, or that of `resume` goes on being written
    std::string resume;   ///< of the run to go on from; empty: none
    Duration grace{};     ///< after which nothing of a run that was killed is left
    FileCheck file_check = FileCheck::kTime;
    std::unordered_set<Uuid> without = {};  ///< as JournalResumption::Options has it
    std::string why_without = {};
  };

  RunJournal(const Clock& clock, Diagnostics& diagnostics) : clock_(clock), diagnostics_(diagnostics) {}

  /// What goes wrong is told. Sets in `options` what the run takes over from an earlier one.
  ExitCode open(const Request& request, const Workflow& workflow, RunOptions& options);
  /// Tells it; the exit code: `code`, or that of a wrong usage.
  ExitCode fail(const Error& error, ExitCode code);

  Recorder* recorder() { return recorder_ ? &*recorder_ : nullptr; }
  Resumption* resumption() { return resumption_.get(); }

 private:
  ExitCode open_earlier(const Request& request);
  ExitCode create(const Request& request, RunOptions& options);
  ExitCode go_on(RunOptions& options);
  ExitCode take_over(const Request& request, const Workflow& workflow, RunOptions& options);

  const Clock& clock_;
  Diagnostics& diagnostics_;
  std::unique_ptr<JournalFile> earlier_;  ///< that of the earlier run; null: none
  std::unique_ptr<JournalFile> written_;  ///< null: none, or the earlier one
  std::optional<JournalIndex> index_;
  std::optional<JournalRecorder> recorder_;
  std::unique_ptr<JournalResumption> resumption_;
};

}  // namespace vnode
