#include "apps/vnode/client/daemon_error.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "apps/vnode/show/problem_report.h"
#include "apps/vnode/terminal/terminal.h"
#include "base/spelling.h"
#include "model/members.h"

namespace vnode {
namespace {

struct WordMeaning {
  std::string_view word;
  ExitCode code;
  bool is_passing = false;
  std::string_view advice = {};
};

constexpr std::array kMeanings = {
    WordMeaning{"no_daemon", kExitNoDaemon, true,
                "start one: 'vnode serve --detach', or 'vnode submit --start'"},
    WordMeaning{"not_serving", kExitNoDaemon, true},
    WordMeaning{"socket_gone", kExitNoDaemon, true, "'kill -HUP' lets it make a new one at once"},
    WordMeaning{"elsewhere", kExitNoDaemon, false, "give --socket or VNODE_SOCKET that path, or neither"},
    WordMeaning{"not_trusted", kExitNoDaemon},
    WordMeaning{"no_reply", kExitNoDaemon, true, "it may be overloaded, or stopped"},
    WordMeaning{"unreachable", kExitNoDaemon, true},
    WordMeaning{"tls_failed", kExitNoDaemon},
    WordMeaning{"disconnected", kExitNoDaemon, true},
    WordMeaning{"shutting_down", kExitNoDaemon, true},
    WordMeaning{"too_many_clients", kExitNoDaemon, true},
    WordMeaning{"too_busy", kExitNoDaemon, true},
    WordMeaning{"not_allowed", kExitNoDaemon},
    WordMeaning{"not_authenticated", kExitNoDaemon},
    WordMeaning{"wrong_protocol", kExitNoDaemon, false, "'vnode info' says which version serves there"},
    WordMeaning{"queue_full", kExitNoDaemon, false,
                "'vnode ps' shows what waits; max_pending in vnode.yaml is the limit"},
    WordMeaning{"store_unavailable", kExitNoDaemon, false,
                "'vnode info' says how the daemon's store is; its disk may be full"},
    WordMeaning{"out_of_memory", kExitNoDaemon, true},
    WordMeaning{"line_too_long", kExitInvalid, false,
                "max_submission_bytes in the daemon's vnode.yaml is the limit"},
    WordMeaning{"invalid_workflow", kExitInvalid},
    WordMeaning{"unreadable", kExitInvalid},
    WordMeaning{"interrupted", kExitCancelled},
};

const WordMeaning* meaning_of(const CallError& error) {
  const auto found = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const WordMeaning& meaning) {
    return meaning.word == error.error.word;
  });
  return found == kMeanings.end() ? nullptr : &*found;
}

/// "; did you mean X?" and "; there are X, Y", from the error's data, as far as the message does not say it.
std::string suggestions(const RpcError& error) {
  const Value data(error.data);
  std::string text;
  for (const Value& candidate : list_member(data, "candidates")) {
    if (!candidate.is_text() || error.message.find(candidate.as_text()) != std::string::npos) continue;
    text += (text.empty() ? "; there are " : ", ") + std::string(candidate.as_text());
  }
  const std::string nearest = text_member(data, "nearest");
  const bool is_told = error.message.find(nearest) != std::string::npos;
  return is_told ? text : with_hint(text, did_you_mean(nearest));
}

}  // namespace

ExitCode exit_code_of(const CallError& error) {
  if (const WordMeaning* meaning = meaning_of(error)) return meaning->code;
  if (error.error.code == RpcErrorCode::kInternal) return kExitInternal;
  if (error.error.code == RpcErrorCode::kMethodNotFound) return kExitNoDaemon;  // an older daemon
  return kExitUsage;
}

bool is_passing(const CallError& error) {
  const WordMeaning* meaning = meaning_of(error);
  return meaning && meaning->is_passing;
}

std::string_view advice_on(const CallError& error) {
  const WordMeaning* meaning = meaning_of(error);
  return meaning ? meaning->advice : std::string_view();
}

Problems problems_in(const Value& answer) {
  Problems problems;
  for (const Value& item : list_member(answer, "problems")) {
    problems.push_back({parse_severity(text_member(item, "severity")), text_member(item, "code"),
                        text_member(item, "pointer"), text_member(item, "message"), text_member(item, "hint"),
                        text_member(item, "node"), text_member(item, "traceback")});
  }
  return problems;
}

ExitCode report_call_error(const CallError& error, std::string_view file, Diagnostics& diagnostics) {
  const Problems problems = problems_in(Value(error.error.data));
  if (!problems.empty()) {
    write_to_stderr(problem_text(problems, file, wants_colour(STDERR_FILENO)));
    return exit_code_of(error);
  }
  std::string message = error.error.message.empty() ? error.error.word : error.error.message;
  message += suggestions(error.error);
  const std::string_view advice = advice_on(error);
  if (!advice.empty()) message.append("; ").append(advice);
  diagnostics.error(message);
  return exit_code_of(error);
}

}  // namespace vnode
