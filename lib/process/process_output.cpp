#include "process/process_output.h"

#include <utility>

namespace vnode {

ProcessOutput::ProcessOutput(RunLogBudget& run, OnLine on_line, std::size_t kept, std::uint64_t log_limit)
    : on_line_(std::move(on_line)),
      budget_(run, log_limit),
      output_(make_stream(OutputStream::kOutput, kept)),
      errors_(make_stream(OutputStream::kErrors, kept)) {}

ProcessOutput::Stream ProcessOutput::make_stream(OutputStream stream, std::size_t kept) {
  return {OutputLines(
              [this, stream](std::string_view line) { on_line_(stream, line, budget_.take(line.size())); }),
          KeptOutput(kept)};
}

void ProcessOutput::add(OutputStream stream, std::string_view bytes, SteadyTime now) {
  Stream& to = stream == OutputStream::kOutput ? output_ : errors_;
  to.kept.add(bytes);
  to.lines.add(bytes, now);
}

void ProcessOutput::finish() {
  output_.lines.finish();
  errors_.lines.finish();
}

}  // namespace vnode
