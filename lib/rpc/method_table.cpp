#include "rpc/method_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/duration_text.h"
#include "base/text.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

using enum ParamKind;
constexpr bool kRequired = true;
constexpr bool kOptional = false;

constexpr ParamSpec kId{"id", kText, kRequired, "a run's id, or the beginning of it"};
constexpr ParamSpec kQueueName{"name", kText, kRequired, "a queue's name"};

constexpr std::array kSubmit = {
    ParamSpec{"workflow", kObject, kOptional, "the document itself; this or 'path' is needed"},
    ParamSpec{"path", kText, kOptional, "a workflow file that the daemon may read, absolute"},
    ParamSpec{"name", kText, kOptional, "how the run is called when there is no path"},
    ParamSpec{"params", kList, kOptional,
              R"(list of {"target":"NODE.PORT","text":TEXT} or {"target":"NODE","port":PORT,"value":JSON})"},
    ParamSpec{"environment", kTextMap, kOptional,
              "variables for the run's processes, on top of the daemon's"},
    ParamSpec{"directory", kText, kOptional, "the working directory, absolute"},
    ParamSpec{"timeout", kDuration, kOptional, "when to end the run at the latest"},
    ParamSpec{"retries", kCount, kOptional, "how often a failed run is tried again"},
    ParamSpec{"on_interrupt", kText, kOptional,
              "'fail' or 'retry': what to do when the daemon ends meanwhile"},
    ParamSpec{"queue", kText, kOptional, "the queue's name"},
    ParamSpec{"priority", kInteger, kOptional, "higher ones are started first"},
    ParamSpec{"resources", kCountMap, kOptional, "what the run holds meanwhile: {name: how many}"},
    ParamSpec{"description", kText, kOptional, "for people"},
    ParamSpec{"info", kObject, kOptional, "the submitter's own data, kept with the run"},
    ParamSpec{"key", kText, kOptional, "the same key again gives the first run"},
    ParamSpec{"hooks", kList, kOptional, R"(list of {"command":[TEXT...]} or {"url":TEXT}, for the end)"},
    ParamSpec{"fail_fast", kSwitch, kOptional, "the first error ends the run"},
    ParamSpec{"failed_inputs", kText, kOptional, "'skip' or 'default': what nodes do whose inputs failed"},
    ParamSpec{"init_only", kSwitch, kOptional, "only the initialisation phase"},
    ParamSpec{"seed", kCount, kOptional, "makes random numbers repeatable"},
};
constexpr std::array kGet = {kId};
constexpr std::array kRunList = {
    ParamSpec{"statuses", kTexts, kOptional, "only runs with one of these"},
    ParamSpec{"queue", kText, kOptional, "only runs of this queue"},
    ParamSpec{"workflow", kText, kOptional, "only runs whose workflow's name holds this"},
    ParamSpec{"before", kText, kOptional, "only runs older than the one with this id: the next page"},
    ParamSpec{"limit", kCount, kOptional, "at most so many: 100, up to 1,000"},
};
constexpr std::array kWait = {
    kId, ParamSpec{"timeout", kDuration, kOptional, "replies with the run as it is then"}};
constexpr std::array kEvents = {kId,
                                ParamSpec{"since", kCount, kOptional, "only events with a higher seq: 0"},
                                ParamSpec{"follow", kSwitch, kOptional, "new ones as they come, too: true"}};
constexpr std::array kUnsubscribe = {
    ParamSpec{"subscription", kCount, kRequired, "as in the reply to run.events or run.watch"}};
constexpr std::array kCancel = {ParamSpec{"ids", kTexts, kOptional, "which runs; these or 'all' are needed"},
                                ParamSpec{"all", kSwitch, kOptional, "all that have not ended"}};
