#include "node/child_messages.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "model/json_reader.h"
#include "model/members.h"

namespace vnode {
namespace {

using MessageKind = ChildMessage::Kind;

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool is_variable_name(std::string_view name) {
  const auto is_good = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  return !name.empty() && !is_digit(name.front()) && std::all_of(name.begin(), name.end(), is_good);
}

/// NAME=VALUE, or a JSON text of that.
std::vector<ChildMessage> variable(MessageKind kind, std::string_view text) {
  std::string decoded;
  if (text.starts_with('"')) {
    const Result<Value> json = parse_json(text);
    if (!json || !json->is_text()) return {};
    decoded = json->as_text();
    text = decoded;
  }
  const std::size_t sign = text.find('=');
  if (sign == text.npos || !is_variable_name(text.substr(0, sign))) return {};
  if (text.find('\0') != text.npos) return {};
  return {
      {.kind = kind, .text = std::string(text.substr(sign + 1)), .name = std::string(text.substr(0, sign))}};
}

std::vector<ChildMessage> progress(std::string_view text, double whole) {
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return {};
  if (!(number >= 0 && number <= whole)) return {};
  return {{.kind = MessageKind::kProgress, .fraction = number / whole}};
}

std::vector<ChildMessage> openjd_message(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return {};
  const std::string_view word = line.substr(0, colon);
  const std::string_view text = without_blanks(line.substr(colon + 1));
  if (word == "openjd_progress") return progress(text, 100);
  if (word == "openjd_status") return {{.kind = MessageKind::kStatus, .text = replace_invalid_utf8(text)}};
  if (word == "openjd_fail") return {{.kind = MessageKind::kFail, .text = replace_invalid_utf8(text)}};
  if (word == "openjd_redacted_env") return variable(MessageKind::kRedactedEnv, text);
  if (word == "openjd_env") return variable(MessageKind::kEnv, text);
  if (word == "openjd_unset_env" && is_variable_name(text)) {
    return {{.kind = MessageKind::kUnsetEnv, .name = std::string(text)}};
  }
  return {};
}

LogLevel level_of(std::string_view name) {
  for (const LogLevel level : {LogLevel::kSuccess, LogLevel::kWarning, LogLevel::kError}) {
    if (level_name(level) == name) return level;
  }
  return LogLevel::kInfo;
}

std::vector<ChildMessage> own_message(std::string_view text) {
  const Result<Value> json = parse_json(text);
  if (!json || !json->is_dict()) return {};
  std::vector<ChildMessage> messages;
  if (const auto fraction = number_member(*json, "progress"); fraction && *fraction >= 0 && *fraction <= 1) {
    messages.push_back({.kind = MessageKind::kProgress, .fraction = *fraction});
  }
  if (const Value* log = member(*json, "log"); log && log->is_text()) {
    messages.push_back({.kind = MessageKind::kLog,
                        .text = std::string(log->as_text()),
                        .level = level_of(text_view(*json, "level"))});
  }
  if (const Value* output = member(*json, "output"); output && output->is_dict()) {
    messages.push_back({.kind = MessageKind::kOutput, .values = output->as_dict()});
  }
  return messages;
}

}  // namespace

std::vector<ChildMessage> read_child_messages(std::string_view line) {
  constexpr std::string_view kOwn = "vnode:";
  if (line.starts_with("openjd_")) return openjd_message(line);
  if (line.starts_with(kOwn)) return own_message(without_blanks(line.substr(kOwn.size())));
  return {};
}

}  // namespace vnode
