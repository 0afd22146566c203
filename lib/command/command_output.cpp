#include "command/command_output.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace vnode {
namespace {

/// A line that is longer is looked at in parts.
constexpr std::size_t kLongestLine = 16 << 20;
constexpr std::size_t kLastErrors = 1024;

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

bool needs_patterns(const CommandDefinition& definition) {
  return definition.progress || !definition.success.not_in_output.empty() ||
         std::any_of(definition.outputs.begin(), definition.outputs.end(),
                     [](const OutputSource& source) { return source.pattern.has_value(); });
}

}  // namespace

CommandOutput::CommandOutput(const CommandDefinition& definition, const Settings& settings,
                             RunLogBudget& budget, SecretMask& mask)
    : definition_(definition),
      progress_total_(settings.progress_total),
      file_(settings.file),
      mask_(mask),
      keeps_masked_(!mask.is_empty()),
      budget_(budget, settings.most_log),
      output_(settings.most_stdout, mask,
              [this](std::string_view line) { log(LogLevel::kInfo, line, "stdout"); }),
      errors_(settings.most_stderr, mask,
              [this](std::string_view line) { log(LogLevel::kWarning, line, "stderr"); }),
      has_patterns_(needs_patterns(definition)),
      matches_(definition.outputs.size()) {}

void CommandOutput::add(OutputStream stream, std::string_view bytes, SteadyTime now) {
  Stream& to = stream_of(stream);
  if (!keeps_masked_) to.kept.add(bytes);
  const bool has_only_lines = stream == OutputStream::kErrors && !has_patterns_ && !file_;
  if (has_only_lines && mask_.is_empty()) return to.lines.add(bytes, now);
  while (!bytes.empty()) {
    std::size_t end = bytes.find('\n');
    if (const std::size_t overwritten = bytes.substr(0, end).find('\r'); overwritten != bytes.npos)
      end = overwritten;
    const std::size_t room = kLongestLine - to.begun.size();
    if (end == bytes.npos && bytes.size() < room) {
      to.begun.append(bytes);
      return;
    }
    const std::size_t size = std::min(end, room);
    std::string_view line = bytes.substr(0, size);
    if (!to.begun.empty()) line = to.begun.append(line);
    const bool is_ended = end == size;
    take_line(stream, line, is_ended ? bytes.substr(size, 1) : std::string_view(), now);
    to.begun.clear();
    bytes.remove_prefix(size + (is_ended ? 1 : 0));
  }
}

void CommandOutput::finish() {
  for (const OutputStream stream : {OutputStream::kOutput, OutputStream::kErrors}) {
    Stream& to = stream_of(stream);
    if (!to.begun.empty()) take_line(stream, std::exchange(to.begun, {}), "", SteadyTime::max());
    if (const std::string rest = to.masked.finish(); !rest.empty())
      take_shown(to, rest, false, SteadyTime::max());
    to.lines.finish();
  }
  const std::string last = budget_.last_line();
  if (!last.empty()) reports_.emplace_back(CommandLogLine{LogLevel::kWarning, last});
  if (file_ && !file_->failure().empty()) {
    reports_.emplace_back(CommandLogLine{LogLevel::kWarning, "the log is not whole: " + file_->failure()});
  }
}

void CommandOutput::take_line(OutputStream stream, std::string_view line, std::string_view end,
                              SteadyTime now) {
  if (has_patterns_) look_for_patterns(line);
  const bool is_message = stream == OutputStream::kOutput && take_messages(line);
  Stream& to = stream_of(stream);
  if (mask_.is_empty()) {
    if (file_) file_->add(std::string(line).append(end));
    if (is_message) return;
    to.lines.add(line, now);
    return to.lines.add(end, now);
  }
  // Only now: the line may have named a secret that is in it. And before it is cut for the log.
  std::string shown = to.masked.add(line);
  shown += to.masked.add(end);
  take_shown(to, shown, is_message, now);
}

/// What anybody may see.
void CommandOutput::take_shown(Stream& to, std::string_view text, bool is_message, SteadyTime now) {
  if (keeps_masked_) to.kept.add(text);
  if (file_) file_->add(text);
  if (!is_message) to.lines.add(text, now);
}

