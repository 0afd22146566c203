#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/secret_mask.h"
#include "command/command_definition.h"
#include "command/output_file.h"
#include "node/child_messages.h"
#include "process/kept_output.h"
#include "process/log_budget.h"
#include "process/output_lines.h"
#include "process/piped_process.h"

namespace vnode {

/// A line for the log of the node.
struct CommandLogLine {
  LogLevel level = LogLevel::kInfo;
  std::string text;
  std::string_view stream = {};
};

/// What the output of a command gives while it runs.
using CommandReport = std::variant<CommandLogLine, ChildMessage>;

/// What becomes of the output of one command: lines for the log within its budget, messages of the program,
/// matches of patterns, and what is kept of it (rules.md, rules 8 to 10). Thread rule: one thread at a time.
class CommandOutput {
 public:
  struct Settings {
    std::size_t most_stdout = 64 << 10;  ///< bytes that are kept
    std::size_t most_stderr = 64 << 10;
    std::uint64_t most_log = LogBudget::kUsual;
    std::optional<double> progress_total = std::nullopt;
    OutputFile* file = nullptr;  ///< gets everything; must outlive it
  };

  /// `definition`, `budget` and `mask` must outlive it.
  CommandOutput(const CommandDefinition& definition, const Settings& settings, RunLogBudget& budget,
                SecretMask& mask);
  CommandOutput(const CommandOutput&) = delete;

  void add(OutputStream stream, std::string_view bytes, SteadyTime now);
  /// Nothing more will come.
  void finish();
  /// What has been reported since.
  std::vector<CommandReport> take_reports() { return std::exchange(reports_, {}); }

  // Afterwards.

  /// Without the last newline, and without secrets; what is not UTF-8 is U+FFFD.
  std::string text(OutputStream stream) const;
  bool is_whole(OutputStream stream) const { return kept(stream).left_out() == 0; }
  /// The last lines of standard error.
  std::string last_errors() const;
  /// Of the last line that `outputs[i]` of the definition has matched; nullopt when none has.
  const std::optional<std::string>& match(std::size_t i) const { return matches_[i]; }
  /// The pattern that must not be in the output and was, with its line; empty when there was none.
  const std::string& forbidden() const { return forbidden_; }
  /// Why it fails, in its own words; empty: it has said nothing.
  const std::string& said_failure() const { return said_failure_; }

 private:
  /// One stream, cut into its lines as they come, for the patterns and the messages.
  struct Stream {
    Stream(std::size_t most, const SecretMask& mask, OutputLines::OnLine on_line)
        : kept(most), lines(std::move(on_line)), masked(mask) {}
    KeptOutput kept;
    OutputLines lines;  ///< of what is for the log
    MaskedStream masked;
    std::string begun;
  };

  Stream& stream_of(OutputStream stream) { return stream == OutputStream::kOutput ? output_ : errors_; }
  const KeptOutput& kept(OutputStream stream) const {
    return stream == OutputStream::kOutput ? output_.kept : errors_.kept;
  }
  void take_line(OutputStream stream, std::string_view line, std::string_view end, SteadyTime now);
  void take_shown(Stream& to, std::string_view text, bool is_message, SteadyTime now);
  bool take_messages(std::string_view line);
  void take_message(ChildMessage message);
  void look_for_patterns(std::string_view line);
  void look_for_progress(std::string_view line);
  void log(LogLevel level, std::string_view text, std::string_view stream);

  const CommandDefinition& definition_;
  const std::optional<double> progress_total_;
  OutputFile* const file_;
  SecretMask& mask_;
  /// What is kept has no secrets in it from the beginning; else those that were named later are taken out at
  /// the end.
  const bool keeps_masked_;
  LogBudget budget_;
  Stream output_;
  Stream errors_;
  const bool has_patterns_;
  std::vector<CommandReport> reports_;
  std::vector<std::optional<std::string>> matches_;
  std::string forbidden_;
  std::string said_failure_;
};

}  // namespace vnode
