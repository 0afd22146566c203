#include "apps/vnode/terminal/diagnostics.h"

#include <unistd.h>

#include "apps/vnode/terminal/terminal.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

struct LevelWord {
  std::string_view word;
  std::string_view colour;
};

LevelWord word_of(DiagnosticLevel level) {
  switch (level) {
    case DiagnosticLevel::kDebug:
      return {"debug", kDim};
    case DiagnosticLevel::kWarning:
      return {"warning", kYellow};
    case DiagnosticLevel::kError:
      break;
  }
  return {"error", kRed};
}

}  // namespace

std::string diagnostic_line(DiagnosticLevel level, std::string_view message, bool has_colour) {
  const LevelWord shown = word_of(level);
  std::string line = "vnode: ";
  if (has_colour) line.append(kBold).append(shown.colour);
  line += shown.word;
  if (has_colour) line += kReset;
  return line.append(": ").append(harmless_lines(message)).append("\n");
}

void Diagnostics::write(DiagnosticLevel level, std::string_view message) {
  const std::string line = diagnostic_line(level, message, wants_colour(STDERR_FILENO));
  const std::lock_guard lock(mutex_);
  write_to_stderr(line);
}

}  // namespace vnode