/// True for a line that is one that is heard, and so is not for the log.
bool CommandOutput::take_messages(std::string_view line) {
  std::vector<ChildMessage> messages = read_child_messages(line);
  if (messages.empty()) return false;
  const auto is_heard = [this](const ChildMessage& message) {
    using Kind = ChildMessage::Kind;
    const bool is_env = message.kind == Kind::kEnv || message.kind == Kind::kUnsetEnv;
    return (!is_env || definition_.speaks_env) &&
           (message.kind != Kind::kOutput || definition_.speaks_output);
  };
  if (!std::any_of(messages.begin(), messages.end(), is_heard)) return false;
  for (ChildMessage& message : messages) {
    if (is_heard(message)) take_message(std::move(message));
  }
  return true;
}

void CommandOutput::take_message(ChildMessage message) {
  using Kind = ChildMessage::Kind;
  switch (message.kind) {
    case Kind::kLog:
      return log(message.level, message.text, "");
    case Kind::kFail:
      said_failure_ = mask_.apply(message.text);
      return log(LogLevel::kWarning, "openjd_fail: " + said_failure_, "stdout");
    case Kind::kStatus:
      message.text = mask_.apply(std::move(message.text));
      break;
    case Kind::kRedactedEnv:
      if (!mask_.add(message.text)) {
        log(LogLevel::kWarning, "the secret " + message.name + " is too short or too long to be masked", "");
      }
      log(LogLevel::kInfo, "openjd_redacted_env: " + message.name + "=***", "stdout");
      if (!definition_.speaks_env) return;
      message.kind = Kind::kEnv;
      break;
    case Kind::kProgress:
      // Only the last one of what comes together is of use.
      if (!reports_.empty()) {
        auto* last = std::get_if<ChildMessage>(&reports_.back());
        if (last && last->kind == Kind::kProgress) {
          last->fraction = message.fraction;
          return;
        }
      }
      break;
    default:
      break;
  }
  reports_.emplace_back(std::move(message));
}

void CommandOutput::look_for_patterns(std::string_view line) {
  for (std::size_t i = 0; i < definition_.outputs.size(); ++i) {
    const std::optional<Pattern>& pattern = definition_.outputs[i].pattern;
    if (!pattern) continue;
    if (auto groups = pattern->groups_in(line)) matches_[i] = mask_.apply(std::move(groups->front()));
  }
  if (forbidden_.empty()) {
    for (const Pattern& pattern : definition_.success.not_in_output) {
      if (!pattern.is_in(line)) continue;
      forbidden_ = "its output has '" + pattern.text() + "': " +
                   replace_invalid_utf8(mask_.apply(std::string(line)).substr(0, OutputLines::kMostBytes));
      break;
    }
  }
  if (definition_.progress) look_for_progress(line);
}

void CommandOutput::look_for_progress(std::string_view line) {
  using Unit = ProgressRule::Unit;
  const ProgressRule& rule = *definition_.progress;
  const auto groups = rule.pattern.groups_in(line);
  if (!groups) return;
  const std::optional<double> first = number_in(groups->front());
  if (!first) return;
  double number = *first, whole = 1;
  switch (rule.unit) {
    case Unit::kFraction:
      break;
    case Unit::kPercent:
      whole = 100;
      break;
    case Unit::kCount: {
      const std::optional<double> total =
          progress_total_ || groups->size() < 2 ? progress_total_ : number_in((*groups)[1]);
      whole = total.value_or(0);
      break;
    }
    case Unit::kTime: {
      const std::optional<double> minutes = number_in((*groups)[1]), seconds = number_in((*groups)[2]);
      if (!minutes || !seconds) return;
      number = *first * 3600 + *minutes * 60 + *seconds;
      whole = progress_total_.value_or(0);
      break;
    }
  }
  if (!(whole > 0)) return;
  take_message({.kind = ChildMessage::Kind::kProgress, .fraction = std::clamp(number / whole, 0.0, 1.0)});
}

void CommandOutput::log(LogLevel level, std::string_view text, std::string_view stream) {
  if (!budget_.take(text.size())) return;
  std::string shown = mask_.is_empty() ? std::string(text) : mask_.apply(std::string(text));
  reports_.emplace_back(CommandLogLine{level, std::move(shown), stream});
}

std::string CommandOutput::text(OutputStream stream) const {
  std::string text = replace_invalid_utf8(kept(stream).text());
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return mask_.apply(std::move(text));
}

std::string CommandOutput::last_errors() const {
  if (mask_.is_empty() || keeps_masked_) return replace_invalid_utf8(errors_.kept.last(kLastErrors));
  KeptOutput shown(2 * kLastErrors);  // (the beginning of what is last may be the middle of a secret)
  shown.add(mask_.apply(errors_.kept.text()));
  return replace_invalid_utf8(shown.last(kLastErrors));
}

}  // namespace vnode
