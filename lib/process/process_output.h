#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "process/kept_output.h"
#include "process/log_budget.h"
#include "process/output_lines.h"
#include "process/piped_process.h"

namespace vnode {

/// What becomes of the output of one process: lines for the log and for whoever looks for something in them,
/// and the bytes that are kept (rules.md, rules 5 and 6). Thread rule: one thread.
class ProcessOutput {
 public:
  /// Of each stream: what errors and tails need; and what a port that somebody looks at gets.
  static constexpr std::size_t kLittle = 64 << 10;
  static constexpr std::size_t kMuch = 16 << 20;

  /// Every line; `is_logged`: it belongs into the log.
  using OnLine = std::function<void(OutputStream stream, std::string_view line, bool is_logged)>;

  /// `run` must outlive it.
  ProcessOutput(RunLogBudget& run, OnLine on_line, std::size_t kept = kLittle,
                std::uint64_t log_limit = LogBudget::kUsual);
  ProcessOutput(const ProcessOutput&) = delete;

  void add(OutputStream stream, std::string_view bytes, SteadyTime now);
  /// Nothing more will come: gives the lines that have no end yet.
  void finish();

  const KeptOutput& kept(OutputStream stream) const { return of(stream).kept; }
  /// What the log's last line has to say of those that are not in it; empty when all are.
  std::string last_log_line() const { return budget_.last_line(); }

 private:
  struct Stream {
    OutputLines lines;
    KeptOutput kept;
  };
  Stream make_stream(OutputStream stream, std::size_t kept);
  const Stream& of(OutputStream stream) const { return stream == OutputStream::kOutput ? output_ : errors_; }

  OnLine on_line_;
  LogBudget budget_;
  Stream output_;
  Stream errors_;
};

}  // namespace vnode
