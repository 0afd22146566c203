// What node code prints: logs, and what it says to vnode in lines of its own (command/rules.md, rule 10).
#include <algorithm>

#include "node/child_messages.h"
#include "python/python_session.h"

namespace vnode {
namespace {

/// Of what lines say, what Python nodes may: variables and outputs they have other ways for.
bool is_heard(const ChildMessage& message) {
  using Kind = ChildMessage::Kind;
  return message.kind != Kind::kEnv && message.kind != Kind::kUnsetEnv && message.kind != Kind::kOutput;
}

std::vector<ChildMessage> heard_messages(std::string_view line) {
  std::vector<ChildMessage> messages = read_child_messages(line);
  if (!std::all_of(messages.begin(), messages.end(), is_heard)) messages.clear();
  return messages;
}

bool may_say_something(std::string_view text) {
  return text.find("openjd_") != text.npos || text.find("vnode:") != text.npos;
}

}  // namespace

/// Text of one or more lines. Those that say nothing stay together.
void PythonSession::on_print(InstanceKey instance, std::string_view text) {
  if (!may_say_something(text)) return run_.log(instance, LogLevel::kInfo, text, "stdout");
  const auto log = [&](std::size_t begin, std::size_t end) {
    if (begin < end) run_.log(instance, LogLevel::kInfo, text.substr(begin, end - 1 - begin), "stdout");
  };
  std::size_t logged = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::vector<ChildMessage> messages = heard_messages(text.substr(begin, end - begin));
    if (!messages.empty()) {
      log(logged, begin);
      logged = end + 1;
      for (const ChildMessage& message : messages) hear(instance, message);
    }
    begin = end + 1;
  }
  log(logged, text.size() + 1);
}

void PythonSession::hear(InstanceKey instance, const ChildMessage& message) {
  using Kind = ChildMessage::Kind;
  if (message.kind == Kind::kLog) return run_.log(instance, message.level, message.text, {});
  if (message.kind == Kind::kFail)
    run_.log(instance, LogLevel::kWarning, "openjd_fail: " + message.text, "stdout");
  if (message.kind == Kind::kRedactedEnv) {
    if (!run_.secret_mask()->add(message.text))
      run_.log(instance, LogLevel::kWarning,
               "the secret " + message.name + " is too short or too long to be masked", {});
    run_.log(instance, LogLevel::kInfo, "openjd_redacted_env: " + message.name + "=***", "stdout");
  }
  for (const auto& host : hosts_) {
    for (auto& [number, call] : host->calls) {
      if (call->instance().request.key == instance) call->on_said(message);
    }
  }
}

}  // namespace vnode
