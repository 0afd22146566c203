#include "apps/vnode/diagnostics.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <unistd.h>

#include <mutex>

#include "apps/vnode/terminal.h"
#include "apps/vnode/terminal_text.h"

namespace vnode {

struct Diagnostics::Lazy {
  std::once_flag once;
  std::unique_ptr<spdlog::logger> logger;
};

Diagnostics::Diagnostics() : lazy_(std::make_unique<Lazy>()) {}

Diagnostics::~Diagnostics() = default;

spdlog::logger& Diagnostics::logger() {
  std::call_once(lazy_->once, [this] {
    const auto colours = wants_colour(STDERR_FILENO) ? spdlog::color_mode::always : spdlog::color_mode::never;
    auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colours);
    lazy_->logger = std::make_unique<spdlog::logger>("vnode", std::move(sink));
    lazy_->logger->set_pattern("vnode: %^%l%$: %v");
    lazy_->logger->set_level(spdlog::level::debug);
    lazy_->logger->flush_on(spdlog::level::debug);
    // The default handler prints to the very stream that failed.
    lazy_->logger->set_error_handler([](const std::string&) {});
  });
  return *lazy_->logger;
}

// Messages quote file names and texts of nodes.
void Diagnostics::error(std::string_view message) { logger().error("{}", harmless_lines(message)); }

void Diagnostics::warning(std::string_view message) { logger().warn("{}", harmless_lines(message)); }

void Diagnostics::debug(std::string_view message) {
  if (is_verbose_) logger().debug("{}", harmless_lines(message));
}

}  // namespace vnode
