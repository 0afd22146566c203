#include "apps/vnode/daemon_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include <cstdlib>

#include "apps/vnode/terminal.h"
#include "apps/vnode/terminal_text.h"

namespace vnode {

StandardErrorLog::StandardErrorLog() {
  const auto colours = wants_colour(STDERR_FILENO) ? spdlog::color_mode::always : spdlog::color_mode::never;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colours);
  logger_ = std::make_unique<spdlog::logger>("vnode", std::move(sink));
  const bool is_journal = std::getenv("JOURNAL_STREAM") != nullptr && !is_terminal(STDERR_FILENO);
  logger_->set_pattern(is_journal ? "%l: %v" : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$: %v");
  logger_->set_level(spdlog::level::info);
  logger_->flush_on(spdlog::level::info);
  // A full disk must not stop the daemon; the default handler prints to the very stream that failed.
  logger_->set_error_handler([](const std::string&) {});
}

StandardErrorLog::~StandardErrorLog() = default;

// Messages quote file names and texts of clients.
void StandardErrorLog::error(std::string_view message) { logger_->error("{}", harmless_lines(message)); }

void StandardErrorLog::warning(std::string_view message) { logger_->warn("{}", harmless_lines(message)); }

void StandardErrorLog::info(std::string_view message) { logger_->info("{}", harmless_lines(message)); }

}  // namespace vnode
