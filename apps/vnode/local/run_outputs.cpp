#include "apps/vnode/local/run_outputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <limits>
#include <system_error>

#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal.h"
#include "model/json_escape.h"

namespace vnode {
namespace {

constexpr std::string_view kFdPrefix = "fd:";
/// What a reader gets to take the end of a run that is ended at once.
constexpr Duration kReaderPatience = std::chrono::milliseconds(250);
/// What the results may take beyond the grace period of a stop.
constexpr Duration kValuePatience = std::chrono::seconds(1);
constexpr mode_t kFileMode = 0600;  // of a new file

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

RunOutputs::RunOutputs(const RunCommandOptions& settings, const Clock& clock, RunStopper& stopper,
                       Diagnostics& diagnostics)
    : settings_(settings), clock_(clock), stopper_(stopper), diagnostics_(diagnostics) {}

OutputFormat RunOutputs::format_of(const RunCommandOptions& settings) {
  if (settings.format) return *settings.format;
  if (!settings.outputs.empty()) return OutputFormat::kQuiet;
  return is_terminal(STDOUT_FILENO) ? OutputFormat::kPretty : OutputFormat::kNdjson;
}

std::vector<NamedOutput> RunOutputs::named(const RunCommandOptions& settings) {
  std::vector<NamedOutput> outputs = {{"standard output", "fd:1"}};
  if (!settings.events.empty()) outputs.push_back({"--events " + settings.events, settings.events});
  for (const std::string& report : settings.reports) outputs.push_back({"--report " + report, report});
  if (!settings.resume.empty()) outputs.push_back({"--resume " + settings.resume, settings.resume});
  if (!settings.journal.empty() && settings.journal != settings.resume)
    outputs.push_back({"--journal " + settings.journal, settings.journal});
  return outputs;
}

StreamWriter::Options RunOutputs::writer_options(bool owns_fd) {
  StreamWriter::Options options{.owns_fd = owns_fd};
  if (settings_.exit_on_broken_pipe) {
    options.on_reader_gone = [&stopper = stopper_] { stopper.stop(StopReason::kCancel); };
  }
  return options;
}

/// Standard output is for the results, if some are asked for.
int RunOutputs::view_descriptor() const { return settings_.outputs.empty() ? STDOUT_FILENO : STDERR_FILENO; }

ExitCode RunOutputs::open() {
  if (!settings_.logs.empty()) {
    std::error_code error;
    std::filesystem::create_directories(settings_.logs, error);
    if (error) return report_output_failure(settings_.logs, error.message(), diagnostics_);
  }
  if (settings_.farm) {
    all_.add(farm_.emplace(STDOUT_FILENO, *settings_.farm));
  } else {
    open_form();
  }
  if (settings_.ci.system() != CiSystem::kNone)
    all_.add(annotations_.emplace(settings_.ci.system(), settings_.file));
  if (!settings_.outputs.empty()) {
    // All of it is in memory anyway.
    value_.emplace(STDOUT_FILENO,
                   StreamWriter::Options{.patience = std::chrono::milliseconds(1000),
                                         .max_waiting_late = std::numeric_limits<std::size_t>::max(),
                                         .most_late = settings_.grace + kValuePatience});
  }
  if (!settings_.reports.empty()) {
    if (const ExitCode code = reports_.open(settings_.reports, diagnostics_); code != kExitSuccess)
      return code;
    all_.add(reports_);
  }
  return settings_.events.empty() ? kExitSuccess : open_events();
}

/// What standard output, or the terminal, gets of the events.
void RunOutputs::open_form() {
  const bool guards_ci = settings_.ci.has_command_reader();
  switch (format_of(settings_)) {
    case OutputFormat::kNdjson:
      all_.add(stream_.emplace(STDOUT_FILENO, settings_.max_value_bytes, writer_options(false), guards_ci));
      break;
    case OutputFormat::kPretty:
      open_view();
      break;
    case OutputFormat::kQuiet:
      all_.add(errors_.emplace(STDERR_FILENO, wants_colour(STDERR_FILENO), guards_ci));
      break;
  }
}

void RunOutputs::open_view() {
  const int fd = view_descriptor();
  if (!is_smart_terminal(fd)) {
    const PlainView::Options plain{wants_colour(fd), settings_.ci.has_command_reader(),
                                   settings_.ci.system() == CiSystem::kGitlab};
    return all_.add(plain_.emplace(fd, plain, clock_));
  }
  const bool has_keys = is_terminal(STDIN_FILENO);
  const auto size = [fd] { return terminal_size(fd); };
  view_.emplace(fd, PrettyView::Options{wants_colour(fd), size, has_keys}, clock_);
  if (!has_keys) return all_.add(*view_);
  RunBrowser::Options options{.has_colour = wants_colour(fd), .size = size};
  options.read_keys = [this] { return keys_.read(); };
  options.take_keys = [this](bool is_wanted) { keys_.take(is_wanted); };
  options.cancel = [this] {
    show_stopping();
    stopper_.stop(StopReason::kCancel);
  };
  all_.add(browser_.emplace(*view_, std::move(options), clock_));
}

RunView* RunOutputs::view() {
  if (browser_) return &*browser_;
  if (view_) return &*view_;
  return plain_ ? &*plain_ : nullptr;
}

void RunOutputs::show_stopping() {
  if (view_) view_->show_stopping();
  if (plain_) plain_->show_stopping();
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

/// Behind the view, where that is one of people; else not in the middle of data.
ExitCode RunOutputs::print_annotations() {
  const std::string text = annotations_ ? annotations_->text() : std::string();
  if (text.empty()) return kExitSuccess;
  if (plain_ && view_descriptor() == STDOUT_FILENO) return print(text, diagnostics_);
  write_to_stderr(text);
  return kExitSuccess;
}

EventSink& RunOutputs::sink() {
  if (events_ || annotations_ || !settings_.reports.empty()) return all_;
  if (farm_) return *farm_;
  if (stream_) return *stream_;
  if (browser_) return *browser_;
  if (view_) return *view_;
  if (plain_) return *plain_;
  return *errors_;
}

ExitCode RunOutputs::print_value(std::string text) {
  if (settings_.ci.has_command_reader()) escape_double_number_signs(text);
  value_->append(text);
  const Result<void> written = value_->close();
  if (written) return kExitSuccess;
  return report_output_failure("standard output", written.error().message, diagnostics_);
}

void RunOutputs::hurry(SteadyTime from) {
  if (value_) value_->hurry(from);
  if (stream_) stream_->hurry(from);
  if (events_) events_->hurry(from);
  if (view_) view_->hurry(from);
  if (plain_) plain_->hurry(from);
  if (errors_) errors_->hurry(from);
  if (farm_) farm_->hurry(from);
}

void RunOutputs::put_off_hurry(Duration by) {
  if (value_) value_->put_off_hurry(by);
  if (stream_) stream_->put_off_hurry(by);
  if (events_) events_->put_off_hurry(by);
  if (view_) view_->put_off_hurry(by);
  if (plain_) plain_->put_off_hurry(by);
  if (errors_) errors_->put_off_hurry(by);
  if (farm_) farm_->put_off_hurry(by);
}

void RunOutputs::cut_off(const Event& last) {
  // A file is no reader that can be slow: it comes first.
  if (events_) events_->cut_off(last, kReaderPatience);
  if (stream_) stream_->cut_off(last, kReaderPatience);
  const auto& finished = std::get<ExecutionFinished>(last.body);
  if (view_) view_->cut_off(finished, kReaderPatience);
  keys_.take(false);
  if (plain_) plain_->cut_off(finished, kReaderPatience);
  if (errors_) errors_->cut_off(finished, kReaderPatience);
  if (farm_) farm_->cut_off(finished, kReaderPatience);
}

bool RunOutputs::drain() {
  if (events_) events_->drain(kReaderPatience);
  if (stream_) stream_->drain(kReaderPatience);
  const bool has_view =
      (!view_ || view_->drain(kReaderPatience)) && (!plain_ || plain_->drain(kReaderPatience));
  if (farm_) farm_->drain(kReaderPatience);
  const bool has_errors = !errors_ || errors_->drain(kReaderPatience);
  const bool has_value = !value_ || value_->drain(kReaderPatience);
  return has_view && has_errors && has_value && !has_lost_view() && !has_lost_value();
}

bool RunOutputs::has_lost_view() const {
  return (view_ && view_->has_given_up()) || (plain_ && plain_->has_given_up()) ||
         (errors_ && errors_->has_given_up());
}

ExitCode RunOutputs::close(NdjsonSink& sink, std::string_view where) {
  const Result<void> closed = sink.close();
  return closed ? kExitSuccess : report_output_failure(where, closed.error().message, diagnostics_);
}

ExitCode RunOutputs::close() {
  ExitCode code = kExitSuccess;
  if (view_) {
    const Result<void> closed = browser_ ? browser_->close() : view_->close();
    if (!closed) code = report_output_failure("the terminal", closed.error().message, diagnostics_);
  }
  if (plain_) {
    const Result<void> closed = plain_->close();
    if (!closed)
      code = report_output_failure(view_descriptor() == STDOUT_FILENO ? "standard output" : "standard error",
                                   closed.error().message, diagnostics_);
  }
  if (farm_) {
    const Result<void> closed = farm_->close();
    if (!closed) code = report_output_failure("standard output", closed.error().message, diagnostics_);
  }
  // When they cannot be written there is nobody to tell.
  if (errors_) (void)errors_->close();
  if (stream_ && close(*stream_, "standard output") != kExitSuccess) code = kExitOutputFailed;
  if (events_ && close(*events_, settings_.events) != kExitSuccess) code = kExitOutputFailed;
  if (reports_.finish(diagnostics_) != kExitSuccess) code = kExitOutputFailed;
  return code;
}

}  // namespace vnode
