#include "apps/vnode/run_outputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <system_error>

#include "apps/vnode/print.h"
#include "apps/vnode/terminal.h"

namespace vnode {
namespace {

constexpr std::string_view kFdPrefix = "fd:";
constexpr mode_t kFileMode = 0666;  // less the umask

/// The number in "fd:N" when that is open for writing, else -1.
int given_fd(std::string_view text) {
  const std::string_view digits = text.substr(kFdPrefix.size());
  int fd = -1;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), fd);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || fd < 0) return -1;
  const int flags = ::fcntl(fd, F_GETFL);
  return flags == -1 || (flags & O_ACCMODE) == O_RDONLY ? -1 : fd;
}

}  // namespace

RunOutputs::RunOutputs(const RunSettings& settings, const Clock& clock, RunStopper& stopper,
                       Diagnostics& diagnostics)
    : settings_(settings), clock_(clock), stopper_(stopper), diagnostics_(diagnostics) {}

OutputFormat RunOutputs::format_of(const RunSettings& settings) {
  if (settings.format) return *settings.format;
  if (!settings.output.empty()) return OutputFormat::kQuiet;
  return is_terminal(STDOUT_FILENO) ? OutputFormat::kPretty : OutputFormat::kNdjson;
}

StreamWriter::Options RunOutputs::writer_options(bool owns_fd) {
  StreamWriter::Options options{.owns_fd = owns_fd};
  if (settings_.exit_on_broken_pipe) {
    options.on_reader_gone = [&stopper = stopper_] { stopper.stop(StopReason::kCancel); };
  }
  return options;
}

ExitCode RunOutputs::open() {
  switch (format_of(settings_)) {
    case OutputFormat::kNdjson:
      all_.add(stream_.emplace(STDOUT_FILENO, settings_.max_value_bytes, writer_options(false)));
      break;
    case OutputFormat::kPretty: {
      // Standard output is for the one value, if that is asked for.
      const int fd = settings_.output.empty() ? STDOUT_FILENO : STDERR_FILENO;
      PrettyView::Options options{is_smart_terminal(fd), wants_colour(fd),
                                  [fd] { return terminal_size(fd); }};
      all_.add(view_.emplace(fd, std::move(options), clock_));
      break;
    }
    case OutputFormat::kQuiet:
      all_.add(errors_.emplace(diagnostics_));
      break;
  }
  return settings_.events.empty() ? kExitSuccess : open_events();
}

ExitCode RunOutputs::open_events() {
  const std::string& target = settings_.events;
  int fd = -1;
  const bool is_given = target.starts_with(kFdPrefix);
  if (is_given) {
    fd = given_fd(target);
    if (fd == -1) {
      diagnostics_.error("--events " + target + ": no such file descriptor is open for writing");
      return kExitUsage;
    }
    if (fd > STDERR_FILENO) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  } else {
    fd = ::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
    if (fd == -1) return report_output_failure(target, std::generic_category().message(errno), diagnostics_);
  }
  all_.add(events_.emplace(fd, settings_.max_value_bytes, writer_options(!is_given)));
  return kExitSuccess;
}

EventSink& RunOutputs::sink() {
  if (events_) return all_;
  if (stream_) return *stream_;
  if (view_) return *view_;
  return *errors_;
}

ExitCode RunOutputs::close(NdjsonSink& sink, std::string_view where) {
  const Result<void> closed = sink.close();
  return closed ? kExitSuccess : report_output_failure(where, closed.error().message, diagnostics_);
}

ExitCode RunOutputs::close() {
  ExitCode code = kExitSuccess;
  if (view_) {
    const Result<void> closed = view_->close();
    if (!closed) code = report_output_failure("the terminal", closed.error().message, diagnostics_);
  }
  if (stream_ && close(*stream_, "standard output") != kExitSuccess) code = kExitOutputFailed;
  if (events_ && close(*events_, settings_.events) != kExitSuccess) code = kExitOutputFailed;
  return code;
}

}  // namespace vnode