constexpr std::array kExplain = {kId};
constexpr std::array kClear = {
    ParamSpec{"ids", kTexts, kOptional, "only these runs"},
    ParamSpec{"statuses", kTexts, kOptional, "only runs with one of these"},
    ParamSpec{"older_than", kDuration, kOptional, "only runs that ended so long ago"},
    ParamSpec{"dry_run", kSwitch, kOptional, "only says how many"},
};
constexpr std::array kQueueSet = {
    kQueueName, ParamSpec{"concurrency", kCount, kRequired, "how many of its runs may run at the same time"}};
constexpr std::array kQueue = {kQueueName};
constexpr std::array kShutdown = {
    ParamSpec{"grace", kDuration, kOptional, "what running runs get to end by themselves"}};
constexpr std::array kAuth = {ParamSpec{"token", kText, kRequired, "as in the daemon's token file"}};

constexpr std::array kMethods = {
    MethodSpec{"run.submit", "accepts a run; the reply comes when it is durable", kSubmit},
    MethodSpec{"run.get", "one run", kGet},
    MethodSpec{"run.list", "runs, newest first", kRunList},
    MethodSpec{"run.wait", "replies with the run when it has ended", kWait},
    MethodSpec{"run.events", "subscribes to the events of a run", kEvents},
    MethodSpec{"run.unsubscribe", "ends a subscription of this connection", kUnsubscribe},
    MethodSpec{"run.watch", "subscribes to the table of runs", {}},
    MethodSpec{"run.cancel", "ends pending runs, asks running ones to end", kCancel},
    MethodSpec{"run.explain", "why a run is not running, or what it waits for", kExplain},
    MethodSpec{"run.clear", "removes runs that have ended, with their events", kClear},
    MethodSpec{"queue.list", "queues and resources", {}},
    MethodSpec{"queue.set", "makes a queue, or changes its concurrency", kQueueSet},
    MethodSpec{"queue.pause", "starts nothing of a queue any more; what runs goes on", kQueue},
    MethodSpec{"queue.resume", "starts runs of a paused queue again", kQueue},
    MethodSpec{"queue.remove", "removes an empty queue", kQueue},
    MethodSpec{"nodes.list", "the node types that runs can use now", {}},
    MethodSpec{"nodes.reload", "reads the node definitions again at once", {}},
    MethodSpec{"daemon.info", "what the daemon is and how it does", {}},
    MethodSpec{"daemon.shutdown", "ends the daemon, as SIGTERM does", kShutdown},
    MethodSpec{"auth", "the token of a TCP connection", kAuth},
};

/// Names of clients may be of any length.
std::string clipped(std::string_view name) {
  constexpr std::size_t kMost = 80;
  if (name.size() <= kMost) return std::string(name);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // not within a character
  return std::string(name.substr(0, end)) + "...";
}

std::string quoted(std::string_view name) { return "'" + clipped(name) + "'"; }

template <class Specs>
std::string nearest_of(std::string_view name, const Specs& specs) {
  std::vector<std::string> names;
  for (const auto& spec : specs) names.emplace_back(spec.name);
  return nearest_word(name, names);
}

/// `data` and the message say what was probably meant.
RpcError with_nearest(RpcError error, const std::string& nearest) {
  if (nearest.empty()) return error;
  error.message += "; did you mean '" + nearest + "'?";
  error.data.set("nearest", nearest);
  return error;
}

RpcError unknown_method(std::string_view name) {
  return with_nearest({RpcErrorCode::kMethodNotFound, "unknown_method", "there is no method " + quoted(name)},
                      nearest_of(name, kMethods));
}

RpcError invalid_param(std::string_view name, std::string message) {
  return {RpcErrorCode::kInvalidParams, "invalid_params", std::move(message), {{"param", clipped(name)}}};
}

bool is_count(const Value& value, std::int64_t least) { return value.is_int() && value.as_int() >= least; }

bool are_texts(const Value& value) {
  if (!value.is_list()) return false;
  const std::span<const Value> items = value.as_list();
  return std::all_of(items.begin(), items.end(), [](const Value& item) { return item.is_text(); });
}

