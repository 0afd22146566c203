#include "apps/vnode/terminal/stderr_logger.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include "apps/vnode/terminal/terminal.h"
#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

spdlog::level::level_enum level_of(LogSeverity severity) {
  switch (severity) {
    case LogSeverity::kDebug:
      return spdlog::level::debug;
    case LogSeverity::kInfo:
      return spdlog::level::info;
    case LogSeverity::kWarning:
      return spdlog::level::warn;
    case LogSeverity::kError:
      break;
  }
  return spdlog::level::err;
}

spdlog::sink_ptr make_sink() {
  const auto colours = wants_colour(STDERR_FILENO) ? spdlog::color_mode::always : spdlog::color_mode::never;
  return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colours);
}

}  // namespace

struct StderrLogger::Library {
  spdlog::logger logger{"vnode", make_sink()};
};

StderrLogger::StderrLogger(const std::string& pattern) : library_(std::make_unique<Library>()) {
  spdlog::logger& logger = library_->logger;
  logger.set_pattern(pattern);
  logger.set_level(spdlog::level::debug);
  logger.flush_on(spdlog::level::debug);
  // A full disk must not stop the daemon; the default handler prints to the very stream that failed.
  logger.set_error_handler([](const std::string&) {});
}

StderrLogger::~StderrLogger() = default;

void StderrLogger::write(LogSeverity severity, std::string_view message) {
  library_->logger.log(level_of(severity), "{}", harmless_lines(message));
}

}  // namespace vnode