template <class Predicate>
bool is_map_of(const Value& value, Predicate is_right) {
  if (!value.is_dict()) return false;
  const std::span<const DictEntry> entries = value.as_entries();
  return std::all_of(entries.begin(), entries.end(),
                     [&](const DictEntry& entry) { return is_right(entry.value); });
}

bool is_duration(const Value& value) {
  if (value.is_text()) return parse_duration(value.as_text()).ok();
  return is_count(value, 0) || (value.is_float() && std::isfinite(value.as_float()) && value.as_float() >= 0);
}

bool fits(const Value& value, ParamKind kind) {
  switch (kind) {
    case kText:
      return value.is_text();
    case kCount:
      return is_count(value, 0);
    case kInteger:
      return value.is_int();
    case kSwitch:
      return value.is_bool();
    case kDuration:
      return is_duration(value);
    case kTexts:
      return are_texts(value);
    case kTextMap:
      return is_map_of(value, [](const Value& item) { return item.is_text(); });
    case kCountMap:
      return is_map_of(value, [](const Value& item) { return is_count(item, 1); });
    case kObject:
      return value.is_dict();
    case kList:
      return value.is_list();
    case kAny:
      return true;
  }
  return false;
}

std::string_view wanted(ParamKind kind) {
  switch (kind) {
    case kText:
      return "a text";
    case kCount:
      return "a whole number from 0";
    case kInteger:
      return "a whole number";
    case kSwitch:
      return "true or false";
    case kDuration:
      return "a number of seconds, or a text such as \"90s\" or \"1.5h\"";
    case kTexts:
      return "a list of texts";
    case kTextMap:
      return "an object whose members are texts";
    case kCountMap:
      return "an object whose members are whole numbers from 1";
    case kObject:
      return "an object";
    case kList:
      return "a list";
    case kAny:
      return "anything";
  }
  return "";
}

/// What was given instead, as a clause.
std::string given(const Value& value) {
  if (value.is_text()) return quoted(value.as_text());
  if (value.is_list()) return "a list";
  if (value.is_dict()) return "an object";
  if (value.is_none()) return "null";
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_big_int()) return "a number that is too large";
  return to_text(value);
}

std::string mistyped(const MethodSpec& method, const ParamSpec& param, const Value& value) {
  std::string message = std::string(method.name) + ": " + quoted(param.name) + " has to be ";
  message += wanted(param.kind);
  const bool is_within = (param.kind == kTexts && value.is_list()) ||
                         ((param.kind == kTextMap || param.kind == kCountMap) && value.is_dict());
  return is_within ? message : message + ", not " + given(value);
}

std::optional<RpcError> check_params(const MethodSpec& method, const Dict& params) {
  for (const Dict::Entry& entry : params) {
    const std::string_view name = entry.key.is_text() ? entry.key.as_text() : "";
    const auto spec = std::find_if(method.params.begin(), method.params.end(),
                                   [name](const ParamSpec& param) { return param.name == name; });
    if (spec == method.params.end()) {
      std::string message = std::string(method.name) + " has no param " + quoted(name);
      return with_nearest(invalid_param(name, std::move(message)), nearest_of(name, method.params));
    }
    if (!fits(entry.value, spec->kind)) return invalid_param(name, mistyped(method, *spec, entry.value));
  }
  for (const ParamSpec& param : method.params) {
    if (!param.is_required || params.find(param.name)) continue;
    return invalid_param(param.name, std::string(method.name) + " needs the param " + quoted(param.name) +
                                         ": " + std::string(param.summary));
  }
  return std::nullopt;
}

}  // namespace

std::span<const MethodSpec> method_table() { return kMethods; }

const MethodSpec* find_method(std::string_view name) {
  const auto method = std::find_if(kMethods.begin(), kMethods.end(),
                                   [name](const MethodSpec& spec) { return spec.name == name; });
  return method == kMethods.end() ? nullptr : &*method;
}

std::optional<RpcError> check_call(const RpcCall& call) {
  const MethodSpec* method = find_method(call.method);
  if (!method) return unknown_method(call.method);
  return check_params(*method, call.params);
}

}  // namespace vnode
